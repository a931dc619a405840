import assert from 'node:assert/strict'
import {after, before, suite, test} from 'node:test'
import {parameterDefaults} from '../../../src/juju/charms.ts'
import {connect} from '../../../src/juju/connection.ts'
import {withController} from '../../../src/juju/controller-session.ts'
import {JujuError} from '../../../src/juju/errors.ts'
import {classify} from '../../../src/juju/faults.ts'
import {findModel} from '../../../src/juju/find-model.ts'
import {matchIntent} from '../../../src/juju/match-intent.ts'
import {ModelSession} from '../../../src/juju/model-session.ts'
import {SnapshotPoller} from '../../../src/juju/snapshot.ts'
import type {JujuTarget} from '../../../src/juju/target.ts'
import {isFinished, type TaskInfo} from '../../../src/juju/tasks.ts'
import {testDeps} from './support.ts'

/**
 * A Juju with one model, `admin/databases`: `postgresql` on three units, related to `s3-integrator`; users `admin` (superuser),
 * `operator` (write), `viewer` (read) and `nobody`, each with the password `<name>-secret`.
 */
export interface JujuUnderTest {
  readonly endpoint: string
  readonly caCertificate: string
  readonly modelUUID: string
  readonly controllerUUID: string
  readonly passwords: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const unit = 'postgresql/0'

/** The sessions that the tests of one Juju share. */
class World {
  readonly deps = testDeps()
  readonly juju: JujuUnderTest
  readonly version: RegExp
  readonly operator: ModelSession
  readonly viewer: ModelSession

  constructor(juju: JujuUnderTest, version: RegExp) {
    this.juju = juju
    this.version = version
    this.operator = new ModelSession(this.targetOf('operator'), juju.modelUUID, this.deps)
    this.viewer = new ModelSession(this.targetOf('viewer'), juju.modelUUID, this.deps)
  }

