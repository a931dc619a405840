import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {
  backupJobResource,
  backupScheduleResource,
  backupStorageResource,
  jujuModelResource,
} from '../../src/api/index.ts'
import type {BackupSchedule} from '../../src/api/backup-schedule.ts'
import type {ResourceType} from '../../src/api/meta.ts'
import {kinds} from '../../src/api/kinds.ts'
import {backupJob, backupSchedule, backupStorage, jujuModel} from './objects.ts'
import {NAMESPACE, TestApi, type Raw} from './harness.ts'

const api = await TestApi.start()
after(() => api.stop())
const examplesDirectory = join(import.meta.dirname, '../../examples')

/** kubectl's answer, with ages replaced, since they are the time since the test began. */
async function kubectl(...args: string[]): Promise<string[]> {
  const text = await api.plane.kubectlOrThrow(args, {namespace: NAMESPACE})
  return text
    .trimEnd()
    .split('\n')
    .map(line =>
      line
        .replaceAll(/\b\d+(s|m\d*s?)(?=\s|$)/g, 'AGE')
        .replaceAll(/ {2,}/g, '  ')
        .trimEnd(),
    )
}

async function seed(resource: ResourceType, object: Raw, status: object): Promise<void> {
  const made = await api.create(resource, object)
  assert(made.ok, made.ok ? '' : made.refusal.message)
  const written = await api.putStatus(resource, object.metadata.name, status)
  assert(written.ok, written.ok ? '' : written.refusal.message)
}

function outcome(type: string, status: string, reason: string, message: string): object {
  return {type, status, reason, message, lastTransitionTime: new Date().toISOString(), observedGeneration: 1}
}

test('S1.18 S2.15 kubectl get shows all running backups in one view: state, unit, age', async () => {
  await seed(backupJobResource, backupJob('nightly-1'), {
    observedGeneration: 1,
    conditions: [outcome('Succeeded', 'Unknown', 'Running', 'creating backup')],
    unit: 'postgresql/1',
    taskID: '43',
  })
  await seed(backupJobResource, backupJob('nightly-2', {application: 'other', backup: {type: 'Incremental'}}), {
    observedGeneration: 1,
    conditions: [
      outcome('Succeeded', 'True', 'Succeeded', 'Found in the store'),
      outcome('Verified', 'True', 'FoundInStore', ''),
    ],
    unit: 'other/0',
    backupID: '2026-11-22T02:00:00Z',
    type: 'Incremental',
    taskID: '44',
    sizeBytes: 23003136,
    completionTime: new Date().toISOString(),
  })
  await seed(backupJobResource, backupJob('plan', {type: 'Restore', restore: {}}), {
    observedGeneration: 1,
    conditions: [outcome('Succeeded', 'True', 'Planned', 'Nothing was changed')],
    unit: 'postgresql/0',
    restore: {chosenBackupID: '2026-11-21T02:00:00Z'},
  })
  assert.deepEqual(await kubectl('get', 'ckj'), [
    'NAME  APPLICATION  STATUS  UNIT  BACKUP  AGE',
    'nightly-1  postgresql  Running  postgresql/1  AGE',
    'nightly-2  other  Succeeded  other/0  2026-11-22T02:00:00Z  AGE',
    'plan  postgresql  Planned  postgresql/0  AGE',
  ])
  assert.deepEqual(await kubectl('get', 'backupjobs', '-o', 'wide'), [
    'NAME  APPLICATION  STATUS  UNIT  BACKUP  AGE  MODEL  TYPE  LEVEL  RESTORED  VERIFIED  TASK  BYTES  COMPLETED  MESSAGE',
    'nightly-1  postgresql  Running  postgresql/1  AGE  prod  Backup  43  creating backup',
    'nightly-2  other  Succeeded  other/0  2026-11-22T02:00:00Z  AGE  prod  Backup  Incremental  True  44  23003136  AGE  Found in the store',
    'plan  postgresql  Planned  postgresql/0  AGE  prod  Restore  2026-11-21T02:00:00Z  Nothing was changed',
  ])
})

