import assert from 'node:assert/strict'
import test from 'node:test'
import {ConnectionLost} from '../../src/juju/errors.ts'
import {SnapshotPoller} from '../../src/juju/snapshot.ts'
import {fail, respond} from '../unit/juju/scripted-server.ts'
import {controllerTime, World} from '../unit/juju/snapshot-world.ts'
import {frame, until} from '../unit/juju/support.ts'

test('a model is read at once, then every minute', async t => {
  const world = await World.start(t)
  const snapshot = await world.untilSnapshots(1)
  assert.equal(world.poller.latest, snapshot)
  assert.equal(snapshot.controllerTime, controllerTime)
  assert.equal(snapshot.observedAt, world.clock.now())
  assert.equal(snapshot.status.applications.get('postgresql')?.units.length, 3)
  await world.pass(59_000)
  assert.equal(world.readings, 1)
  await world.pass(1000)
  await world.untilSnapshots(2)
})

test('it is read every 5 s while somebody demands it, and no longer', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  const [one, two] = [world.poller.demandFast(), world.poller.demandFast()]
  for (let count = 2; count <= 4; count++) {
    await world.pass(5000)
    await world.untilSnapshots(count)
  }
  one()
  one()
  await world.pass(5000)
  await world.untilSnapshots(5)
  two()
  await world.pass(5000)
  await world.untilSnapshots(6)
  await world.pass(59_000)
  assert.equal(world.readings, 6)
  await world.pass(1000)
  await world.untilSnapshots(7)
})

test('the longer nothing changes, the seldomer it is read, at least every 30 s; what is new is followed closely again', async t => {
  const world = await World.start(t)
  world.tasks.set('7', {operation: '6', status: 'running'})
  world.poller.track('7')
  await world.untilSnapshots(1)
  world.poller.demandFast()
  // 5 s each while it is new, then a quarter of the time that nothing has changed.
  let readings = 1
  let quiet = 0
  let interval = 0
  while (interval < 30_000) {
    interval = Math.max(5000, Math.min(quiet / 4, 30_000))
    await world.pass(interval - 1)
    assert.equal(world.readings, readings, `not before ${interval} ms`)
    await world.pass(1)
    await world.untilSnapshots(++readings)
    quiet += interval
  }
  assert.ok(quiet > 120_000)
  world.tasks.set('7', {operation: '6', status: 'completed'})
  for (const ms of [30_000, 5000, 5000]) {
    await world.pass(ms)
    await world.untilSnapshots(++readings)
  }
})

test('readings of several models spread out', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  const early = new SnapshotPoller(world.session, {...world.deps, random: () => 0})
  t.after(() => early.close())
  await until('the other poller has read', () => early.latest !== undefined && world.clock.pendingTimers === 3)
  await world.pass(54_000)
  await until('it is first', () => world.readings === 3)
})

test('two readings never overlap, and one that is slow delays the next', async t => {
  const answers: (() => void)[] = []
  const status = frame('full-status').response?.response
  const world = await World.start(t, juju =>
    juju.on('Client.FullStatus', async () => {
      await new Promise<void>(resolve => answers.push(resolve))
      return respond(status)
    }),
  )
  world.poller.demandFast()
  await until('the first reading', () => answers.length === 1)
  await world.pass(25_000)
  assert.equal(world.readings, 1)
  answers[0]?.()
  await world.untilSnapshots(1)
  await world.pass(5000)
  await until('the second reading', () => answers.length === 2)
})