  targetOf(user: string, changes: Partial<JujuTarget> = {}): JujuTarget {
    const {endpoint, caCertificate, passwords} = this.juju
    const credentials = {kind: 'password', username: user, password: passwords[user] ?? ''} as const
    return {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper contract', ...changes}
  }

  /** What a person is told of a login to the model. */
  async reasonOf(target: JujuTarget, modelUUID = this.juju.modelUUID): Promise<string> {
    try {
      const connection = await connect({target, modelUUID}, this.deps)
      connection.close()
      return 'connected'
    } catch (error) {
      return classify(error).reason
    }
  }

  async finished(taskID: string): Promise<TaskInfo> {
    for (;;) {
      const [task] = await this.operator.actions([taskID])
      if (task !== undefined && isFinished(task.status)) return task
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.operator.close(), this.viewer.close()])
    await this.juju.stop()
  }
}

/** What the client relies on, the same on every Juju. @param version how its versions begin */
export function jujuContract(name: string, version: RegExp, start: () => Promise<JujuUnderTest>): void {
  suite(name, () => {
    let world: World | undefined
    before(async () => {
      world = new World(await start(), version)
      await Promise.all([world.operator.whenConnected(), world.viewer.whenConnected()])
    })
    after(() => world?.stop())

    const check: Check = (sentence, prove) => {
      test(sentence, async () => {
        assert.ok(world !== undefined, 'this Juju did not start')
        await prove(world)
      })
    }
    for (const part of [logins, models, reads, enqueues, follows]) part(check)
  })
}

type Check = (sentence: string, prove: (world: World) => Promise<void> | void) => void

/** Who may log in, and what a refusal is called. */
function logins(check: Check): void {
  check('S5.26 a login tells version, controller and the rights of the user', world => {
    const {state} = world.operator
    assert.equal(state.kind, 'connected')
    if (state.kind !== 'connected') return
    assert.match(state.serverVersion, world.version)
    assert.deepEqual(
      [state.controllerUUID, state.user, state.modelAccess, state.endpoint],
      [world.juju.controllerUUID, 'operator', 'write', world.juju.endpoint],
    )
    assert.equal(world.viewer.state.kind === 'connected' && world.viewer.state.modelAccess, 'read')
  })

  check('a wrong password, and an unknown user, are CredentialsRejected', async world => {
    const wrong = {kind: 'password', username: 'operator', password: 'wrong'} as const
    assert.equal(await world.reasonOf(world.targetOf('operator', {credentials: wrong})), 'CredentialsRejected')
    const unknown = {kind: 'password', username: 'ghost', password: 'x'} as const
    assert.equal(await world.reasonOf(world.targetOf('operator', {credentials: unknown})), 'CredentialsRejected')
  })

  check('a model that is not there, or hidden from the user, is refused', async world => {
    const absent = await world.reasonOf(world.targetOf('operator'), '00000000-0000-4000-8000-000000000000')
    assert.ok(['ModelNotFound', 'CredentialsRejected'].includes(absent), absent)
    const hidden = await world.reasonOf(world.targetOf('nobody'))
    assert.ok(['InsufficientAccess', 'CredentialsRejected'].includes(hidden), hidden)
  })
}

/** Models as the controller lists them. */
function models(check: Check): void {
  check('a model is found by name, by owner and name, and by UUID', async world => {
    for (const wanted of [{name: 'databases'}, {name: 'admin/databases'}, {uuid: world.juju.modelUUID}]) {
      const {match, controllerUUID} = await findModel(world.targetOf('operator'), wanted, world.deps)
      assert.equal(controllerUUID, world.juju.controllerUUID)
      assert.equal(match.kind, 'one', JSON.stringify(wanted))
      if (match.kind !== 'one') return
      const {uuid, name: found, qualifier, type, access} = match.model
      assert.deepEqual(
        [uuid, found, qualifier, type, access],
        [world.juju.modelUUID, 'databases', 'admin', 'Machines', 'write'],
      )
    }
  })

  check('a model that the user cannot see is not found', async world => {
    const {match} = await findModel(world.targetOf('nobody'), {name: 'databases'}, world.deps)
    assert.equal(match.kind, 'none')
    const ghost = await findModel(world.targetOf('operator'), {name: 'ghost'}, world.deps)
    assert.match(ghost.match.kind === 'none' ? ghost.match.message : '', /visible: admin\/databases/)
  })

  check('the controller tells its version', async world => {
    assert.match(
      await withController(world.targetOf('operator'), world.deps, controller => controller.version()),
      world.version,
    )
  })
}

/** What a reader sees. */
function reads(check: Check): void {
  check('FullStatus shows applications, units, leader, relations and the time', async world => {
    const {model, applications, relations, controllerTime} = await world.viewer.fullStatus()
    assert.deepEqual([model.name, model.type], ['databases', 'Machines'])
    const postgresql = applications.get('postgresql')
    assert.deepEqual(
      [postgresql?.charmName, postgresql?.life, postgresql?.units.map(one => one.name)],
      ['postgresql', 'alive', ['postgresql/0', 'postgresql/1', 'postgresql/2']],
    )
    assert.equal(postgresql?.units.filter(({leader}) => leader).length, 1)
    assert.deepEqual(postgresql?.relations['s3-parameters'], ['s3-integrator'])
    assert.ok(relations.some(({endpoints}) => endpoints.some(({endpoint}) => endpoint === 's3-parameters')))
    assert.ok(Math.abs(Date.parse(controllerTime ?? '') - Date.now()) < 60_000)
  })

  check("a pattern narrows the status to one application's", async world => {
    const {applications} = await world.viewer.fullStatus(['s3-integrator'])
    assert.ok(applications.has('s3-integrator'))
  })

  check('the charm of an application, its actions and their parameters', async world => {
    const {applications} = await world.viewer.fullStatus()
    const charm = await world.viewer.charmInfo(applications.get('postgresql')?.charmURL ?? '')
    assert.equal(charm.name, 'postgresql')
    for (const action of ['create-backup', 'list-backups', 'restore']) assert.ok(charm.actions.has(action), action)
    assert.deepEqual(charm.endpoints.get('s3-parameters')?.interface, 's3')
    await assert.rejects(world.viewer.charmInfo('local:ghost-1'), {name: 'JujuError', code: 'not found'})
  })

  check('the settings of an application', async world => {
    const {settings, charmName} = await world.viewer.applicationGet('s3-integrator')
    assert.equal(charmName, 's3-integrator')
    assert.deepEqual([settings.get('bucket')?.value, settings.get('bucket')?.source], ['backups', 'user'])
    await assert.rejects(world.viewer.applicationGet('ghost'), {name: 'JujuError', code: 'not found'})
  })

  check('units tell their relations; an unknown unit is left out', async world => {
    const [info] = await world.viewer.unitsInfo([unit])
    assert.equal(info?.unit, unit)
    assert.ok(info?.relations.some(({endpoint}) => endpoint === 's3-parameters'))
  })

  check('annotations are written, read and removed, with write access only', async world => {
    for (const entity of ['model', {application: 'postgresql'}] as const) {
      await world.operator.setAnnotations(entity, {'charmkeeper-a': '1', 'charmkeeper-b': 'x'.repeat(2000)})
      await world.operator.setAnnotations(entity, {'charmkeeper-a': ''})
      const {['charmkeeper-b']: kept, ...rest} = await world.viewer.annotations(entity)
      assert.deepEqual([kept?.length, Object.keys(rest)], [2000, []])
      await assert.rejects(world.viewer.setAnnotations(entity, {'charmkeeper-a': '1'}), (error: unknown) => {
        return classify(error).reason === 'InsufficientAccess'
      })
      await world.operator.setAnnotations(entity, {'charmkeeper-b': ''})
    }
    await assert.rejects(world.operator.annotations({application: 'ghost'}), JujuError)
  })
}

/** Actions, from the enqueue to the result. */
function enqueues(check: Check): void {
  check('S1.5 S2.5 an action runs, is followed by its task, and is found again by its intent', async world => {
    const before = await world.operator.listOperations()
    const {controllerTime = '', applications} = await world.operator.fullStatus()
    const intent = {
      action: 'list-backups',
      unit,
      parameters: {},
      controllerTime,
      highestOperationID: before.at(-1)?.operationID ?? '',
    }
    const made = await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})
    assert.equal(made.unit, unit)
    const task = await world.finished(made.taskID)
    assert.deepEqual([task.status, task.receiver, task.action], ['completed', unit, 'list-backups'])
    assert.equal(typeof task.output['backups'], 'string')
    const charm = await world.operator.charmInfo(applications.get('postgresql')?.charmURL ?? '')
    const spec = charm.actions.get('list-backups')
    const match = matchIntent(await world.operator.listOperations(), intent, spec && parameterDefaults(spec))
    assert.equal(match.kind === 'one' && match.operation.operationID, made.operationID)
    const [operation] = await world.operator.operations([made.operationID])
    assert.deepEqual(
      operation?.tasks.map(one => one.taskID),
      [made.taskID],
    )
  })

  check('an action for the leader is answered with its unit', async world => {
    const {applications} = await world.operator.fullStatus()
    const leader = applications.get('postgresql')?.units.find(one => one.leader)?.name
    const made = await world.operator.enqueue({unit: 'postgresql/leader', action: 'get-primary', parameters: {}})
    assert.equal(made.unit, leader)
    await world.finished(made.taskID)
  })

  check('what Juju refuses to enqueue is an error, never a task', async world => {
    const refused = [
      {unit, action: 'no-such-action', parameters: {}},
      {unit: 'postgresql/99', action: 'list-backups', parameters: {}},
      {unit: 'ghost/0', action: 'list-backups', parameters: {}},
    ]
    for (const request of refused) await assert.rejects(world.operator.enqueue(request), JujuError, request.unit)
    await assert.rejects(world.viewer.enqueue({unit, action: 'list-backups', parameters: {}}), (error: unknown) => {
      return classify(error).reason === 'InsufficientAccess'
    })
  })

  check('tasks and operations that Juju does not know are left out', async world => {
    assert.deepEqual(await world.viewer.actions(['99999']), [])
    assert.deepEqual(await world.viewer.operations(['99999']), [])
    assert.deepEqual(await world.viewer.actions([]), [])
  })
}

