import assert from 'node:assert/strict'
import test from 'node:test'
import {backupJobSpecSchema, type BackupJob, type BackupJobStatus} from '../../../src/api/backup-job.ts'
import type {BackupStorage} from '../../../src/api/backup-storage.ts'
import type {JujuModel} from '../../../src/api/juju-model.ts'
import type {Condition} from '../../../src/api/meta.ts'
import {Metrics} from '../../../src/observability/metrics.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 2, minute)).toISOString()
const epoch = (minute: number): number => Date.parse(at(minute)) / 1000

function condition(type: string, status: Condition['status'], reason: string): Condition {
  return {type, status, reason, message: '', lastTransitionTime: at(0)}
}

function job(name: string, status: Partial<BackupJobStatus>, application = 'postgresql'): BackupJob {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {name, namespace: 'team-a', creationTimestamp: at(0)},
    spec: backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application}),
    status: {observedGeneration: 1, ...status},
  }
}

const running = (name: string, minute: number): BackupJob =>
  job(name, {
    grantedAt: at(minute),
    startTime: at(minute),
    conditions: [condition('Succeeded', 'Unknown', 'Running'), condition('Reconciling', 'True', 'Running')],
  })

const ended = (name: string, minute: number, reason: string, more: Partial<BackupJobStatus> = {}): BackupJob =>
  job(name, {
    grantedAt: at(1),
    startTime: at(2),
    completionTime: at(minute),
    ...more,
    conditions: [condition('Succeeded', reason === 'Succeeded' ? 'True' : 'False', reason), ...(more.conditions ?? [])],
  })

/** Metrics over stores that the test fills, and a reader of single series. */
function observed() {
  const objects = {jobs: [] as BackupJob[], models: [] as JujuModel[], storages: [] as BackupStorage[]}
  const metrics = new Metrics('1.2.3')
  const store = <K extends keyof typeof objects>(kind: K) => ({list: () => objects[kind]})
  metrics.observe({jobs: store('jobs'), models: store('models'), storages: store('storages')})
  const series = async (name: string): Promise<string[]> =>
    (await metrics.page()).split('\n').filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return {objects, metrics, series}
}

const postgresql = 'namespace="team-a",model="prod",application="postgresql"'

test('S1.18 running and waiting backups are counted per application', async () => {
  const {objects, series} = observed()
  objects.jobs = [running('a', 3), running('b', 5), job('c', {}), job('d', {}, 'other')]
  assert.deepEqual(await series('charmkeeper_running_backups'), [
    `charmkeeper_running_backups{${postgresql}} 2`,
    'charmkeeper_running_backups{namespace="team-a",model="prod",application="other"} 0',
  ])
  assert.deepEqual((await series('charmkeeper_queued_jobs'))[0], `charmkeeper_queued_jobs{${postgresql}} 1`)
  assert.deepEqual(await series('charmkeeper_oldest_running_backup_start_timestamp_seconds'), [
    `charmkeeper_oldest_running_backup_start_timestamp_seconds{${postgresql}} ${epoch(3)}`,
  ])
})

test('S1.19 S1.20 the inventory of a JujuModel is told per application, and whether the model is protected', async () => {
  const {objects, series} = observed()
  const model = (name: string, status: Partial<NonNullable<JujuModel['status']>>): JujuModel =>
    ({
      apiVersion: 'charmkeeper.dev/v1alpha1',
      kind: 'JujuModel',
      metadata: {name, namespace: 'team-a'},
      spec: {},
      status: {observedGeneration: 1, ...status},
    }) as JujuModel
  const database = {name: 'postgresql', charm: 'postgresql', units: 3}
  objects.models = [
    model('prod', {
      conditions: [condition('Protected', 'False', 'BackupTooOld')],
      databases: [
        {...database, backups: {count: 5, unmanaged: 2, stale: 1}, listFailure: {since: at(3), message: 'no access'}},
      ],
    }),
    model('new', {conditions: [condition('Protected', 'Unknown', 'ListUnavailable')], databases: [database]}),
  ]
  const expected: Record<string, number> = {
    charmkeeper_listed_backups: 5,
    charmkeeper_unmanaged_backups: 2,
    charmkeeper_stale_backups: 1,
    charmkeeper_backup_list_failing_since_timestamp_seconds: epoch(3),
  }
  for (const [name, value] of Object.entries(expected))
    assert.deepEqual(await series(name), [`${name}{${postgresql}} ${value}`])
  assert.deepEqual(await series('charmkeeper_model_protected'), [
    'charmkeeper_model_protected{namespace="team-a",model="prod",reason="BackupTooOld"} 0',
  ])
  objects.models = []
  assert.deepEqual(await series('charmkeeper_listed_backups'), [])
})