test('unfinished operations of anybody are in it; finished tasks and empty operations are not', async t => {
  const world = await World.start(t, juju =>
    juju.on('Action.ListOperations', ({params}) => {
      assert.deepEqual(params['status'], ['pending', 'running', 'aborting'])
      const task = (tag: string, status: string) => ({action: {tag, receiver: 'unit-a-0', name: 'x'}, status})
      return respond({
        results: [
          {operation: 'operation-10', status: 'running', actions: [task('action-11', 'running')]},
          {operation: 'operation-14', status: 'running', actions: [task('action-15', 'completed')]},
          {operation: 'operation-16', status: 'pending', actions: []},
          {
            operation: 'operation-2',
            status: 'pending',
            actions: [task('action-3', 'failed'), task('action-4', 'aborting')],
          },
        ],
      })
    }),
  )
  const {unfinished} = await world.untilSnapshots(1)
  assert.deepEqual(
    unfinished.map(({operationID}) => operationID),
    ['2', '10'],
  )
})

test('S1.8 tracked tasks come with log and output; nobody else is asked about', async t => {
  const world = await World.start(t)
  world.tasks.set('7', {operation: '6', status: 'running'})
  world.tasks.set('9', {operation: '8', status: 'running'})
  const release = world.poller.track('7')
  const again = world.poller.track('7')
  const {tasks, missingTasks} = await world.untilSnapshots(1)
  assert.deepEqual([...tasks.keys()], ['7'])
  const task = tasks.get('7')
  assert.deepEqual(
    [task?.status, task?.output['backup-status'], task?.log[0]?.message],
    ['running', 'backup created', 'hi'],
  )
  assert.equal(missingTasks.size, 0)
  release()
  release()
  assert.equal((await world.poller.refreshNow()).tasks.size, 1)
  again()
  assert.equal((await world.poller.refreshNow()).tasks.size, 0)
})

test('a tracked task that Juju does not know is missing', async t => {
  const world = await World.start(t)
  world.poller.track('99')
  const {tasks, missingTasks} = await world.untilSnapshots(1)
  assert.deepEqual([tasks.size, [...missingTasks]], [0, ['99']])
})

test('the end of a task is what Juju says of it', async t => {
  const world = await World.start(t)
  world.tasks.set('7', {operation: '6', status: 'completed', completed: '2026-11-22T18:00:00Z'})
  world.poller.track('7', '6')
  const {tasks} = await world.untilSnapshots(1)
  assert.equal(tasks.get('7')?.completed, '2026-11-22T18:00:00.000Z')
  assert.equal(world.juju.asked('Action.Operations').length, 0)
})

test('where Juju leaves the end in year 1 it is that of the operation, asked once', async t => {
  const world = await World.start(t)
  world.tasks.set('7', {operation: '6', status: 'running'})
  world.poller.track('7')
  assert.equal((await world.untilSnapshots(1)).tasks.get('7')?.completed, undefined)
  world.tasks.set('7', {operation: '6', status: 'completed', operationCompleted: '2026-11-22T18:30:00Z'})
  for (let reading = 0; reading < 3; reading++) {
    const {tasks} = await world.poller.refreshNow()
    assert.equal(tasks.get('7')?.completed, '2026-11-22T18:30:00.000Z')
  }
  assert.equal(world.juju.asked('Action.Operations').length, 1)
})

test('where the operation does not say either, it is when the end was first seen, and stays that', async t => {
  const world = await World.start(t)
  world.tasks.set('7', {operation: '6', status: 'failed'})
  world.poller.track('7')
  assert.equal((await world.untilSnapshots(1)).tasks.get('7')?.completed, controllerTime)
  const status = frame('full-status').response?.response as object
  world.juju.on('Client.FullStatus', () => respond({...status, 'controller-timestamp': '2026-11-22T19:00:00Z'}))
  assert.equal((await world.poller.refreshNow()).tasks.get('7')?.completed, controllerTime)
})

test('a refresh is a reading that began after it was asked for, shared by all who ask meanwhile', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  const answers: (() => void)[] = []
  const status = frame('full-status').response?.response
  world.juju.on('Client.FullStatus', async () => {
    await new Promise<void>(resolve => answers.push(resolve))
    return respond(status)
  })
  const first = world.poller.refreshNow()
  await until('the reading began', () => answers.length === 1)
  const [second, third] = [world.poller.refreshNow(), world.poller.refreshNow()]
  answers[0]?.()
  const before = await first
  await until('another reading began', () => answers.length === 2)
  answers[1]?.()
  const [one, other] = await Promise.all([second, third])
  assert.equal(one, other)
  assert.notEqual(one, before)
  assert.equal(world.readings, 3)
})

