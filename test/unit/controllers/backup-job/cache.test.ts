import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobSpecSchema, type BackupJob} from '../../../../src/api/backup-job.ts'
import {isAtRest, trimming} from '../../../../src/controllers/backup-job/cache.ts'
import {Shared} from '../../../../src/controllers/backup-job/shared.ts'

function finished(name: string, application = 'postgresql'): BackupJob {
  // Each from a text of its own, as from an API server: nothing is shared before the cache shares it.
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'charmkeeper.dev/v1alpha1',
      kind: 'BackupJob',
      metadata: {name, namespace: 'default', uid: name, resourceVersion: '1'},
      spec: backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application}),
      status: {
        observedGeneration: 1,
        conditions: [
          {type: 'Succeeded', status: 'True', reason: 'Succeeded', message: 'done', lastTransitionTime: '2026-01-01'},
        ],
        unit: 'postgresql/1',
        backupID: name,
        log: ['a line'],
        modelUUID: '6f0de9ad-7e44-4c8b-8b67-0e0a4e6ef6b2',
      },
    }),
  ) as BackupJob
}

test('finished jobs share what they have alike, and keep what is their own', () => {
  const trim = trimming()
  const [one, two, other] = [trim(finished('one')), trim(finished('two')), trim(finished('other', 'mysql'))]
  assert.equal(one.spec, two.spec)
  assert.notEqual(one.spec, other.spec)
  assert.equal(other.spec.application, 'mysql')
  assert.deepEqual([one.status?.backupID, two.status?.backupID], ['one', 'two'])
  assert.deepEqual([two.status?.unit, two.status?.modelUUID], ['postgresql/1', '6f0de9ad-7e44-4c8b-8b67-0e0a4e6ef6b2'])
  assert.equal(one.status?.log, undefined)
})

test('finished jobs share the labels of their schedule and the parameters of their actions, where these are alike', () => {
  const trim = trimming()
  const of = (schedule: string, type: string) => {
    const job = finished(`${schedule}-${type}`)
    job.metadata.labels = {'charmkeeper.dev/schedule': schedule}
    const intent = {action: 'create-backup', unit: 'postgresql/1', time: '2026-11-22T02:00:00Z', parameters: {type}}
    job.status = {
      ...job.status,
      observedGeneration: 1,
      intent: {...intent, highestOperationID: '7', newestBackupID: ''},
    }
    return trim(job)
  }
  const [one, two, other] = [of('nightly', 'full'), of('nightly', 'full'), of('weekly', 'differential')]
  assert.equal(one.metadata.labels, two.metadata.labels)
  assert.equal(one.status?.intent?.parameters, two.status?.intent?.parameters)
  assert.deepEqual(other.metadata.labels, {'charmkeeper.dev/schedule': 'weekly'})
  assert.deepEqual(other.status?.intent, {
    action: 'create-backup',
    unit: 'postgresql/1',
    time: '2026-11-22T02:00:00Z',
    highestOperationID: '7',
    newestBackupID: '',
    parameters: {type: 'differential'},
  })
})

test('S5.12 of a run of a schedule that failed the cache keeps why; of other jobs it keeps no text', () => {
  const trim = trimming()
  const failed = (name: string, labels?: Record<string, string>): BackupJob => {
    const job = finished(name)
    for (const condition of job.status?.conditions ?? []) condition.status = 'False'
    return {...job, metadata: {...job.metadata, ...(labels === undefined ? {} : {labels})}}
  }
  const ofSchedule = {'charmkeeper.dev/schedule': 'nightly'}
  const good = finished('good')
  good.metadata.labels = ofSchedule
  const said = [failed('run', ofSchedule), failed('by-hand'), good].map(
    job => trim(job).status?.conditions?.[0]?.message,
  )
  assert.deepEqual(said, ['done', '', ''])
})

test('a finished job is at rest unless something is left to do of it', () => {
  const trim = trimming()
  const held = finished('held')
  held.metadata.finalizers = ['charmkeeper.dev/running']
  const expiring = finished('expiring')
  expiring.spec.ttlSecondsAfterFinished = 60
  const running = finished('running')
  for (const condition of running.status?.conditions ?? []) condition.status = 'Unknown'
  const atRest = [finished('done'), held, expiring, running].map(job => isAtRest(trim(job)))
  assert.deepEqual(atRest, [true, false, false, false])
})

test('a table of shared values is bounded, and never mixes values up', () => {
  const shared = new Shared<{readonly number: number}>()
  for (let number = 0; number < 20_000; number++) assert.equal(shared.of(String(number), {number}).number, number)
  assert.equal(shared.of('19999', {number: -1}).number, 19_999)
  assert.equal(shared.of('0', {number: 0}).number, 0)
})
