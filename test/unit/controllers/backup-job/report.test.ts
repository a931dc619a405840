import {test} from 'node:test'
import assert from 'node:assert/strict'
import {nextStatus, worthWriting} from '../../../../src/controllers/backup-job/report.ts'
import {trimming} from '../../../../src/controllers/backup-job/cache.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {at, enqueued, intent, job, now, observed} from './builders.ts'

const progress = (lastMessage: string, log?: string[]) => ({
  reason: 'Running' as const,
  message: `Task 9 is running: ${lastMessage}`,
  patch: {lastMessage, ...(log ? {log} : {})},
})

test('the first status carries the generation and says Reconciling', () => {
  const status = nextStatus(
    job(),
    {reason: 'Queued', message: 'wait', patch: {queue: {position: 1, holder: 'x'}}},
    false,
    now,
  )
  assert.equal(status.observedGeneration, 1)
  assert.deepEqual(
    status.conditions?.map(c => [c.type, c.status, c.reason]),
    [
      ['Succeeded', 'Unknown', 'Queued'],
      ['Reconciling', 'True', 'Queued'],
    ],
  )
  assert.deepEqual(status.queue, {position: 1, holder: 'x'})
})

test('S1.7 progress alone is written every 30 s at most, anything else at once', () => {
  const before = nextStatus(job({}, enqueued), progress('creating backup'), false, now)
  const soon = nextStatus({...job(), status: before}, progress('still creating'), false, now + 5000)
  assert.equal(worthWriting(before, soon, now + 5000), false)
  const later = nextStatus({...job(), status: before}, progress('still creating'), false, now + 31_000)
  assert.equal(worthWriting(before, later, now + 31_000), true)
  const same = nextStatus({...job(), status: before}, progress('creating backup'), false, now + 31_000)
  assert.equal(worthWriting(before, same, now + 31_000), false)
  const verifying = nextStatus({...job(), status: before}, {reason: 'Verifying', message: 'x'}, false, now + 1000)
  assert.equal(worthWriting(before, verifying, now + 1000), true)
})

test('an end is Stalled unless it succeeded, and has a completion time', () => {
  const failed = nextStatus(job({}, enqueued), {reason: 'Failed', message: 'no'}, true, now)
  assert.deepEqual(
    failed.conditions?.map(c => [c.type, c.status]),
    [
      ['Succeeded', 'False'],
      ['Stalled', 'True'],
    ],
  )
  assert.equal(failed.completionTime, at(0))
  const succeeded = nextStatus(job({}, enqueued), {reason: 'Succeeded', message: 'yes'}, true, now)
  assert.deepEqual(
    succeeded.conditions?.map(c => [c.type, c.status]),
    [['Succeeded', 'True']],
  )
})

test('a patch removes what is undefined and leaves the rest', () => {
  const status = nextStatus(
    job({}, {...enqueued, intent}),
    {reason: 'Preparing', message: 'x', patch: {intent: undefined}},
    false,
    now,
  )
  assert.equal('intent' in status, false)
  assert.equal(status.taskID, '9')
})

test('the cache keeps of a finished job what lists, metrics and children need, and no texts', () => {
  const finished = nextStatus(
    job({}, {...enqueued, log: ['a'], lastMessage: 'b'}),
    {reason: 'Succeeded', message: 'long story'},
    true,
    now,
  )
  const one = {...job(), status: finished}
  const trimmed = trimming()(one)
  assert.equal(trimmed.trimmed, true)
  assert.equal(trimmed.status?.log, undefined)
  assert.equal(trimmed.status?.taskID, '9')
  assert.equal(trimmed.status?.conditions?.[0]?.message, '')
  assert.equal(trimmed.metadata.uid, one.metadata.uid)
  const running = job({}, enqueued)
  assert.equal(trimming()(running), running)
})

test('a place in the queue that comes back with its keys in another order is no news', () => {
  const report = {reason: 'Queued', message: 'wait', patch: {queue: {position: 1, holder: 'x'}}} as const
  const before = nextStatus(job(), report, false, now)
  const fromServer = {...before, queue: {holder: 'x', position: 1}}
  const after = nextStatus({...job(), status: fromServer}, report, false, now + 5)
  assert.equal(worthWriting(fromServer, after, now + 5), false)
})

test('a job that cannot see Juju says once when it last did, and every five minutes that it has asked', () => {
  const unreachable = {
    state: 'unready',
    reason: 'Unreachable',
    message: 'x',
    permanent: false,
    followable: false,
  } as const
  const seen = nextStatus(job({}, enqueued), progress('creating backup'), false, now)
  const look = (status: typeof seen, time: number) => {
    const step = decide({...observed({status}, {model: unreachable}), now: time})
    assert.ok(step.do === 'wait')
    assert.equal(step.afterMs, 300_000)
    return nextStatus({...job(), status}, step.report, false, time)
  }
  const told = look(seen, now + 60_000)
  assert.equal(worthWriting(seen, told, now + 60_000), true)
  assert.deepEqual([told.lastSeenTime, told.lastObservedTime], [at(0), at(60)])
  assert.match(told.conditions?.[0]?.message ?? '', new RegExp(`last seen at ${at(0)}`))
  assert.equal(worthWriting(told, look(told, now + 359_999), now + 359_999), false)
  const later = look(told, now + 360_000)
  assert.equal(worthWriting(told, later, now + 360_000), true)
  assert.deepEqual([later.lastSeenTime, later.lastObservedTime], [at(0), at(360)])
  assert.equal(later.conditions?.[0]?.message, told.conditions?.[0]?.message)
  const back = nextStatus({...job(), status: later}, progress('still creating'), false, now + 400_000)
  assert.deepEqual([back.lastSeenTime, back.lastObservedTime], [undefined, at(400)])
})
