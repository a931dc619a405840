import assert from 'node:assert/strict'
import {suite, test, type TestContext} from 'node:test'
import {parseListing} from '../../src/charms/postgresql/listing.ts'
import {enqueue} from '../../src/juju/actions.ts'
import {ConnectionLost, JujuError, mayHaveHappened} from '../../src/juju/errors.ts'
import {findModel} from '../../src/juju/find-model.ts'
import {SnapshotPoller, type ModelSnapshot} from '../../src/juju/snapshot.ts'
import {postgresqlCharm} from '../charms/postgresql/machine.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'
import {advanceUntil} from '../unit/juju/session-world.ts'
import {until} from '../unit/juju/support.ts'
import {simulatedSession} from './support/simulated-session.ts'

const pace = {allocate: 4000, install: 6000, remove: 3000, upgrade: 4000, lease: 10_000, jitter: 0}

/** A session and its readings of a model that lives at a quick pace. */
async function living(t: TestContext, profile: ProfileName) {
  const world = await simulatedSession(t, profile, {pace, updateStatusEvery: 5000})
  const poller = new SnapshotPoller(world.session, {...world.deps, fastMs: 1000})
  t.after(() => poller.close())
  const {clock} = world
  const control = world.juju.control.model()
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms
    await advanceUntil(clock, 'time passes', () => clock.now() >= end)
  }
  const look = (): Promise<ModelSnapshot> => poller.refreshNow()
  const units = async () => (await look()).status.applications.get('postgresql')?.units ?? []
  return {...world, poller, control, life: control.life, pass, look, units}
}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  suite(`the client while a model of ${profile} lives`, () => {
    test('lose the leader: no unit leads, and an action for the leader is refused for good', async t => {
      const {session, control, units, juju} = await living(t, profile)
      control.setLeader('postgresql', undefined)
      assert.ok((await units()).every(({leader}) => !leader))
      const refusal: unknown = await enqueue(session, {
        unit: 'postgresql/leader',
        action: 'list-backups',
        parameters: {},
      }).catch((error: unknown) => error)
      assert.ok(refusal instanceof JujuError)
      assert.match(refusal.message, /leader/)
      assert.equal(mayHaveHappened(refusal), false)
      assert.deepEqual([juju.calls.enqueued('list-backups').length, control.tasks().length], [1, 0])
    })

    test('kill an agent: the unit is lost and its task stays; another unit leads; when it is back, the task has failed', async t => {
      const {session, life, units, look, pass, poller} = await living(t, profile)
      const {taskID} = await enqueue(session, {unit: 'postgresql/1', action: 'create-backup', parameters: {}})
      t.after(poller.track(taskID))
      await pass(1000)
      life.killAgent('postgresql/1')
      life.killAgent('postgresql/0')
      await pass(15_000)
      const seen = await units()
      assert.deepEqual(
        seen.map(({agent, leader}) => [agent.status, leader]),
        [
          ['lost', false],
          ['lost', false],
          ['idle', true],
        ],
      )
      assert.deepEqual(
        (await look()).unfinished.flatMap(({tasks}) => tasks.map(({status}) => status)),
        ['running'],
      )
      await life.reviveAgent('postgresql/1')
      const task = (await look()).tasks.get(taskID)
      assert.deepEqual([task?.status, task?.message], ['failed', 'action terminated'])
    })

    test('reorder units: they are read by number all the same', async t => {
      const {juju, units} = await living(t, profile)
      juju.faults.calls.reorderUnits()
      assert.deepEqual(
        (await units()).map(({name}) => name),
        ['postgresql/0', 'postgresql/1', 'postgresql/2'],
      )
    })

    test('prune operations: a task that somebody follows is said to be unknown, never to have failed', async t => {
      const {session, control, look, pass, poller} = await living(t, profile)
      const {taskID} = await enqueue(session, {unit: 'postgresql/1', action: 'list-backups', parameters: {}})
      t.after(poller.track(taskID))
      await pass(1000)
      assert.equal((await look()).tasks.get(taskID)?.status, 'completed')
      control.pruneOperations()
      const {tasks, missingTasks} = await look()
      assert.deepEqual([tasks.has(taskID), missingTasks.has(taskID)], [false, true])
    })

    test('garble a listing: it is of no use as a whole, and says why', async t => {
      const {session, control, engine, juju, pass} = await living(t, profile)
      await engine.addBackup()
      const task = control.enqueue('postgresql/1', 'list-backups')
      await pass(1000)
      const read = async () => parseListing((await session.actions([task]))[0]?.output ?? {})
      assert.equal((await read()).ok, true)
      juju.faults.calls.garbleListings(listing => listing.slice(0, -20), {times: 1})
      const garbled = await read()
      assert.match(garbled.ok ? '' : garbled.message, /cannot be read/)
      assert.equal((await read()).ok, true)
    })

    test('strangers: their operations are among the unfinished ones, and nobody takes them for ours', async t => {
      const {control, look} = await living(t, profile)
      control.holdUnit('postgresql/2')
      control.enqueue('postgresql/2', 'list-backups', {}, 'colleague')
      const {unfinished, tasks} = await look()
      assert.deepEqual(
        unfinished.flatMap(operation => operation.tasks.map(({receiver, action}) => [receiver, action])),
        [['postgresql/2', 'list-backups']],
      )
      assert.equal(tasks.size, 0)
    })

    test('units come and go: allocating, then active; dying, then gone', async t => {
      const {life, units, pass, clock} = await living(t, profile)
      life.startUnit('postgresql')
      const [, , , fresh] = await units()
      assert.deepEqual(
        [fresh?.name, fresh?.workload.status, fresh?.agent.status],
        ['postgresql/3', 'waiting', 'allocating'],
      )
      await pass(11_000)
      let active = false
      const watch = async (): Promise<void> => {
        while (!active) active = (await units())[3]?.workload.status === 'active'
      }
      const watching = watch()
      await advanceUntil(clock, 'the new unit is active', () => active)
      await watching
      life.startRemoval('postgresql/3')
      assert.equal((await units())[3]?.life, 'dying')
      await pass(4000)
      assert.equal((await units()).length, 3)
    })

    test('a failed hook: the unit shows an error with the hook’s name until it is resolved', async t => {
      const {life, units} = await living(t, profile)
      life.failHook('postgresql/2', 'config-changed')
      const [, , failed] = await units()
      assert.deepEqual([failed?.workload.status, failed?.workload.message], ['error', 'hook failed: "config-changed"'])
      await life.resolve('postgresql/2')
      assert.equal((await units())[2]?.workload.status, 'active')
    })

    test('an application vanishes and returns: it is not there, then it is, with another relation', async t => {
      const {life, look} = await living(t, profile)
      const related = ({status}: ModelSnapshot) =>
        status.relations.filter(({key}) => key.includes('s3-credentials')).map(({id}) => id)
      const before = related(await look())
      const seed = await life.removeApplication('postgresql')
      const without = await look()
      assert.deepEqual([without.status.applications.has('postgresql'), related(without)], [false, []])
      await life.deploy(seed, [['postgresql:s3-parameters', 's3-integrator:s3-credentials']])
      const after = await look()
      assert.equal(after.status.applications.get('postgresql')?.units.length, 3)
      assert.notDeepEqual(related(after), before)
    })

    test('a refresh: the application has its charm at once; 3.x shows the units that do not, 4.x never does', async t => {
      const {life, engine, look, units, pass} = await living(t, profile)
      life.refresh('postgresql', postgresqlCharm({engine, revision: 500}))
      assert.equal((await look()).status.applications.get('postgresql')?.revision, 500)
      const old = profile === '3.6.14' ? 'ch:amd64/postgresql-468' : ''
      assert.deepEqual(
        (await units()).map(({charmURL}) => charmURL),
        [old, old, old],
      )
      await pass(5000)
      assert.ok((await units()).every(({charmURL}) => charmURL === ''))
    })

    test('the controller restarts: calls and watchers are lost, the session comes back, nothing is sent twice', async t => {
      const {session, juju, control, clock, lives} = await living(t, profile)
      control.holdUnit('postgresql/1')
      const {taskID} = await enqueue(session, {unit: 'postgresql/1', action: 'list-backups', parameters: {}})
      const progress = session.watchActionsProgress(taskID)
      const watching = assert.rejects(progress.next(), ConnectionLost)
      await until('it watches', () => juju.calls.count('StringsWatcher.Next') === 1)
      const restarted = juju.faults.restart(20_000)
      await watching
      await lives('lost')
      let up = false
      void restarted.then(() => (up = true))
      await advanceUntil(clock, 'it is up', () => up)
      await lives('connected')
      assert.equal((await session.actions([taskID]))[0]?.status, 'pending')
      assert.equal(juju.calls.enqueued('list-backups').length, 1)
    })

    test('the controller becomes another release: the next login is of that one, and calls are of its versions', async t => {
      const {session, juju, lives} = await living(t, profile)
      const next = profile === '3.6.14' ? '4.0.12' : '3.6.14'
      juju.faults.upgrade()
      const restarted = juju.faults.becomes(next, 5000)
      await lives('lost')
      await lives('connected')
      await restarted
      assert.equal(session.state.kind === 'connected' && session.state.serverVersion, next)
      await session.fullStatus()
    })

    test('maintenance at the login is an upgrade that is waited for', async t => {
      const {juju, fault, clock, lives} = await living(t, profile)
      juju.faults.maintenance()
      juju.faults.reset()
      await advanceUntil(clock, 'it is seen', () => fault()?.reason === 'ControllerUpgrading')
      assert.equal(fault()?.final, false)
      juju.faults.maintenance(false)
      await lives('connected')
    })

    test('a model migrates: the session of JAAS follows, its tasks run on; the old controller no longer has it', async t => {
      const {clock, session, juju, target, deps, lives} = await living(t, profile)
      const other = await simulatedSession(t, profile, {clock})
      const {taskID} = await enqueue(session, {unit: 'postgresql/1', action: 'create-backup', parameters: {}})
      juju.faults.migrate(juju.modelUUID, other.juju, {silent: true})
      await lives('lost')
      await lives('connected')
      assert.equal(session.state.kind === 'connected' && session.state.endpoint, other.juju.endpoint)
      await advanceUntil(
        clock,
        'the backup ends',
        () => other.juju.control.model(juju.modelUUID).task(taskID).status === 'completed',
      )
      const {match} = await findModel(target, {name: 'admin/databases'}, deps)
      assert.equal(match.kind, 'none')
    })
  })
}
