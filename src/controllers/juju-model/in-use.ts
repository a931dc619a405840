import {IN_USE_FINALIZER} from '../../api/meta.ts'
import {hasFinalizer} from '../../runtime/finalizers.ts'
import type {Observed} from './observed.ts'

/** What to do with the finalizer `in-use`; `release`: although a granted job still holds the JujuModel. */
export type FinalizerStep = 'add' | 'remove' | 'release' | undefined

/**
 * A JujuModel stays while granted jobs need its session. One that is being deleted, and through which nobody can reach Juju any
 * more, is let go: Juju's own unfinished task holds the lock then (api.md rule 12).
 */
export function finalizerStep(observed: Observed): FinalizerStep {
  const {model, held} = observed
  const present = hasFinalizer(model, IN_USE_FINALIZER)
  if (!held) return present ? 'remove' : undefined
  const deleting = model.metadata.deletionTimestamp !== undefined
  // The API server takes no new finalizer then.
  if (!present) return deleting ? undefined : 'add'
  return deleting && isCutOff(observed) ? 'release' : undefined
}

const rightsGone: ReadonlySet<string> = new Set(['CredentialsRejected', 'InsufficientAccess', 'ModelNotFound'])

/** Neither an open session, nor credentials in memory or in the Secret, that Juju accepts. */
function isCutOff({target, link: {session}}: Observed): boolean {
  if (session.kind === 'none') return !target.ok
  return session.kind === 'lost' && rightsGone.has(session.fault.reason)
}