test('S2.19 backups that are gone are counted, and the newest one says whether its data is there', async () => {
  const {objects, series} = observed()
  const gone = {conditions: [condition('DataPresent', 'False', 'Missing')]}
  const there = {conditions: [condition('DataPresent', 'True', 'Present')]}
  objects.jobs = [ended('old', 4, 'Succeeded', gone), ended('new', 7, 'Succeeded', there)]
  assert.deepEqual(await series('charmkeeper_missing_backups'), [`charmkeeper_missing_backups{${postgresql}} 1`])
  assert.deepEqual(await series('charmkeeper_last_backup_present'), [
    `charmkeeper_last_backup_present{${postgresql}} 1`,
  ])
  objects.jobs = [ended('old', 4, 'Succeeded', there), ended('new', 7, 'Succeeded', gone)]
  assert.deepEqual(await series('charmkeeper_last_backup_present'), [
    `charmkeeper_last_backup_present{${postgresql}} 0`,
  ])
})

test('S2.19 a backup that could not be proved is told apart from one that failed', async () => {
  const {objects, series} = observed()
  const name = 'charmkeeper_last_unproved_backup_timestamp_seconds'
  objects.jobs = [ended('failed', 3, 'Failed'), ended('taken-back', 9, 'Cancelled')]
  assert.deepEqual(await series(name), [])
  objects.jobs.push(ended('missing', 5, 'VerificationFailed'), ended('blind', 7, 'StorageUnavailable'))
  assert.deepEqual(await series(name), [`${name}{${postgresql}} ${epoch(7)}`])
  assert.deepEqual(await series('charmkeeper_last_backup_failure_timestamp_seconds'), [
    `charmkeeper_last_backup_failure_timestamp_seconds{${postgresql}} ${epoch(7)}`,
  ])
})

test('S2.19 the end of a restore is no backup: neither a success nor a failure of one', async () => {
  const {objects, series} = observed()
  const restore = (name: string, reason: string): BackupJob => {
    const one = ended(name, 9, reason)
    return {...one, spec: {...one.spec, type: 'Restore'}}
  }
  objects.jobs = [ended('backup', 4, 'Succeeded'), restore('planned', 'Succeeded'), restore('failed', 'Failed')]
  const name = 'charmkeeper_last_backup_success_timestamp_seconds'
  assert.deepEqual(await series(name), [`${name}{${postgresql}} ${epoch(4)}`])
  assert.deepEqual(await series('charmkeeper_last_backup_failure_timestamp_seconds'), [])
})

test('S2.19 the newest success tells when it ended, how long it took, how big it is and whether it was proved', async () => {
  const {objects, series} = observed()
  const proved = {
    conditions: [condition('Verified', 'True', 'FoundInStore')],
    sizeBytes: 1000,
    repositorySizeBytes: 100,
  }
  objects.jobs = [
    ended('old', 4, 'Succeeded', {sizeBytes: 1}),
    ended('new', 7, 'Succeeded', proved),
    ended('bad', 9, 'Failed'),
  ]
  const expected: Record<string, number> = {
    charmkeeper_last_backup_success_timestamp_seconds: epoch(7),
    charmkeeper_last_backup_failure_timestamp_seconds: epoch(9),
    charmkeeper_last_backup_duration_seconds: 300,
    charmkeeper_last_backup_size_bytes: 1000,
    charmkeeper_last_backup_repository_size_bytes: 100,
    charmkeeper_last_backup_verified: 1,
  }
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(await series(name), [`${name}{${postgresql}} ${value}`])
  }
})

test('what nobody asked to verify has no series, and a cancelled job is no failure', async () => {
  const {objects, series} = observed()
  objects.jobs = [
    ended('a', 4, 'Succeeded', {conditions: [condition('Verified', 'Unknown', 'NotAsked')]}),
    ended('b', 5, 'Cancelled'),
  ]
  assert.deepEqual(await series('charmkeeper_last_backup_verified'), [])
  assert.deepEqual(await series('charmkeeper_last_backup_failure_timestamp_seconds'), [])
})

test('a job that waits for a person is counted as stalled', async () => {
  const {objects, series} = observed()
  const unknown = [condition('Succeeded', 'Unknown', 'OutcomeUnknown'), condition('Stalled', 'True', 'OutcomeUnknown')]
  objects.jobs = [job('a', {grantedAt: at(1), conditions: unknown})]
  assert.deepEqual(await series('charmkeeper_stalled_jobs'), [`charmkeeper_stalled_jobs{${postgresql}} 1`])
})

