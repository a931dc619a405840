import {test} from 'node:test'
import assert from 'node:assert/strict'
import {ActionReader} from '../../../../src/controllers/juju-actions/action-reader.ts'
import type {ReadOnlyActions} from '../../../../src/juju/writes/described-session.ts'
import type {TaskInfo} from '../../../../src/juju/tasks.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

const which = {model: 'm', application: 'postgresql', unit: 'postgresql/1', action: 'list-backups'}

/** A Juju whose tasks end after so many looks, with these words. */
function session(looks: number, end: Partial<TaskInfo>) {
  let enqueued = 0
  const seen = new Map<string, number>()
  const task = (taskID: string): TaskInfo => {
    const count = (seen.get(taskID) ?? 0) + 1
    seen.set(taskID, count)
    const base = {
      taskID,
      receiver: 'postgresql/1',
      action: 'list-backups',
      parameters: {},
      message: '',
      output: {},
      log: [],
    }
    return count > looks ? {...base, status: 'completed', ...end} : {...base, status: 'running'}
  }
  const fake: ReadOnlyActions = {
    enqueue: async () => ({taskID: String(++enqueued)}),
    actions: async ids => ids.map(task),
    unfinished: () => undefined,
  }
  return {fake, count: () => enqueued}
}

test('everybody who asks while a run goes on shares it', async () => {
  const clock = new VirtualClock()
  const {fake, count} = session(2, {output: {backups: 'x'}})
  const reader = new ActionReader(clock)
  const both = Promise.all([reader.read(fake, which, clock.now()), reader.read(fake, which, clock.now())])
  await clock.advance(5000)
  assert.deepEqual(await both, [{backups: 'x'}, {backups: 'x'}])
  assert.equal(count(), 1)
})

test('who needs a run that begins later gets one of its own', async () => {
  const clock = new VirtualClock()
  const {fake, count} = session(1, {})
  const reader = new ActionReader(clock)
  const first = reader.read(fake, which, clock.now())
  const second = reader.read(fake, which, clock.now() + 1)
  await clock.advance(5000)
  await Promise.all([first, second])
  assert.equal(count(), 2)
})

test("a failed action is refused with the charm's own words, and the next ask runs again", async () => {
  const clock = new VirtualClock()
  const {fake, count} = session(0, {status: 'failed', message: 'Failed to list PostgreSQL backups'})
  const reader = new ActionReader(clock)
  await assert.rejects(reader.read(fake, which, clock.now()), /Failed to list PostgreSQL backups/)
  await assert.rejects(reader.read(fake, which, clock.now()), /Failed to list/)
  assert.equal(count(), 2)
})

test('a task that Juju has forgotten is a failure, not an empty answer', async () => {
  const clock = new VirtualClock()
  const fake: ReadOnlyActions = {
    enqueue: async () => ({taskID: '1'}),
    actions: async () => [],
    unfinished: () => undefined,
  }
  await assert.rejects(new ActionReader(clock).read(fake, which, clock.now()), /does not know task 1/)
})

test('an action that never ends is given up, and one that nobody waits for any more is not followed', async () => {
  const clock = new VirtualClock()
  const {fake} = session(Infinity, {})
  const reader = new ActionReader(clock)
  const patient = assert.rejects(reader.read(fake, which, clock.now()), /did not end within 10 minutes/)
  await clock.advance(11 * 60_000)
  await patient
  const abort = new AbortController()
  const gone = assert.rejects(reader.read(fake, which, clock.now(), abort.signal))
  abort.abort()
  await clock.advance(5000)
  await gone
})

/** A Juju whose unit is down: tasks stay pending until it is back. */
function downed(before: readonly {readonly taskID: string; readonly status: string}[] = []) {
  const tasks = new Map(before.map(({taskID, status}) => [taskID, status]))
  const info = (taskID: string): TaskInfo[] => {
    const status = tasks.get(taskID)
    const base = {receiver: which.unit, action: which.action, parameters: {}, message: '', log: []}
    return status === undefined ? [] : [{...base, taskID, status, output: {of: taskID}}]
  }
  const fake: ReadOnlyActions = {
    enqueue: async () => {
      const taskID = String(tasks.size + 1)
      tasks.set(taskID, 'pending')
      return {taskID}
    },
    actions: async ids => ids.flatMap(info),
    unfinished: () => [...tasks].find(([, status]) => status !== 'completed')?.[0],
  }
  return {fake, tasks}
}

test('a unit that is down for days gets one task, which serves when it is back', async () => {
  const clock = new VirtualClock()
  const {fake, tasks} = downed()
  const reader = new ActionReader(clock)
  for (let hour = 0; hour < 72; hour++) {
    const given = assert.rejects(reader.read(fake, which, clock.now()), /did not end within 10 minutes/)
    await clock.advance(3600_000)
    await given
  }
  assert.equal(tasks.size, 1)
  const waiting = reader.read(fake, which, clock.now())
  await clock.advance(1000)
  tasks.set('1', 'completed')
  await clock.advance(5000)
  assert.deepEqual(await waiting, {of: '1'})
  const next = reader.read(fake, which, clock.now())
  await clock.advance(1000)
  tasks.set('2', 'completed')
  await clock.advance(5000)
  assert.deepEqual(await next, {of: '2'})
})

test('a task that an earlier process left pending is followed', async () => {
  const clock = new VirtualClock()
  const {fake, tasks} = downed([{taskID: '1', status: 'pending'}])
  const reading = new ActionReader(clock).read(fake, which, clock.now())
  await clock.advance(1000)
  tasks.set('1', 'completed')
  await clock.advance(5000)
  assert.deepEqual(await reading, {of: '1'})
  assert.equal(tasks.size, 1)
})

test('a task that runs already has begun too early to tell: it ends first, then comes one of our own', async () => {
  const clock = new VirtualClock()
  const {fake, tasks} = downed([{taskID: '1', status: 'running'}])
  const reading = new ActionReader(clock).read(fake, which, clock.now())
  await clock.advance(10_000)
  assert.equal(tasks.size, 1)
  tasks.set('1', 'completed')
  await clock.advance(5_000)
  assert.equal(tasks.size, 2)
  tasks.set('2', 'completed')
  await clock.advance(5_000)
  assert.deepEqual(await reading, {of: '2'})
})

test('parameters are handed on, and everybody who listens is told what was read and when it was asked', async () => {
  const clock = new VirtualClock()
  const {fake} = session(1, {output: {backups: 'x'}})
  const asked: unknown[] = []
  const recording: ReadOnlyActions = {
    ...fake,
    enqueue: request => {
      asked.push(request)
      return fake.enqueue(request)
    },
  }
  const reader = new ActionReader(clock)
  const told: unknown[] = []
  const stop = reader.onOutput(({which: {application}, askedAt, output}) => told.push([application, askedAt, output]))
  const askedAt = clock.now()
  const read = reader.read(recording, {...which, parameters: {output: 'json'}}, askedAt)
  await clock.advance(5000)
  await read
  assert.deepEqual(asked, [{unit: 'postgresql/1', action: 'list-backups', parameters: {output: 'json'}}])
  assert.deepEqual(told, [['postgresql', askedAt, {backups: 'x'}]])
  stop()
  const again = reader.read(recording, which, clock.now())
  await clock.advance(5000)
  await again
  assert.equal(told.length, 1)
})
