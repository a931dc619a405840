import assert from 'node:assert/strict'
import {parameterDefaults} from '../../../../src/juju/charms.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {exec} from '../../../../src/juju/exec.ts'
import {matchIntent} from '../../../../src/juju/match-intent.ts'
import {isRefused, saysNotFound, unit, type Check} from './world.ts'

/** Actions, from the enqueue to the result. */
export function enqueues(check: Check): void {
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
    const command = {unit: 'postgresql/99', command: 'true', timeoutMs: 60_000}
    await assert.rejects(exec(world.modeladmin, command), saysNotFound)
    await assert.rejects(world.viewer.enqueue({unit, action: 'list-backups', parameters: {}}), isRefused)
  })

  check('tasks and operations that Juju does not know are left out', async world => {
    assert.deepEqual(await world.viewer.actions(['99999']), [])
    assert.deepEqual(await world.viewer.operations(['99999']), [])
    assert.deepEqual(await world.viewer.actions([]), [])
  })
}