/** Many operations, snapshots, cancels and progress. */
function follows(check: Check): void {
  check('S1.5 more operations than a page holds are all listed, by rising number', async world => {
    const first = await world.operator.listOperations()
    const made: string[] = []
    for (let count = first.length; count < 60; count++) {
      made.push((await world.operator.enqueue({unit, action: 'get-primary', parameters: {}})).operationID)
    }
    const all = (await world.operator.listOperations()).map(({operationID}) => operationID)
    for (const id of made) assert.ok(all.includes(id), `operation ${id}`)
    assert.deepEqual(
      all,
      [...all].sort((a, b) => Number(a) - Number(b)),
    )
    assert.equal(new Set(all).size, all.length)
  })

  check('a snapshot has the unfinished operations and the tracked task, with its end', async world => {
    const poller = new SnapshotPoller(world.operator, world.deps)
    const made = await world.operator.enqueue({unit, action: 'get-primary', parameters: {}})
    const release = poller.track(made.taskID)
    await world.finished(made.taskID)
    const {tasks, unfinished, missingTasks} = await poller.refreshNow()
    release()
    poller.close()
    const task = tasks.get(made.taskID)
    assert.equal(task?.status, 'completed')
    assert.ok(Math.abs(Date.parse(task?.completed ?? '') - Date.now()) < 60_000, task?.completed)
    assert.ok(!unfinished.some(({operationID}) => operationID === made.operationID))
    assert.equal(missingTasks.size, 0)
  })

  check('S1.11 a cancel is accepted or refused in words, and an unknown task is refused', async world => {
    const made = await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})
    const results = await world.operator.cancel([made.taskID, '99999'])
    const unknown = results.get('99999')
    assert.equal(unknown?.accepted, false)
    assert.ok(results.has(made.taskID))
    await world.finished(made.taskID)
  })

  check('S1.8 the progress of a task can be watched, and the watch ended', async world => {
    const made = await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})
    const ended = new AbortController()
    const lines = world.operator.watchActionsProgress(made.taskID, ended.signal)
    const first = lines.next().catch(() => undefined)
    await world.finished(made.taskID)
    ended.abort()
    await first
    await world.operator.fullStatus()
  })
}
