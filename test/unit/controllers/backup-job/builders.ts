import {parseBackupJob, type BackupJob, type BackupJobStatus} from '../../../../src/api/index.ts'
import {profileFor} from '../../../../src/charms/profiles.ts'
import type {BackupRow, UnitView} from '../../../../src/charms/profile.ts'
import type {ApplicationView, Observed, Reading, ReadingsView} from '../../../../src/controllers/backup-job/observed.ts'
import type {Step} from '../../../../src/controllers/backup-job/step.ts'
import type {TaskInfo} from '../../../../src/juju/tasks.ts'

export const now = Date.parse('2026-11-22T10:00:00Z')
export const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString()

/** A job as the API server would hold it, with the defaults of the schema. */
export function job(spec: Record<string, unknown> = {}, status?: Partial<BackupJobStatus>): BackupJob {
  const parsed = parseBackupJob({
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {name: 'nightly', namespace: 'databases', uid: 'uid-1', generation: 1, creationTimestamp: at(-60)},
    spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...spec},
  })
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`)
  return {...parsed.value, ...(status ? {status: {observedGeneration: 1, ...status}} : {})}
}

export const unit = (name: string, over: Partial<UnitView> = {}): UnitView => ({
  name,
  workloadStatus: 'active',
  workloadMessage: '',
  agentStatus: 'idle',
  ...over,
})

export const application = (over: Partial<ApplicationView> = {}): ApplicationView => ({
  charm: 'postgresql',
  charmURL: 'ch:amd64/postgresql-843',
  revision: 843,
  channel: '16/stable',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '16.9',
  tls: false,
  status: {workloadStatus: 'active', workloadMessage: ''},
  leaving: [],
  units: [unit('postgresql/0', {leader: true, workloadMessage: 'Primary'}), unit('postgresql/1'), unit('postgresql/2')],
  ...over,
})

export const row = (id: string, over: Partial<BackupRow> = {}): BackupRow => ({
  id,
  action: 'full',
  finished: true,
  timeline: '1',
  lsnStart: '0/4000028',
  lsnStop: '0/4000130',
  backupPath: `/prod.postgresql/${id.replaceAll(/[-:Z]/g, '').replace('T', '-')}F`,
  ...over,
})

export const ready = <T>(value: T) => ({state: 'ready', value, at: now}) as const satisfies Reading<T>
export const listing = (...rows: BackupRow[]) => ready({ok: true as const, rows, bucket: 'backups', path: 'pg'})

/** The charm's record of its actions; create-backup with these parameters. */
export const charmWith = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  ready({
    url: 'ch:amd64/postgresql-843',
    actions: new Map([['create-backup', {description: '', parameters: {type: 'object', properties, ...more}}]]),
  })

const unread: ReadingsView = {
  look: {state: 'unread'},
  charm: {state: 'unread'},
  destination: {state: 'unread'},
  before: {state: 'unread'},
  primary: {state: 'unread'},
  enqueueFacts: {state: 'unread'},
  search: {state: 'unread'},
  after: {state: 'unread'},
  store: {state: 'unread'},
  reach: {state: 'unread'},
  leftovers: {state: 'unread'},
  ledger: {state: 'unread'},
  ledgerEntry: {state: 'unread'},
  ledgerOutcome: {state: 'unread'},
  unitFacts: {state: 'unread'},
  unitSearch: {state: 'unread'},
}

const profile = profileFor({
  name: 'postgresql',
  channel: '16/stable',
  charmUrl: 'ch:amd64/postgresql-843',
  actions: ['create-backup', 'list-backups', 'get-primary', 'restore'],
})

export interface World {
  spec?: Record<string, unknown>
  status?: Partial<BackupJobStatus>
  readings?: Partial<ReadingsView>
  view?: Partial<ApplicationView>
}

/** Everything is fine and nothing has happened yet, but for what is said. */
export function observed(world: World = {}, over: Partial<Observed> = {}): Observed {
  const one = job(world.spec, world.status)
  const shown = over.application ?? {state: 'present', view: application(world.view), profile, unsupported: ''}
  const charm = charmWith({type: {type: 'string'}}).value
  const url = shown.state === 'present' ? shown.view.charmURL : charm.url
  return {
    now,
    job: one,
    status: one.status ?? {observedGeneration: -1},
    problem: undefined,
    model: {state: 'ready', modelUUID: 'model-uuid', modelName: 'admin/prod', access: 'write', kubernetes: false},
    application: shown,
    storage: {state: 'none'},
    parent: {state: 'none'},
    lender: undefined,
    lastSizes: [],
    readings: {
      ...unread,
      look: ready(undefined),
      charm: ready({...charm, url}),
      destination: ready({ok: true}),
      ...world.readings,
    },
    task: {state: 'unseen'},
    answer: undefined,
    ignoredTasks: [],
    deleting: false,
    held: false,
    cancelSent: false,
    callTimeoutMs: 30_000,
    ...over,
  }
}

export const intent = {
  action: 'create-backup',
  unit: 'postgresql/1',
  time: at(-300),
  controllerTime: at(-300),
  highestOperationID: '7',
  newestBackupID: '2026-11-21T02:00:00Z',
  parameters: {type: 'full'},
}

export const granted = {grantedAt: at(-310)}
export const enqueued = {
  ...granted,
  attempt: 1,
  intent,
  type: 'Full',
  unit: 'postgresql/1',
  operationID: '8',
  taskID: '9',
  taskStatus: 'running',
  enqueuedAt: at(-299),
} as const
export const over = (taskStatus: string, lastMessage = '') => ({
  ...enqueued,
  taskStatus,
  lastMessage,
  completionTime: at(-5),
})

export const task = (more: Partial<TaskInfo> = {}) => ({
  state: 'seen' as const,
  task: {
    taskID: '9',
    receiver: 'postgresql/1',
    action: 'create-backup',
    parameters: {type: 'full'},
    status: 'running',
    message: '',
    output: {},
    log: [],
    ...more,
  },
})

/** The reason and message that a step reports; for steps without a report, what they do. */
export function says(step: Step): string {
  return 'report' in step ? `${step.do} ${step.report.reason}: ${step.report.message}` : step.do
}