test('who can wait a moment shares the next reading, which is not later than the first of them wants it', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  world.poller.readWithin(1000)
  await world.pass(400)
  world.poller.readWithin(1000)
  await world.pass(599)
  assert.equal(world.readings, 1)
  await world.pass(1)
  await world.untilSnapshots(2)
  await world.pass(59_000)
  assert.equal(world.readings, 2, 'then as often as before')
})

test('a refresh without a connection fails at once', async t => {
  const world = await World.start(t, juju => juju.on('Admin.Login', () => 'silence'))
  await assert.rejects(world.poller.refreshNow(), ConnectionLost)
  await assert.rejects(world.poller.refreshNow(AbortSignal.abort(new Error('stop'))), /stop/)
})

test('who asked for a refresh may stop waiting', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  world.juju.on('Client.FullStatus', () => 'silence')
  const controller = new AbortController()
  const waiting = assert.rejects(world.poller.refreshNow(controller.signal), /stop/)
  controller.abort(new Error('stop'))
  await waiting
})

test('a reading that fails keeps the latest snapshot, says why, and the next one is on time', async t => {
  const world = await World.start(t)
  const good = await world.untilSnapshots(1)
  const faults: string[] = []
  world.poller.onFault(({reason}) => void faults.push(reason))
  world.juju.on('Action.ListOperations', () => fail('upgrade in progress', 'upgrade in progress'))
  await world.pass(60_000)
  await until('the failure is told', () => faults.length === 1 && world.clock.pendingTimers === 2)
  assert.deepEqual([faults, world.poller.fault?.reason], [['ControllerUpgrading'], 'ControllerUpgrading'])
  assert.equal(world.poller.latest, good)
  world.juju.on('Action.ListOperations', () => respond({results: []}))
  await world.pass(60_000)
  await world.untilSnapshots(2)
  assert.equal(world.poller.fault, undefined)
})

test('nothing is read while the session is down; when it comes back the model is read at once', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  world.juju.on('Admin.Login', () => fail('maintenance in progress'))
  world.juju.reset()
  await until('the loss is seen', () => world.session.state.kind === 'lost')
  await world.clock.advance(600_000)
  assert.equal(world.readings, 1)
  assert.equal(world.snapshots.length, 1)
})

test('after a reset the model is read again as soon as the session is back', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  world.juju.reset()
  await until('the loss is seen', () => world.session.state.kind === 'lost')
  await world.clock.advance(1300)
  await world.untilSnapshots(2)
})

test('a reading that the connection did not survive fails, and is made up for', async t => {
  const world = await World.start(t, juju => juju.on('Client.FullStatus', () => 'silence'))
  await until('the reading began', () => world.readings === 1)
  const waiting = world.poller.refreshNow()
  const status = frame('full-status').response?.response
  world.juju.on('Client.FullStatus', () => respond(status))
  const failed = assert.rejects(waiting, ConnectionLost)
  world.juju.reset()
  await failed
  await until('the loss is seen', () => world.session.state.kind === 'lost')
  await world.clock.advance(1300)
  await world.untilSnapshots(1)
})

test('a closed poller reads no more, and nobody waits for it', async t => {
  const world = await World.start(t)
  await world.untilSnapshots(1)
  world.juju.on('Client.FullStatus', () => 'silence')
  const waiting = [world.poller.refreshNow(), world.poller.refreshNow()]
  const ended = Promise.all(waiting.map(one => assert.rejects(one)))
  world.poller.close()
  await ended
  await world.pass(300_000)
  assert.equal(world.readings, 2)
  await assert.rejects(world.poller.refreshNow(), /closed/)
})
