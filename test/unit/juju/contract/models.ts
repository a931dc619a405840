import assert from 'node:assert/strict'
import {withController} from '../../../../src/juju/controller-session.ts'
import {findModel} from '../../../../src/juju/find-model.ts'
import {modelInfo} from '../../../../src/juju/models.ts'
import {isRefused, type Check} from './world.ts'

/** Models as the controller lists them. */
export function models(check: Check): void {
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
    assert.match(ghost.match.kind === 'none' ? ghost.match.message : '', /visible: .*admin\/databases/)
  })

  check('a superuser sees every model, with admin access', async world => {
    const {match} = await findModel(world.targetOf('admin'), {name: 'admin/pods'}, world.deps)
    assert.deepEqual(match.kind === 'one' && [match.model.uuid, match.model.type, match.model.access], [
      world.juju.podsUUID,
      'Kubernetes',
      'admin',
    ])
  })

  check('a model tells its name, owner, kind and life to who may read it', async world => {
    const {juju} = world
    const info = await world.onController('viewer', controller => modelInfo(controller, juju.podsUUID))
    assert.deepEqual(
      [info.uuid, info.name, info.qualifier, info.type, info.life, info.migration],
      [juju.podsUUID, 'pods', 'admin', 'Kubernetes', 'alive', undefined],
    )
    assert.match(info.version, world.version)
    await assert.rejects(
      world.onController('nobody', controller => modelInfo(controller, juju.podsUUID)),
      isRefused,
    )
  })

  check('the controller tells its version', async world => {
    assert.match(
      await withController(world.targetOf('operator'), world.deps, controller => controller.version()),
      world.version,
    )
  })
}
