import {leftovers} from '../../storage/layouts/leftovers.ts'
import {recoverableMoments} from '../../storage/layouts/reach.ts'
import {normalPath} from '../../storage/location.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {Observed, ReadingValues} from './observed.ts'
import {present} from './present.ts'
import {proofFor} from './proof.ts'
import {chosenAsOwn} from './restore/chosen.ts'
import type {Reach} from './restore/plan.ts'
import {valueOf} from './rules/needs.ts'
import {artefactOf} from './rules/record.ts'

/** What reading a store takes. */
interface StoreDeps {
  readonly storages: StorageDirectory
}

/** The evidence in the store, by the layout of the charm's backups; of a restore, for the backup that was chosen. */
export async function lookIntoStore(
  deps: StoreDeps,
  o: Observed,
  signal: AbortSignal,
): Promise<ReadingValues['store']> {
  const {store} = readyStorage(deps, o)
  const wanted = o.job.spec.type === 'Restore' ? chosenAsOwn(o) : o
  const evidence = await proofFor(present(o).profile.backup.layout, store, wanted, signal)
  return {...evidence, of: wanted.status.backupID}
}

function readyStorage(deps: StoreDeps, o: Observed) {
  const found = deps.storages.lookup(o.job.metadata.namespace ?? '', o.job.spec.storageRef?.name ?? '')
  if (!found.found || !found.ready) throw new Error('the BackupStorage is not ready')
  return found
}

/** What a run that was cut short has left in the repository of the charm. */
export function readLeftovers(deps: StoreDeps, o: Observed, signal: AbortSignal): Promise<string | undefined> {
  const {store, spec} = readyStorage(deps, o)
  const {backup} = present(o).profile
  const path = normalPath(spec.s3.path)
  const modelName = o.model.state === 'ready' ? (o.model.modelName.split('/').at(-1) ?? '') : ''
  const {application} = o.job.spec
  const {stanza} = backup.artefact({backupID: '', rows: [], path, modelName, application})
  return leftovers(backup.layout, store, {path, stanza, signal})
}

/** How far the log in the store reaches beyond each backup that the charm lists. */
export async function readReach(deps: StoreDeps, o: Observed, signal: AbortSignal): Promise<readonly Reach[]> {
  const {store} = readyStorage(deps, o)
  const {backup} = present(o).profile
  const listing = valueOf(o, 'before')
  if (listing?.ok !== true) throw new Error('the backups are not listed yet')
  const rows = listing.rows.filter(row => row.finished && row.action !== 'restore')
  const [first] = rows
  if (first === undefined) return []
  const artefact = artefactOf(o, first, listing)
  const modelName = o.model.state === 'ready' ? o.model.modelName.split('/').at(-1) : undefined
  return recoverableMoments(backup.layout, store, {
    path: artefact?.path ?? '',
    stanza: artefact?.stanza,
    modelName,
    application: o.job.spec.application,
    backups: rows.map(({id}) => ({backupID: id, label: backup.label(id, listing.rows)})),
    signal,
  })
}
