import {test} from 'node:test'
import assert from 'node:assert/strict'
import {profileFor} from '../../../../src/charms/profiles.ts'
import type {BackupRow} from '../../../../src/charms/profile.ts'
import {isStaleAfterItsTask} from '../../../../src/charms/stale.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import type {Observed} from '../../../../src/controllers/backup-job/observed.ts'
import {holdsGrant} from '../../../../src/controllers/backup-job/rules/state.ts'
import type {Step} from '../../../../src/controllers/backup-job/step.ts'
import {application, at, intent, job, now, observed, over, ready, says, task, unit, type World} from './builders.ts'

const profile = profileFor({
  name: 'mongodb',
  channel: '8/stable',
  charmUrl: 'ch:amd64/noble/mongodb-300',
  actions: ['create-backup', 'list-backups', 'restore'],
})
const ours = '2026-11-22T09:58:00Z'
const old = '2026-11-21T02:00:00Z'
const busy = {workloadStatus: 'maintenance', workloadMessage: `Backup started/running, backup id: '${ours}'`}
const idleSince = (seconds: number) => ({...unit('mongodb/0', {leader: true}), workloadSince: now + seconds * 1000})

const row = (over: Partial<BackupRow> = {}): BackupRow => ({id: ours, action: 'full', finished: false, ...over})
const running = row({running: true})
/** Read `ago` seconds before now. */
const after = (rows: BackupRow[], ago = 0) => ({
  after: {...ready({ok: true as const, rows: [row({id: old, finished: true}), ...rows]}), at: now - ago * 1000},
})
const begun = (endedAgo = 60) => ({
  ...over('completed', `backup started. backup id: ${ours}`),
  unit: 'mongodb/0',
  enqueuedAt: at(-endedAgo - 5),
  completionTime: at(-endedAgo),
  intent: {...intent, unit: 'mongodb/0', newestBackupID: old},
})
const reports = {task: task({status: 'completed', output: {'backup-status': `backup started. backup id: ${ours}`}})}

function mongodb(world: World, more: Partial<Observed> = {}): Step {
  const view = application({charm: 'mongodb', units: [unit('mongodb/0', {leader: true, ...busy})], ...world.view})
  const present = {state: 'present', view, profile, unsupported: ''} as const
  return decide(
    observed({...world, spec: {application: 'mongodb', ...world.spec}}, {application: present, ...reports, ...more}),
  )
}

test('S1.4 S1.7 a backup that its task only began runs until its row is over, with the words of the unit', () => {
  const step = mongodb({status: begun(), readings: after([running])})
  assert.equal(says(step), `wait Running: Backup ${ours} is being made: mongodb/0 says "${busy.workloadMessage}".`)
  assert.equal(step.do === 'wait' && step.afterMs, 30_000)
  const later = mongodb({status: begun(), readings: after([running], 30)})
  assert.equal(later.do, 'read')
})

test('the list is read the more seldom the longer a backup runs, unless no unit says any more that it works', () => {
  const pause = (endedAgo: number, view = {}): number | undefined => {
    const step = mongodb({status: begun(endedAgo), readings: after([running]), view})
    return step.do === 'wait' ? step.afterMs : undefined
  }
  assert.deepEqual(
    [60, 1200, 72 * 3600].map(seconds => pause(seconds)),
    [30_000, 60_000, 300_000],
  )
  assert.equal(pause(1200, {units: [idleSince(-10)]}), 30_000)
})

test('after the pause that was asked for the list is read, however long the backup has run', () => {
  for (const seconds of [1, 601, 1234, 7000, 72 * 3600]) {
    const world = {status: begun(seconds), readings: after([running])}
    const step = mongodb(world)
    assert(step.do === 'wait' && Number.isInteger(step.afterMs))
    assert.equal(mongodb(world, {now: now + (step.afterMs ?? 0)}).do, 'read')
  }
})

test('S1.4 it runs for three days without an end of its own', () => {
  assert.match(says(mongodb({status: begun(72 * 3600), readings: after([running])})), /^wait Running: Backup/)
})

test('S2.18 the application is kept while such a backup runs, and no longer', () => {
  assert(holdsGrant(job({}, begun())))
  const done = mongodb({status: begun(), readings: after([row({finished: true})])})
  assert(done.do === 'wait' && done.report.patch?.backupID === ours)
  assert(!holdsGrant(job({}, {...begun(), backupID: ours})))
})

test('a backup that its task only began ends when its row says so, not with the task', () => {
  const step = mongodb({status: begun(), readings: after([row({finished: true})])})
  assert.match(says(step), /^wait Verifying: The charm lists the new backup .* as finished/)
  assert.equal(step.do === 'wait' && step.report.patch?.completionTime, at(0))
})

test('a failed row fails the job with the words of the row', () => {
  const step = mongodb({status: begun(), readings: after([row({error: 'disk quota exceeded'})])})
  assert.match(says(step), /^finish Failed: .*The charm lists backup .* as failed: disk quota exceeded/)
})

