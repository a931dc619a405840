import type {CharmTask} from '../machine.ts'
import {pythonString} from '../python.ts'
import {unitView} from '../statuses.ts'
import type {BackupAction, Dialect} from './dialect.ts'
import type {PbmStatus} from './engine.ts'
import {operationOf, parseStatus, storeComplaint} from './pbm-state.ts'
import type {PbmState} from './pbm-state.ts'
import {needsRemapPattern, remapMissing} from './remap.ts'
import {isShard, s3Relation, shardRefusal} from './state.ts'
import type {MongodbState} from './state.ts'
import {badStates, memberStatus, printed, shown, statusOf} from './track-8-statuses.ts'

const text = (task: CharmTask, name: string): string => {
  const value = task.parameters[name]
  return value === undefined ? '' : String(value as string)
}

async function refusal(state: MongodbState, task: CharmTask, action: BackupAction): Promise<string | undefined> {
  const first = {'create-backup': refusedCreate, 'list-backups': refusedList, restore: refusedRestore}[action]
  const early = await first(state, task)
  if (early !== undefined) return early
  const busy = pbmRefusal(await pbmState(state, task.unit), action)
  if (busy !== undefined || action !== 'restore') return busy
  if (text(task, 'backup-id') === '') return 'Missing backup-id to restore.'
  const unmapped = text(task, 'remap-pattern') === '' && (await needsRemapPattern(state, task))
  return unmapped ? remapMissing : undefined
}

/** No look at a refresh here: a backup is taken in the middle of one. */
async function refusedCreate(state: MongodbState, task: CharmTask): Promise<string | undefined> {
  if (!(await unitView(state.host, task.unit)).leader) return 'The action can be run only on leader unit.'
  const relation = await s3Relation(state)
  if (relation === undefined) return 'Missing valid relation for backups.'
  if (Object.keys(relation.data).length === 0) return 'Missing valid credentials in relation.'
  if (await isShard(state)) return shardRefusal
  const absent = ['bucket', 'endpoint', 'access-key', 'secret-key'].find(key => relation.data[key] === undefined)
  // Python's KeyError, which the charm prints as it is; so it does with errors about the bucket that have no words.
  if (absent !== undefined) return pythonString(absent)
  return (await state.engine.openBucket()) === 'ready' ? undefined : ''
}

async function refusedList(state: MongodbState): Promise<string | undefined> {
  if ((await s3Relation(state)) === undefined) return 'Missing valid integration for backups.'
  return (await isShard(state)) ? shardRefusal : undefined
}

async function refusedRestore(state: MongodbState, task: CharmTask): Promise<string | undefined> {
  if ((await s3Relation(state)) === undefined) return 'No valid relation to restore backup from.'
  if (!(await unitView(state.host, task.unit)).leader) return 'The action can be run only on a leader unit.'
  if (state.conditions.upgrading) return 'Restoring a backup is not supported during an upgrade.'
  return (await isShard(state)) ? shardRefusal : undefined
}

const running: Readonly<Partial<Record<BackupAction, string>>> = {
  'create-backup': 'Can only create one backup at a time, please wait for current backup to finish.',
  restore: 'Please wait for current backup/restore to finish.',
}

const doings: Readonly<Record<BackupAction, string>> = {
  'create-backup': 'creating backups',
  'list-backups': 'listing backups',
  restore: 'restoring backups',
}

function pbmRefusal(state: PbmState, action: BackupAction): string | undefined {
  switch (state.kind) {
    case 'backup':
    case 'restore':
      return running[action]
    case 'syncing':
      return `Sync-ing configurations needs more time, must wait before ${doings[action]}.`
    case 'missing configuration':
    case 'wrong credentials':
    case 'incompatible':
    case 'unknown error':
      return printed(badStates[state.kind])
    case 'no relation':
    case 'agent down':
    case 'no bucket':
    case 'cannot configure':
    case 'idle':
      return undefined
  }
}

async function pbmState(state: MongodbState, unit: string): Promise<PbmState> {
  const {engine} = state
  const relation = await s3Relation(state)
  if (relation === undefined) return {kind: 'no relation'}
  const needed = ['access-key', 'secret-key', 'bucket', 'endpoint']
  if (needed.some(key => (relation.data[key] ?? '') === '')) return {kind: 'missing configuration'}
  if (!(await engine.agentActive(unit))) return {kind: 'agent down'}
  const bucket = await engine.openBucket()
  if (bucket !== 'ready') return {kind: bucket === 'denied' ? 'wrong credentials' : 'no bucket'}
  const run = await engine.status(unit)
  const status = parseStatus(run.output)
  const complaint = status === undefined ? run.output : nodeError(status, state, unit)
  if (complaint !== '' || status === undefined) return storeComplaint(complaint) ?? {kind: 'unknown error'}
  return operationOf(status)
}

function nodeError({cluster}: PbmStatus, {host, engine}: MongodbState, unit: string): string {
  const own = cluster.find(({rs}) => rs === host.application)
  return own?.nodes.find(node => node.host.includes(`${engine.address(unit)}:27017`))?.errors ?? ''
}

/** The charm of MongoDB 8. */
export const track8: Dialect = {
  track: '8',
  refusal,
  pbmState,
  statusOf,
  memberStatus,
  shown,
  commandError: output => `cmd failed (1) - cmd=pbm, stdout=${output}, stderr=`,
  listingError: () => '',
  showsAfterListing: true,
  everyUnitConfigures: false,
  stumblesOverNoBackups: true,
  invalidIntegration: {
    status: 'blocked',
    message: 'The s3-credentials relation can only be used by config servers or replica sets.',
    short: 'Invalid s3-credentials relation.',
    check: 'Relation validation.',
    action: 'Remove the s3-credentials relation (s3 interface) from this application.',
  },
}
