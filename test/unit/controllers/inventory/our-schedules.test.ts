import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  backupScheduleSpecSchema,
  type BackupSchedule,
  type BackupScheduleReason,
} from '../../../../src/api/backup-schedule.ts'
import {scheduleIndexes} from '../../../../src/controllers/backup-schedule/cache.ts'
import {OurSchedules} from '../../../../src/controllers/inventory/our-schedules.ts'
import {type Checked, ObjectStore, type StoreEvent} from '../../../../src/runtime/store.ts'

let version = 0

function schedule(name: string, over: {suspend?: boolean; reason?: BackupScheduleReason; objective?: number} = {}) {
  const {suspend = false, reason, objective} = over
  const ready = {type: 'Ready', status: 'True', reason: reason ?? '', message: '', lastTransitionTime: ''} as const
  const made: BackupSchedule = {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata: {name, namespace: 'team-a', uid: name, resourceVersion: String(++version)},
    spec: backupScheduleSpecSchema.parse({
      schedule: '0 2 * * *',
      suspend,
      jobTemplate: {spec: {modelRef: {name: 'prod'}, application: 'postgresql'}},
    }),
    status: {
      observedGeneration: 1,
      ...(reason !== undefined && {conditions: [ready]}),
      ...(objective !== undefined && {objectiveSeconds: objective}),
    },
  }
  return made
}

function cache(validate?: (one: BackupSchedule) => Checked<BackupSchedule>) {
  const store = new ObjectStore<BackupSchedule>({indexers: scheduleIndexes, validate})
  const listeners: ((event: StoreEvent<BackupSchedule>) => void)[] = []
  const tell = (events: readonly StoreEvent<BackupSchedule>[]): void =>
    events.forEach(event => listeners.forEach(listener => listener(event)))
  return {
    store,
    onEvent: (listener: (event: StoreEvent<BackupSchedule>) => void) => void listeners.push(listener),
    put: (one: BackupSchedule) => tell(store.put(one, 'watch')),
    remove: (name: string) => tell(store.remove(`team-a/${name}`)),
  }
}

test('schedules that start no runs until somebody acts protect nothing', () => {
  const schedules = cache()
  const ours = new OurSchedules(schedules, () => undefined)
  schedules.put(schedule('new'))
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  schedules.put(schedule('weekly', {reason: 'ModelNotReady', objective: 907_200}))
  schedules.put(schedule('suspended', {suspend: true, reason: 'Scheduled', objective: 60}))
  for (const reason of ['InvalidSchedule', 'NeverMatches', 'TemplateRefused', 'InvalidSpec'] as const)
    schedules.put(schedule(reason.toLowerCase(), {reason}))
  assert.deepEqual(ours.of('team-a/prod/postgresql'), {
    names: ['new', 'nightly', 'weekly'],
    objectiveSeconds: 129_600,
  })
  assert.deepEqual(ours.of('team-a/prod/mysql'), {names: [], objectiveSeconds: undefined})
})

test('what was said of the schedules of a database is said anew after each change that matters', () => {
  const schedules = cache()
  const ours = new OurSchedules(schedules, () => undefined)
  const names = (): readonly string[] => ours.of('team-a/prod/postgresql').names
  assert.deepEqual(names(), [])
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  assert.deepEqual(names(), ['nightly'])
  assert.equal(ours.of('team-a/prod/postgresql'), ours.of('team-a/prod/postgresql'), 'and is kept between them')
  schedules.put(schedule('nightly', {suspend: true, reason: 'Suspended', objective: 129_600}))
  assert.deepEqual(names(), [])
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  const moved = schedule('nightly', {reason: 'Scheduled', objective: 129_600})
  moved.spec.jobTemplate.spec.application = 'mysql'
  schedules.put(moved)
  assert.deepEqual([names(), ours.of('team-a/prod/mysql').names], [[], ['nightly']])
  schedules.remove('nightly')
  assert.deepEqual(ours.of('team-a/prod/mysql').names, [])
})

test('a schedule that was invalid and is mended counts again', () => {
  const schedules = cache(({metadata}) =>
    metadata.labels?.['broken'] === undefined ? {ok: true} : {ok: false, path: 'spec', message: 'broken'},
  )
  const ours = new OurSchedules(schedules, () => undefined)
  const names = (): readonly string[] => ours.of('team-a/prod/postgresql').names
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  assert.deepEqual(names(), ['nightly'])
  const broken = schedule('nightly', {reason: 'Scheduled', objective: 129_600})
  broken.metadata.labels = {broken: 'yes'}
  schedules.put(broken)
  assert.deepEqual(names(), [])
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  assert.deepEqual(names(), ['nightly'])
})

test('a model is told when its databases get or lose a schedule, and not of every write of a status', () => {
  const schedules = cache()
  const told: string[] = []
  new OurSchedules(schedules, model => void told.push(model))
  schedules.put(schedule('nightly'))
  assert.equal(told.length, 1, 'created')
  schedules.put(schedule('nightly', {reason: 'Scheduled', objective: 129_600}))
  assert.equal(told.length, 2, 'its objective is known')
  schedules.put(schedule('nightly', {reason: 'ModelNotReady', objective: 129_600}))
  assert.equal(told.length, 2, 'it waits, and will run')
  schedules.put(schedule('nightly', {suspend: true, reason: 'Suspended', objective: 129_600}))
  assert.equal(told.length, 3, 'suspended')
  schedules.remove('nightly')
  assert.deepEqual(told, ['team-a/prod', 'team-a/prod', 'team-a/prod', 'team-a/prod'])
})