test('a failed row is tried again within backoffLimit', () => {
  const step = mongodb({spec: {backoffLimit: 1}, status: begun(), readings: after([row({error: 'x'})])})
  assert.match(says(step), /^wait RetryBackoff: /)
})

test('S1.20 a row in progress of which no unit knows any more fails the job', () => {
  const view = {units: [idleSince(-3000)]}
  const step = mongodb({status: begun(3601), view, readings: after([running])})
  assert.match(
    says(step),
    /^finish Failed: .*in progress, but no unit has worked on it for long; it counts as cut short/,
  )
  assert.match(says(mongodb({status: begun(3000), view, readings: after([running])})), /^wait Running/)
})

const staleness: readonly [sentence: string, view: object, hours: number, stale: boolean][] = [
  ['a unit says that it makes a backup', {...busy, workloadSince: now}, 1000, false],
  ['the unit has shown itself idle since, for more than an hour', {workloadSince: now - 1}, 1.1, true],
  ['the unit has shown itself idle since, for less', {workloadSince: now - 1}, 0.9, false],
  ['the status of the unit is from before the task', {workloadSince: 0}, 95, false],
  ['the status tells nothing for four days', {workloadSince: 0}, 97, true],
  ['the unit is blocked by something else', {workloadStatus: 'blocked', workloadSince: now}, 95, false],
]
for (const [sentence, view, hours, stale] of staleness) {
  test(`S1.20 a row in progress is ${stale ? 'stale' : 'believed'} when ${sentence}`, () => {
    assert(profile)
    const question = {
      backup: profile.backup,
      units: [{...unit('mongodb/0'), ...view}],
      taskEndedAt: now - hours * 3_600_000,
      now,
    }
    assert.equal(isStaleAfterItsTask(running, question), stale)
    assert.equal(isStaleAfterItsTask(row({finished: true}), question), false)
  })
}

test('S1.4 activeDeadlineSeconds end the waiting for a row that is in progress, but not what is known', () => {
  const spec = {activeDeadlineSeconds: 60}
  const tooLate = says(mongodb({spec, status: begun(), readings: after([running])}))
  assert.match(tooLate, /^finish DeadlineExceeded: Task 9 is over, but .* within 60 s: Backup .* is being made/)
  assert.match(says(mongodb({spec, status: begun(), readings: after([row({finished: true})])})), /^wait Verifying/)
  assert.match(says(mongodb({spec, status: begun(), readings: after([row({error: 'x'})])})), /^finish Failed/)
})

test('a backup that was just begun may not be listed yet; later that is a missing backup', () => {
  assert.match(says(mongodb({status: begun(60), readings: after([])})), /^wait Running: .*waiting for it to appear/)
  assert.match(says(mongodb({status: begun(121), readings: after([])})), /^finish VerificationFailed: .*lists no new/)
})

test('a list that cannot be read while the first backup of all runs is read again', () => {
  const words = 'list index out of range'
  const readings = {after: {state: 'failed', message: words, failures: 2, retryAt: now + 1000}} as const
  assert.match(says(mongodb({status: begun(), readings})), /^read Verifying: .*the last try failed: list index/)
})

test('S2.20 where Juju has forgotten the task that began it, the new row tells as well', () => {
  const {completionTime: _gone, ...forgotten} = begun()
  const status = {...forgotten, taskStatus: 'pruned'}
  assert.match(says(mongodb({status, readings: after([running])}, {task: {state: 'gone'}})), /^wait Running: Backup/)
})

for (const cancel of ['IfSafe', 'Force']) {
  test(`S1.14 cancel ${cancel} of a backup that its task has begun is refused as Unsupported, once`, () => {
    const world = {spec: {cancel}, status: begun(), readings: after([running])}
    const step = mongodb(world)
    assert(step.do === 'wait')
    const [said] = step.report.conditions ?? []
    assert.equal(`${said?.type} ${said?.status} ${said?.reason}`, 'CancelRefused True Unsupported')
    assert.match(said?.message ?? '', /cannot be cancelled: .*no action that stops it\. It goes on to its own end\.$/)
    const conditions = [
      {type: 'CancelRefused', status: 'True' as const, reason: 'Unsupported', message: '', lastTransitionTime: at(0)},
    ]
    const again = mongodb({...world, status: {...world.status, conditions}})
    assert(again.do === 'wait' && again.report.conditions === undefined)
  })

  test(`S1.14 cancel ${cancel} of the running task that begins it is refused as Unsupported`, () => {
    const status = {...begun(), taskStatus: 'running', completionTime: undefined}
    const step = mongodb({spec: {cancel}, status}, {task: task({status: 'running'})})
    assert(step.do === 'wait')
    assert.deepEqual(
      step.report.conditions?.map(({type, reason}) => [type, reason]),
      [['CancelRefused', 'Unsupported']],
    )
    const pending = mongodb(
      {spec: {cancel}, status: {...status, taskStatus: 'pending'}},
      {task: task({status: 'pending'})},
    )
    assert.equal(pending.do, 'cancel')
  })
}