test('S5.5 S5.6 S5.25 kubectl get shows the schedules of an application with pattern, state, last success and next run', async () => {
  const shop = {application: 'shop'}
  await seed(backupScheduleResource, backupSchedule('weekly', {schedule: '0 1 * * SUN'}, shop), {
    observedGeneration: 1,
    conditions: [
      outcome('Ready', 'True', 'Scheduled', 'The next backup is due'),
      outcome('Fresh', 'True', 'Fresh', ''),
      outcome('Archiving', 'False', 'ArchiveLag', ''),
    ],
    nextScheduleTime: '2026-11-29T00:00:00Z',
    lastSuccessTime: new Date().toISOString(),
    lastFailureTime: new Date().toISOString(),
    active: [{job: 'weekly-29392380-0a1b2c', slot: '2026-11-22T00:00:00Z'}],
  })
  const suspended = {timeZone: 'Europe/Berlin', suspend: true}
  await seed(
    backupScheduleResource,
    backupSchedule('daily', suspended, {...shop, backup: {type: 'Differential'}, modelRef: {name: 'staging'}}),
    {observedGeneration: 1, conditions: [outcome('Ready', 'True', 'Suspended', 'spec.suspend is true')]},
  )
  const ofShop = ['--field-selector', 'spec.jobTemplate.spec.application=shop']
  assert.deepEqual(await kubectl('get', 'cks', ...ofShop), [
    'NAME  APPLICATION  SCHEDULE  STATUS  LAST SUCCESS  NEXT',
    'daily  shop  0 2 * * *  Suspended',
    'weekly  shop  0 1 * * SUN  Scheduled  AGE  2026-11-29T00:00:00Z',
  ])
  assert.deepEqual(await kubectl('get', 'backupschedules', ...ofShop, '-o', 'wide'), [
    'NAME  APPLICATION  SCHEDULE  STATUS  LAST SUCCESS  NEXT  ZONE  FRESH  ARCHIVING  LAST FAILURE  ACTIVE  MODEL  LEVEL  AGE  MESSAGE',
    'daily  shop  0 2 * * *  Suspended  Europe/Berlin  staging  Differential  AGE  spec.suspend is true',
    'weekly  shop  0 1 * * SUN  Scheduled  AGE  2026-11-29T00:00:00Z  UTC  True  False  AGE  weekly-29392380-0a1b2c  prod  Full  AGE  The next backup is due',
  ])
  const ofStaging = ['--field-selector', 'spec.jobTemplate.spec.modelRef.name=staging']
  assert.deepEqual(await kubectl('get', 'cks', '-o', 'name', ...ofStaging), ['backupschedule.charmkeeper.dev/daily'])
})

test('S5.1 S5.4 S5.7 S5.25 kubectl creates, shows and deletes a schedule: all its properties, its template, its id', async () => {
  const name = ['backupschedule', 'postgresql-kept', '--namespace=databases']
  await api.plane.kubectlOrThrow(['create', '-f', join(examplesDirectory, 'backup-schedule-retention.yaml')])
  const shown = JSON.parse(await api.plane.kubectlOrThrow(['get', ...name, '-o', 'json'])) as BackupSchedule
  assert.match(shown.metadata.uid ?? '', /^[0-9a-f-]{36}$/)
  assert.ok(Date.parse(shown.metadata.creationTimestamp ?? '') > 0)
  const {schedule, timeZone, windows, objective, history, retention, jobTemplate} = shown.spec
  assert.deepEqual([schedule, timeZone, windows?.length], ['30 4,22 * * *', 'Europe/Berlin', 3])
  assert.deepEqual([objective?.maxAgeSeconds, history.successful, retention?.mode], [90_000, 14, 'Plan'])
  assert.deepEqual(jobTemplate.metadata.labels, {team: 'billing'})
  assert.deepEqual([jobTemplate.spec.application, jobTemplate.spec.backup.type], ['postgresql', 'Full'])
  await api.plane.kubectlOrThrow(['delete', ...name])
  assert.equal((await api.plane.kubectl(['get', ...name])).code, 1)
})

test('S5.10 S5.25 a long list comes in pages, and all of it', async () => {
  const all = await kubectl('get', 'cks', '-o', 'name')
  assert(all.length > 1)
  assert.deepEqual(await kubectl('get', 'cks', '-o', 'name', '--chunk-size=1'), all)
})

