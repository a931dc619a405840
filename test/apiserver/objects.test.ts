import assert from 'node:assert/strict'
import {after, test} from 'node:test'
import {
  backupJobResource,
  backupScheduleResource,
  backupStorageResource,
  jujuModelResource,
  parseBackupJob,
  type BackupJobStatus,
} from '../../src/api/index.ts'
import {backupJobKind} from '../../src/api/backup-job.ts'
import {condition, fullScheduleStatus, fullStatus} from './full-status.ts'
import {backupJob, backupSchedule, backupStorage, jujuModel} from './objects.ts'
import {pathOf, readCrds, TestApi, type Raw} from './harness.ts'

const api = await TestApi.start()
after(() => api.stop())

async function created(resource: typeof backupJobResource, object: Raw): Promise<Raw> {
  const answer = await api.create(resource, object)
  assert(answer.ok, answer.ok ? '' : answer.refusal.message)
  return answer.object
}

test('defaults are filled in by the API server, also those below an absent parent', async () => {
  const model = await created(jujuModelResource, jujuModel('defaults'))
  assert.deepEqual(model['spec'], {
    controller: {endpoints: ['10.0.0.10:17070'], credentialsRef: {name: 'juju-operator'}},
    model: {name: 'admin/prod'},
    limits: {maxConcurrentJobs: 4},
    suspend: false,
  })
  const storage = await created(backupStorageResource, backupStorage('defaults'))
  assert.deepEqual(storage['spec'], {
    s3: {
      bucket: 'backups',
      credentialsRef: {name: 's3-backups'},
      endpoint: 'https://s3.amazonaws.com',
      uriStyle: 'Host',
    },
    accessMode: 'ReadOnly',
    probeIntervalSeconds: 300,
    limits: {maxConcurrentJobs: 16},
  })
})

test('S2.6 S1.3 a job without a type is a full backup, and our own check fills in the same as the API server', async () => {
  const sent = backupJob('defaults')
  const job = await created(backupJobResource, sent)
  assert.deepEqual(job['spec'], {
    modelRef: {name: 'prod'},
    application: 'postgresql',
    type: 'Backup',
    engine: 'Auto',
    priority: 0,
    backup: {type: 'Full', fullIfNoParent: true},
    verify: 'Auto',
    backoffLimit: 0,
    cancel: 'No',
  })
  const parsed = parseBackupJob(sent)
  assert.deepEqual(parsed.ok && parsed.value.spec, job['spec'])
})

test('an object that nobody has looked at yet does not look current: observedGeneration is -1', async () => {
  await created(backupJobResource, backupJob('unseen'))
  assert.deepEqual((await api.read(backupJobResource, 'unseen'))['status'], {observedGeneration: -1})
})

test('S2.8 every field of an S3 location is taken', async () => {
  const s3 = {
    bucket: 'db-backups.example',
    endpoint: 'https://[fd00::1]:9000',
    region: 'eu-central-1',
    path: '/pg/prod',
    uriStyle: 'Path',
    storageClass: 'STANDARD_IA',
    apiVersion: '4',
    attributes: ['x-amz-meta-team=dba'],
    caCertificateRef: {kind: 'ConfigMap', name: 's3-ca', key: 'ca.crt'},
    credentialsRef: {name: 's3-backups'},
  }
  const integrations = [
    {modelRef: {name: 'prod'}, application: 's3-integrator'},
    {modelRef: {name: 'other'}, application: 's3-integrator'},
  ]
  const answer = await created(backupStorageResource, backupStorage('full', s3, {integrations}))
  assert.deepEqual((answer['spec'] as {s3: unknown}).s3, s3)
})

const jobForEverything = {
  type: 'Restore',
  restore: {
    source: {backupJobRef: {name: 'postgresql-full'}},
    pointInTime: '2026-11-22T08:15:00.123456+01:00',
    unit: 'postgresql/1',
    replicas: 'Rebuild',
    safetyBackup: 'Required',
    mode: 'Execute',
    confirmation: {
      application: 'postgresql',
      modelUUID: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
      validUntil: '2026-11-22T12:00:00Z',
    },
    requestID: 'restore-2026-11-22',
  },
  hooks: {
    pre: [{action: 'pause', params: {reason: 'restore'}, unit: 'All', onError: 'Continue'}],
    post: [{action: 'resume', params: {}, unit: 'Leader', onError: 'Fail', when: 'OnFailure'}],
  },
}

test('S1.21 every field of a restore and of its hooks is taken as it is', async () => {
  const {spec} = (await created(backupJobResource, backupJob('everything', jobForEverything))) as {spec?: unknown}
  const {type, restore, hooks} = spec as typeof jobForEverything
  assert.deepEqual({type, restore, hooks}, jobForEverything)
})

