import {expiryOption} from './expiry.ts'
import type {BackupCapability, CharmProfile, FailureKind, UnitView} from './profile.ts'
import type {RestoreCapability, RestoreFailureKind} from './restore.ts'

/** What Charmkeeper does after a failed backup. */
export const consequences: Readonly<Record<FailureKind, string>> = {
  WrongUnit: 'another unit is tried at once',
  Transient: 'the list decides; without a backup in it another attempt, within backoffLimit',
  Permanent: 'Failed',
  Standby: 'StandbyCluster',
  StorageNotConfigured: 'StorageNotConfigured',
  Unknown: 'as one that may pass',
}

/** How a failed restore ends. */
export function restoreConsequence(failure: RestoreFailureKind): string {
  if (failure.kind === 'Unknown') return 'Failed; the data may be gone'
  if (failure.kind === 'Destroyed') return 'Failed; the old data is, or may be, gone'
  return failure.passing === true
    ? `${failure.reason}; the data is as it was, and the same may be taken later`
    : `${failure.reason}; the data is as it was`
}

export const backupColumns = [
  'charm',
  'track',
  'database',
  'backups',
  'types',
  'compressed',
  'made on',
  'over when',
  'known by',
  'a running one can be cancelled',
  'expire',
  'in the store',
] as const

const compression: Readonly<Record<BackupCapability['compression'], string>> = {
  Always: 'always',
  AsTheCharmDoes: 'as the charm does it',
}

const completion: Readonly<Record<BackupCapability['completion'], string>> = {
  Task: 'its task is',
  Listing: 'the list says so',
}

const expiry: Readonly<Record<BackupCapability['expiry'], string>> = {
  ByIntegrator: `as the s3-integrator says (${expiryOption})`,
  Never: 'never',
}

/** The cells of the table of backups after charm and track. */
export function backupCells({engine, backup}: CharmProfile): string[] {
  return [
    engine,
    backup.method?.toLowerCase() ?? 'not known',
    backup.types.join(', '),
    compression[backup.compression],
    unitOf(backup),
    completion[backup.completion],
    backup.reportedID === undefined ? 'the list' : 'its id',
    cancelOf(backup),
    expiry[backup.expiry],
    backup.layout,
  ]
}

function cancelOf({completion: over, cancelSafety}: BackupCapability): string {
  if (over === 'Listing') return 'no'
  return cancelSafety.safe ? 'yes' : 'by force'
}

/** Asks the rule itself, with three healthy units of which one is the primary and another the leader. */
function unitOf({chooseUnit}: BackupCapability): string {
  const unit = (name: string): UnitView => ({
    name,
    workloadStatus: 'active',
    workloadMessage: '',
    agentStatus: 'idle',
    leader: name === 'leader',
  })
  const names = ['primary', 'replica', 'leader']
  const [withTls, without] = [true, false].map(tls => {
    const takes = (wanted: string): boolean =>
      chooseUnit({units: names.map(unit), primary: 'primary', tls, wanted, unsuitable: []}).ok
    const taken = names.filter(takes)
    if (taken.length === names.length) return 'any unit'
    return taken.length > 1 ? 'a replica' : `the ${taken.join('')}`
  })
  return withTls === without ? `${withTls}` : `${withTls} with TLS, ${without} without`
}

export const restoreColumns = ['charm', 'track', 'action', 'with', 'to a moment', 'timelines', 'over when'] as const

const moments: Readonly<Record<RestoreCapability['pointInTime'], string>> = {
  Alone: 'yes, with a backup or without',
  WithBackup: 'yes, with a backup',
  None: 'no',
}

/** The cells of the table of restores after charm and track. */
export function restoreCells(restore: RestoreCapability | undefined): string[] {
  if (restore === undefined) return ['none in the released revisions', '', '', '', '']
  return [
    `\`${restore.action}\``,
    restore.units === 'Single' ? 'one unit only' : 'all units',
    moments[restore.pointInTime],
    restore.timelines ? 'yes' : 'no',
    restore.completion === 'Task' ? 'its task is' : 'the units show it',
  ]
}

/** What is looked for in the store, by layout. */
export const markers: Readonly<Record<BackupCapability['layout'], string>> = {
  pgBackRest: 'label in `backup.info` without an error, `backup.manifest`, files, and the log up to the stop point',
  XtraBackup: '`<id>.md5`, `<id>.metadata`, and the chunks below `<id>/`',
  PBM: '`<id>.pbm.json` with the status `done`, and the files that it names',
  OpenSearch: 'the snapshot in the newest `index-<n>`, and its files',
  ZooKeeper: '`<id>/metadata.yaml` and `<id>/snapshot`',
  SingleObject: 'the object `<id>`, which is not empty',
  None: 'nothing: `verify: Store` is Unsupported',
}