test('S2.12 S2.19 a job is counted once, when it ends, with its reason', async () => {
  const {metrics, series} = observed()
  const before = running('a', 2)
  const after = ended('a', 4, 'Failed')
  metrics.jobs.changed(before, undefined)
  metrics.jobs.changed(after, before)
  metrics.jobs.changed(after, after)
  metrics.jobs.changed(ended('seen-at-start', 4, 'Failed'), undefined)
  // The application is gone from the stores here, so look before the page is made.
  assert.deepEqual(await series('charmkeeper_job_duration_seconds_sum'), [
    'charmkeeper_job_duration_seconds_sum{type="Full",reason="Failed"} 120',
  ])
  assert.deepEqual(await series('charmkeeper_job_wait_seconds_sum'), ['charmkeeper_job_wait_seconds_sum 60'])
})

test('the series of an application stay while a job or its model is there, and go with them', async () => {
  const {objects, metrics, series} = observed()
  objects.jobs = [ended('a', 4, 'Succeeded')]
  metrics.jobs.changed(ended('a', 4, 'Succeeded'), running('a', 2))
  const finished = [`charmkeeper_jobs_finished_total{${postgresql},reason="Succeeded"} 1`]
  assert.deepEqual(await series('charmkeeper_jobs_finished_total'), finished)
  objects.models = [model('Connected', 'True')]
  objects.jobs = []
  assert.deepEqual(await series('charmkeeper_jobs_finished_total'), finished, 'the job was cleared, the model is there')
  assert.deepEqual(await series('charmkeeper_running_backups'), [])
  objects.models = []
  assert.deepEqual(await series('charmkeeper_jobs_finished_total'), [])
})

function model(reason: string, status: Condition['status']): JujuModel {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'JujuModel',
    metadata: {name: 'prod', namespace: 'team-a'},
    spec: {} as JujuModel['spec'],
    status: {observedGeneration: 1, conditions: [condition('Ready', status, reason)]} as JujuModel['status'] & object,
  }
}

test('the readiness of models and storages is shown with its reason, one series each', async () => {
  const {objects, series} = observed()
  objects.models = [model('Connected', 'True')]
  assert.deepEqual(await series('charmkeeper_model_ready'), [
    'charmkeeper_model_ready{namespace="team-a",model="prod",reason="Connected"} 1',
  ])
  objects.models = [model('Unreachable', 'False')]
  assert.deepEqual(await series('charmkeeper_model_ready'), [
    'charmkeeper_model_ready{namespace="team-a",model="prod",reason="Unreachable"} 0',
  ])
  const {apiVersion, metadata, status} = model('AccessDenied', 'False')
  objects.storages = [{apiVersion, metadata, status, kind: 'BackupStorage'} as unknown as BackupStorage]
  assert.deepEqual(await series('charmkeeper_storage_ready'), [
    'charmkeeper_storage_ready{namespace="team-a",storage="prod",reason="AccessDenied"} 0',
  ])
})

test("controller-runtime's and client-go's families have their own names and labels", async () => {
  const {metrics, series} = observed()
  metrics.runtime.reconcileFinished('backupjob', 'success', 0.01)
  metrics.runtime.queueDepth('backupjob', 3)
  metrics.runtime.leading('charmkeeper', true)
  metrics.requests.requestFinished({
    verb: 'get',
    method: 'GET',
    host: '10.0.0.1:443',
    resource: 'backupjobs.charmkeeper.dev',
    code: '200',
    seconds: 0.01,
  })
  metrics.juju.call('Action.EnqueueOperation', 'ok', 0.2)
  metrics.juju.clockSkew('c-1', -31)
  metrics.juju.clockSkew('c-2', 5)
  metrics.juju.clockSkew('c-2', undefined)
  const expected = [
    'controller_runtime_reconcile_total{controller="backupjob",result="success"} 1',
    'controller_runtime_reconcile_time_seconds_count{controller="backupjob"} 1',
    'workqueue_depth{name="backupjob"} 3',
    'leader_election_master_status{name="charmkeeper"} 1',
    'rest_client_requests_total{code="200",method="GET",host="10.0.0.1:443"} 1',
    'charmkeeper_juju_calls_total{method="Action.EnqueueOperation",code="ok"} 1',
    'charmkeeper_juju_clock_skew_seconds{controller_uuid="c-1"} -31',
    `charmkeeper_build_info{version="1.2.3",node="${process.version}"} 1`,
  ]
  for (const line of expected) assert.deepEqual(await series(line.split('{')[0] ?? ''), [line])
})

test('two processes in one, as in tests, keep their metrics apart', async () => {
  const [one, other] = [observed(), observed()]
  one.metrics.juju.call('Client.FullStatus', 'ok', 1)
  assert.deepEqual(await other.series('charmkeeper_juju_calls_total'), [])
})
