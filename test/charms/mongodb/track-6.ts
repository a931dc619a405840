import type {CharmTask} from '../machine.ts'
import {active, blocked, maintenance, unitView, waiting} from '../statuses.ts'
import type {BackupAction, Dialect} from './dialect.ts'
import type {MongodMember, PbmStatus} from './engine.ts'
import {operationOf, parseStatus, storeComplaint} from './pbm-state.ts'
import type {PbmState} from './pbm-state.ts'
import {needsRemapPattern, remapMissing} from './remap.ts'
import {isShard, s3Relation, shardRefusal} from './state.ts'
import type {MongodbState, ShownStatus} from './state.ts'

const upgradeRefusals: Readonly<Partial<Record<BackupAction, string>>> = {
  'create-backup': 'Creating a backup is not supported during an upgrade.',
  restore: 'Restoring a backup is not supported during an upgrade.',
}

/** What an action answers while PBM is busy or not ready. */
const pbmRefusals: Readonly<Record<BackupAction, {readonly running?: string; readonly waiting: string}>> = {
  'create-backup': {
    running: 'Can only create one backup at a time, please wait for current backup to finish.',
    waiting: 'Sync-ing configurations needs more time, must wait before creating a backup.',
  },
  'list-backups': {waiting: 'Sync-ing configurations needs more time, must wait before listing backups.'},
  restore: {
    running: 'Please wait for current backup/restore to finish.',
    waiting: 'Sync-ing configurations needs more time, must wait before restoring.',
  },
}

async function refusal(state: MongodbState, task: CharmTask, action: BackupAction): Promise<string | undefined> {
  if (state.conditions.upgrading && upgradeRefusals[action] !== undefined) return upgradeRefusals[action]
  const related = (await s3Relation(state)) !== undefined
  if (related && (await isShard(state))) return shardRefusal
  if (!related) return 'Relation with s3-integrator charm missing, cannot restore from a backup.'
  const id = task.parameters['backup-id']
  if (action === 'restore' && (id === undefined || id === '')) return 'Missing backup-id to restore'
  if (action !== 'list-backups' && !(await unitView(state.host, task.unit)).leader)
    return 'The action can be run only on leader unit.'
  const busy = await pbmRefusal(state, task.unit, action)
  if (busy !== undefined || action !== 'restore') return busy
  const unmapped = task.parameters['remap-pattern'] === undefined && (await needsRemapPattern(state, task))
  return unmapped ? remapMissing : undefined
}

async function pbmRefusal(state: MongodbState, unit: string, action: BackupAction): Promise<string | undefined> {
  const status = statusOf(await pbmState(state, unit)) ?? active
  await state.host.setUnitStatus(unit, {status: status.status, message: status.message})
  if (status.status === 'maintenance') return pbmRefusals[action].running
  if (status.status === 'waiting') return pbmRefusals[action].waiting
  if (status.status !== 'blocked') return undefined
  return action === 'restore' ? `Cannot restore backup ${status.message}.` : status.message
}

async function pbmState(state: MongodbState, unit: string): Promise<PbmState> {
  const {engine} = state
  if (!(await engine.agentActive(unit))) return {kind: 'agent down'}
  if ((await s3Relation(state)) === undefined) return {kind: 'no relation'}
  const run = await engine.status(unit)
  const status = run.ok ? parseStatus(run.output) : undefined
  if (status === undefined) return {kind: 'unknown error'}
  return storeComplaint(nodeError(status, state.host.application)) ?? operationOf(status)
}

/** The charm looks for the unit's node at a port that no member has, and takes the last one that it saw. */
function nodeError({cluster}: PbmStatus, replicaSet: string): string {
  const own = cluster.find(({rs}) => rs === replicaSet) ?? cluster.at(-1)
  return own?.nodes.at(-1)?.errors ?? ''
}

function statusOf(state: PbmState): ShownStatus | undefined {
  switch (state.kind) {
    case 'no relation':
    case 'missing configuration':
    case 'no bucket':
      return undefined
    case 'agent down':
      return waiting('waiting for pbm to start')
    case 'cannot configure':
      return blocked("couldn't configure s3 backup options.")
    case 'wrong credentials':
      return blocked('s3 credentials are incorrect.')
    case 'incompatible':
      return blocked('s3 configurations are incompatible.')
    case 'unknown error':
      return blocked('PBM error')
    case 'syncing':
      return waiting('waiting to sync s3 configurations.')
    case 'idle':
      return active
    case 'backup':
    case 'restore':
      return maintenance(`${state.kind} started/running, backup id:'${state.id}'`)
  }
}

function memberStatus({ready, state}: MongodMember, primary: boolean): ShownStatus {
  if (!ready) return waiting('Waiting for MongoDB to start')
  if (!primary) return waiting('Waiting for primary re-election..')
  switch (state) {
    case undefined:
      return waiting('Member being added..')
    case 'PRIMARY':
      return {status: 'active', message: 'Primary'}
    case 'SECONDARY':
      return active
    case 'STARTUP':
    case 'STARTUP2':
    case 'ROLLBACK':
    case 'RECOVERING':
      return waiting('Member is syncing...')
    case 'REMOVED':
      return waiting('Member is removing...')
    default:
      return blocked(state)
  }
}

/** The charm of MongoDB 6. */
export const track6: Dialect = {
  track: '6',
  refusal,
  pbmState,
  statusOf,
  memberStatus,
  shown: (member, pbm) => (member.status === 'active' && pbm !== undefined && pbm.status !== 'active' ? pbm : member),
  commandError: () => "Command 'charmed-mongodb.pbm' returned non-zero exit status 1.",
  listingError: () => "Command 'charmed-mongodb.pbm' returned non-zero exit status 1.",
  showsAfterListing: false,
  everyUnitConfigures: true,
  stumblesOverNoBackups: false,
  invalidIntegration: blocked('Relation to s3-integrator is not supported, config role must be config-server'),
}