test('S1.21 a restore without a word is a plan that would touch no other unit; hooks have defaults of their own', async () => {
  const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume'}]}
  const sent = backupJob('plan', {type: 'Restore', restore: {}, hooks})
  const job = await created(backupJobResource, sent)
  const spec = job['spec'] as Record<string, unknown>
  assert.deepEqual(spec['restore'], {mode: 'Plan', replicas: 'Refuse', safetyBackup: 'Skip'})
  assert.deepEqual(spec['hooks'], {
    pre: [{action: 'pause', unit: 'Leader', onError: 'Fail'}],
    post: [{action: 'resume', unit: 'Leader', onError: 'Fail', when: 'Always'}],
  })
  const parsed = parseBackupJob(sent)
  assert.deepEqual(parsed.ok && parsed.value.spec, spec)
})

const accepted: readonly [sentence: string, spec: object][] = [
  ['S1.25 the newest usable backup', {type: 'Restore', restore: {source: {latest: true}}}],
  ['one of a list', {type: 'Restore', restore: {source: {backupID: '2026-11-21T02:00:00Z'}}}],
  ['the newest of a schedule', {type: 'Restore', restore: {source: {scheduleRef: {name: 'nightly'}}}}],
  ['S1.24 the end of all WAL', {type: 'Restore', restore: {pointInTime: 'latest'}}],
  [
    'S1.24 another timeline',
    {type: 'Restore', restore: {pointInTime: '2026-11-22T08:15:00Z', timeline: '2026-11-20T10:00:00Z'}},
  ],
  [
    'S1.24 a moment after a backup',
    {type: 'Restore', restore: {pointInTime: 'latest', source: {backupID: '2026-11-21T02:00:00Z'}}},
  ],
  ['S1.19 an import', {backup: {importID: '2026-11-21T02:00:00Z'}, verify: 'Listing'}],
  [
    'a plan with all that its execution needs',
    {...jobForEverything, restore: {...jobForEverything.restore, mode: 'Plan'}},
  ],
]
for (const [sentence, spec] of accepted) {
  test(`taken: ${sentence}`, async () => {
    const answer = await api.create(backupJobResource, backupJob('accepted', spec), {dryRun: true})
    assert(answer.ok, answer.ok ? '' : answer.refusal.message)
  })
}

/** For each field that is fixed: a spec to start from, and one with another value. The field can be left out unless mandatory. */
const values: Readonly<Record<string, {from: object; to: object; mandatory?: true}>> = {
  modelRef: {from: {modelRef: {name: 'prod'}}, to: {modelRef: {name: 'other'}}, mandatory: true},
  application: {from: {application: 'postgresql'}, to: {application: 'other'}, mandatory: true},
  storageRef: {from: {storageRef: {name: 'backups'}}, to: {storageRef: {name: 'other'}}},
  type: {from: {type: 'Restore', restore: {}}, to: {type: 'Backup'}},
  engine: {from: {engine: 'Action'}, to: {engine: 'Auto'}},
  backup: {from: {backup: {type: 'Incremental'}}, to: {backup: {type: 'Differential'}}},
  restore: {from: {type: 'Restore', restore: {}}, to: {type: 'Restore', restore: {replicas: 'Rebuild'}}},
  hooks: {from: {hooks: {pre: [{action: 'pause'}]}}, to: {hooks: {pre: [{action: 'pause', onError: 'Continue'}]}}},
  verify: {from: {verify: 'Listing'}, to: {verify: 'None'}},
  startingDeadlineSeconds: {from: {startingDeadlineSeconds: 60}, to: {startingDeadlineSeconds: 61}},
  activeDeadlineSeconds: {from: {activeDeadlineSeconds: 60}, to: {activeDeadlineSeconds: 61}},
  backoffLimit: {from: {backoffLimit: 1}, to: {backoffLimit: 2}},
}

test('S2.23 what a job is to do cannot be added, removed or changed after creation', async () => {
  assert.deepEqual(Object.keys(values), backupJobKind.immutable.fields)
  for (const [field, {from, to, mandatory}] of Object.entries(values)) {
    const name = `fixed-${field.toLowerCase()}`
    const [without, one, other] = [backupJob(name), backupJob(name, from), backupJob(name, to)]
    const changes: [string, Raw, Raw][] = [['change', one, other]]
    if (mandatory !== true) changes.push(['add', without, one], ['remove', one, without])
    for (const [what, before, then] of changes) {
      await created(backupJobResource, before)
      const answer = await api.replace(backupJobResource, then)
      assert(!answer.ok, `${what} ${field} was taken`)
      const cause = answer.refusal.causes.find(({message}) => message.includes(`spec.${field} cannot be changed`))
      assert.equal(cause?.field, `spec.${field}`, answer.refusal.message)
      await api.must('DELETE', `${pathOf(backupJobResource)}/${name}`)
    }
  }
})