test('kubectl get shows models and storages with the reason of Ready', async () => {
  await seed(jujuModelResource, jujuModel('model'), {
    observedGeneration: 1,
    conditions: [outcome('Ready', 'True', 'Connected', ''), outcome('Protected', 'False', 'NeverBackedUp', 'mysql')],
    access: 'write',
    serverVersion: '3.6.14',
    modelUUID: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
    modelType: 'Machines',
  })
  await seed(backupStorageResource, backupStorage('store', {path: '/pg'}), {
    observedGeneration: 1,
    conditions: [outcome('Ready', 'False', 'BucketNotFound', 'no such bucket')],
  })
  assert.deepEqual(await kubectl('get', 'ckm'), [
    'NAME  MODEL  STATUS  ACCESS  JUJU  AGE',
    'model  admin/prod  Connected  write  3.6.14  AGE',
  ])
  assert.deepEqual(await kubectl('get', 'ckm', '-o', 'wide'), [
    'NAME  MODEL  STATUS  ACCESS  JUJU  AGE  UUID  TYPE  PROTECTED  MESSAGE',
    'model  admin/prod  Connected  write  3.6.14  AGE  deadbeef-0bad-400d-8000-4b1d0d06f00d  Machines  False',
  ])
  assert.deepEqual(await kubectl('get', 'ckst'), [
    'NAME  BUCKET  PATH  STATUS  ACCESS  AGE',
    'store  backups  /pg  BucketNotFound  ReadOnly  AGE',
  ])
  await seed(backupScheduleResource, backupSchedule('hourly', {schedule: '@hourly'}), {observedGeneration: 1})
  const all = (await kubectl('get', 'charmkeeper', '-o', 'name')).map(line => line.split('/')[0] ?? '')
  assert.deepEqual([...new Set(all)].sort(), [
    'backupjob.charmkeeper.dev',
    'backupschedule.charmkeeper.dev',
    'backupstorage.charmkeeper.dev',
    'jujumodel.charmkeeper.dev',
  ])
})

test('kubectl get shows at most six columns, and more with -o wide', () => {
  for (const kind of kinds) {
    const narrow = kind.columns.filter(({priority}) => priority === undefined)
    assert(narrow.length + 1 <= 6, `${kind.resource.kind} has ${narrow.length} columns beside the name`)
    assert(narrow.length < kind.columns.length)
  }
})

test('kubectl explain knows what every field of spec is for', async () => {
  const text = await api.plane.kubectlOrThrow(['explain', 'backupjob.spec.cancel'])
  assert.match(text, /ENUM:\s+No\s+IfSafe\s+Force/)
  assert.match(text, /May only go upwards/)
  const restore = await api.plane.kubectlOrThrow(['explain', 'backupjob.spec.restore', '--recursive'])
  for (const field of ['pointInTime', 'safetyBackup', 'confirmation', 'validUntil'])
    assert.match(restore, new RegExp(field))
  const mode = await api.plane.kubectlOrThrow(['explain', 'backupjob.spec.restore.mode'])
  assert.match(mode, /Plan changes nothing.*Execute\s+destroys the present data/s)
  const pattern = await api.plane.kubectlOrThrow(['explain', 'backupschedule.spec.schedule'])
  assert.match(pattern, /five fields of cron.*either\s+of\s+them/s)
  const hook = await api.plane.kubectlOrThrow(['explain', 'backupjob.spec.hooks.post.when'])
  assert.match(hook, /ENUM:\s+Always\s+OnSuccess\s+OnFailure/)
})

test('kubectl wait for Succeeded ends when the job has succeeded', async () => {
  const wait = ['wait', '--for=condition=Succeeded', 'backupjob/waited', '--timeout=20s']
  await seed(backupJobResource, backupJob('waited'), {
    observedGeneration: 1,
    conditions: [outcome('Succeeded', 'Unknown', 'Running', '')],
  })
  const waiting = api.plane.kubectl(wait, {namespace: NAMESPACE})
  await api.putStatus(backupJobResource, 'waited', {
    observedGeneration: 1,
    conditions: [outcome('Succeeded', 'True', 'Succeeded', '')],
  })
  assert.match((await waiting).stdout, /condition met/)
})

test('the examples are taken as they are', async () => {
  const files = (await readdir(examplesDirectory)).filter(file => file.endsWith('.yaml'))
  assert(files.length >= 10)
  for (const file of files) {
    const args = [
      'apply',
      '--server-side',
      '--validate=strict',
      '--dry-run=server',
      '-f',
      join(examplesDirectory, file),
    ]
    const answer = await api.plane.kubectl(args)
    assert.equal(answer.code, 0, `${file}: ${answer.stderr}`)
  }
})
