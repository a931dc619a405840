import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import type {Finish, Step} from '../step.ts'
import {needs} from './needs.ts'

/** Outcomes that are founded on the job alone. */
const ownOutcomes: ReadonlySet<BackupJobReason> = new Set(['InvalidSpec', 'Cancelled', 'DeadlineExceeded'])

/** Kubernetes cuts the time of a creation to whole seconds, ms. */
const creationGranularityMs = 1_000

/**
 * No job that has done nothing yet ends because of what Juju showed before the job was made: its owner may have mended that a
 * moment before. Juju is looked at once more, for this job; whose clock is right does not matter then.
 */
export function lookBeforeTheEnd(o: Observed, {report}: Finish): Step | undefined {
  const hasBegun = o.status.intent !== undefined || o.status.enqueuedAt !== undefined
  if (hasBegun || ownOutcomes.has(report.reason) || o.model.state !== 'ready' || o.seenAt === undefined)
    return undefined
  const created = Date.parse(o.job.metadata.creationTimestamp ?? '')
  if (!(o.seenAt < created + creationGranularityMs)) return undefined
  const reason = o.status.grantedAt === undefined ? 'WaitingForModel' : 'Preparing'
  return needs(o, reason, `Juju showed this before the job was made, looking again: ${report.message}`, 'look')
}