test('S2.23 S1.11 cancel, priority and ttlSecondsAfterFinished stay open; cancel goes upwards only', async () => {
  await created(backupJobResource, backupJob('open'))
  const spec = {priority: 50, ttlSecondsAfterFinished: 60}
  for (const change of [spec, {...spec, cancel: 'IfSafe'}, {...spec, cancel: 'Force'}, {cancel: 'Force'}]) {
    const answer = await api.replace(backupJobResource, backupJob('open', change))
    assert(answer.ok, answer.ok ? '' : answer.refusal.message)
  }
  for (const cancel of ['IfSafe', 'No']) {
    assert.equal((await api.replace(backupJobResource, backupJob('open', {cancel}))).ok, false)
  }
})

test('the status is put by a field manager of its own, and what it leaves out is gone', async () => {
  await created(backupJobResource, backupJob('status'))
  const first = await api.putStatus(backupJobResource, 'status', fullStatus())
  assert(first.ok, first.ok ? '' : first.refusal.message)
  assert.deepEqual(first.object['status'], fullStatus())
  assert.deepEqual(first.object['spec'], (await api.read(backupJobResource, 'status'))['spec'])
  const done = {observedGeneration: 1, conditions: [condition('Succeeded', 'True', 'Succeeded')]}
  const second = await api.putStatus(backupJobResource, 'status', done)
  assert(second.ok, second.ok ? '' : second.refusal.message)
  assert.deepEqual(second.object['status'], done)
  const managers = second.object.metadata['managedFields'] as {manager: string; subresource?: string}[]
  assert(managers.some(({manager, subresource}) => manager === 'charmkeeper-status' && subresource === 'status'))
})

test('the status of a schedule is taken with every list full and every text at its longest', async () => {
  await created(backupScheduleResource, backupSchedule('status'))
  assert.deepEqual((await api.read(backupScheduleResource, 'status'))['status'], {observedGeneration: -1})
  const written = await api.putStatus(backupScheduleResource, 'status', fullScheduleStatus())
  assert(written.ok, written.ok ? '' : written.refusal.message)
  assert.deepEqual(written.object['status'], fullScheduleStatus())
})

test('a schedule is taken with every list full and every text at its longest: no rule costs more than the API server pays', async () => {
  const entries = (length: number, value: string): object =>
    Object.fromEntries(
      Array.from({length: 32}, (_, index) => [
        `${'x'.repeat(250)}.${index + 10}/${'y'.repeat(63)}`,
        value.repeat(length),
      ]),
    )
  const hook = {
    action: 'a'.repeat(128),
    params: Object.fromEntries(
      Array.from({length: 32}, (_, index) => [`${'p'.repeat(62)}${index + 10}`, 'x'.repeat(1024)]),
    ),
  }
  const hooks = {pre: Array.from({length: 8}, () => hook), post: Array.from({length: 8}, () => hook)}
  const minutes = Array.from({length: 60}, (_, minute) => String(minute).padStart(2, '0')).join(',')
  const spec = {
    schedule: `${minutes} 0-23/1,0-23/2,0-23/3 ${Array.from({length: 9}, () => '1-31').join(',')} * *`,
    timeZone: 'America/Argentina/ComodRivadavia',
    description: 'ä'.repeat(1024),
    runNow: 'ä'.repeat(128),
    windows: Array.from({length: 32}, () => ({
      days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
      start: '23:59',
      durationSeconds: 604_800,
      timeZone: 'America/Argentina/ComodRivadavia',
    })),
    jobTemplate: {
      metadata: {labels: entries(63, 'v'), annotations: entries(4096, 'v')},
      spec: {modelRef: {name: 'prod'}, application: 'a'.repeat(63), hooks},
    },
  }
  assert.ok(spec.schedule.length > 240)
  const answer = await api.create(backupScheduleResource, backupSchedule('largest', spec), {dryRun: true})
  assert(answer.ok, answer.ok ? '' : answer.refusal.message)
})

test('S5.13 S5.20 everything in a schedule may be changed, its application and its template included', async () => {
  const before = backupSchedule('edited', {retention: {maxAgeSeconds: 2_592_000}, description: 'before'})
  await created(backupScheduleResource, before)
  const template = {application: 'mysql', modelRef: {name: 'staging'}, backup: {type: 'Differential'}}
  const edited = backupSchedule('edited', {schedule: '@daily', suspend: true, runNow: 'a'}, template)
  const answer = await api.replace(backupScheduleResource, edited)
  assert(answer.ok, answer.ok ? '' : answer.refusal.message)
})

test('conditions are merged by type: another field manager has its own, and ours leaves it', async () => {
  await created(backupJobResource, backupJob('conditions'))
  const audited = condition('Audited', 'True', 'Yes')
  await api.putStatus(backupJobResource, 'conditions', {conditions: [condition('Succeeded', 'Unknown', 'Running')]})
  await api.applyStatus(backupJobResource, 'conditions', {conditions: [audited]}, 'auditor')
  const types = async (): Promise<string[]> => {
    const {conditions = []} = (await api.read(backupJobResource, 'conditions'))['status'] as BackupJobStatus
    return conditions.map(({type}) => type).sort()
  }
  assert.deepEqual(await types(), ['Audited', 'Succeeded'])
  const ours = [condition('Succeeded', 'True', 'Succeeded'), audited]
  await api.putStatus(backupJobResource, 'conditions', {conditions: ours})
  await api.applyStatus(backupJobResource, 'conditions', {}, 'auditor')
  assert.deepEqual(await types(), ['Succeeded'], 'what is not ours goes with whom it belongs to')
})

test('a label of another field manager stays its own when the status is put', async () => {
  const apply = async (labels: object): Promise<void> => {
    const object = {...backupJob('labelled'), metadata: {name: 'labelled', labels}}
    const answer = await api.apply(backupJobResource, object, 'gitops')
    assert(answer.ok, answer.ok ? '' : answer.refusal.message)
  }
  const labels = async (): Promise<unknown> => (await api.read(backupJobResource, 'labelled')).metadata['labels']
  await apply({team: 'a'})
  await api.putStatus(backupJobResource, 'labelled', {observedGeneration: 1})
  assert.deepEqual(await labels(), {team: 'a'})
  await apply({})
  assert.equal(await labels(), undefined)
})

test('a write of the status cannot touch the spec, nor the other way round', async () => {
  await created(backupJobResource, {...backupJob('apart'), status: {observedGeneration: 7}})
  assert.deepEqual((await api.read(backupJobResource, 'apart'))['status'], {observedGeneration: -1})
  const path = `${pathOf(backupJobResource)}/apart/status?fieldManager=x`
  const before = await api.read(backupJobResource, 'apart')
  const finalizers = ['example.dev/kept']
  const {resourceVersion} = before.metadata
  const body = {...before, spec: {priority: 9}, metadata: {name: 'apart', resourceVersion, finalizers}}
  await api.must('PUT', path, {...body, status: {observedGeneration: 1}})
  const {spec, status, metadata} = await api.read(backupJobResource, 'apart')
  assert.deepEqual([spec, status], [before['spec'], {observedGeneration: 1}])
  assert.equal(metadata['finalizers'], undefined)
})

test('field selectors find the jobs of an application and of a model', async () => {
  await created(backupJobResource, backupJob('selected', {application: 'mysql', modelRef: {name: 'staging'}}))
  for (const selector of ['spec.application=mysql', 'spec.modelRef.name=staging']) {
    const list = await api.must('GET', `${pathOf(backupJobResource)}?fieldSelector=${selector}`)
    const names = (list as unknown as {items: Raw[]}).items.map(({metadata}) => metadata.name)
    assert.deepEqual(names, ['selected'], selector)
  }
})

test('an object that is older than a rule: the status can still be written, and our own check names the rule', async () => {
  const crds = await readCrds()
  const crd = crds.find(({metadata}) => metadata.name === 'backupjobs.charmkeeper.dev')
  assert(crd)
  const old = backupJob('older', {verify: 'Store', backup: {type: 'Full', unit: 'mysql/0'}})
  await api.installCrd(withoutRules(crd))
  await api.until('the rules are gone', async () => (await api.create(backupJobResource, old, {dryRun: true})).ok)
  await created(backupJobResource, old)
  await api.installCrd(crd)
  const probe = {...old, metadata: {name: 'younger'}}
  await api.until('the rules are back', async () => !(await api.create(backupJobResource, probe, {dryRun: true})).ok)

  const status = {observedGeneration: 1, conditions: [condition('Succeeded', 'False', 'InvalidSpec')]}
  const written = await api.putStatus(backupJobResource, 'older', status)
  assert(written.ok, written.ok ? '' : written.refusal.message)
  const finalizers = [{op: 'add', path: '/metadata/labels', value: {seen: 'yes'}}]
  const path = `${pathOf(backupJobResource)}/older`
  const patched = await api.send('PATCH', path, finalizers, 'application/json-patch+json')
  assert(patched.ok, patched.ok ? '' : patched.refusal.message)
  const parsed = parseBackupJob(await api.read(backupJobResource, 'older'))
  assert.deepEqual(parsed, {
    ok: false,
    path: 'spec.backup.unit',
    message: 'backup.unit must be a unit of spec.application, for example postgresql/1 for postgresql',
  })
})

/** The CRD as it was before there were any rules. */
function withoutRules(crd: Raw): Raw {
  const drop = (key: string, value: unknown): unknown => (key === 'x-kubernetes-validations' ? undefined : value)
  return JSON.parse(JSON.stringify(crd, drop)) as Raw
}
