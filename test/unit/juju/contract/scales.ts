import assert from 'node:assert/strict'
import {destroyUnits} from '../../../../src/juju/restore-units.ts'
import {addUnits, scaleApplication} from '../../../../src/juju/scaling.ts'
import {application, isRefused, podApplication, saysNotFound, type Check} from './world.ts'

const notSupported = {name: 'JujuError', code: 'not supported'}

/** Units that come and go. */
export function scales(check: Check): void {
  check('units are added on machines, seen at once, and go when they are removed', async world => {
    const {operator} = world
    const [added = '', ...others] = await addUnits(operator, {application, count: 1})
    assert.deepEqual([/^postgresql\/\d+$/.test(added), others.length], [true, 0])
    const names = (await operator.fullStatus()).applications.get(application)?.units.map(({name}) => name)
    assert.ok(names?.includes(added), `${added} is among ${names?.join(', ')}`)
    const removals = await destroyUnits(operator, [added, 'postgresql/99'])
    assert.equal(removals.get(added)?.accepted, true)
    const unknown = removals.get('postgresql/99')
    assert.equal(unknown?.accepted === false && unknown.error.code, 'not found')
    await world.statusWhen(`${added} is on its way out`, ({applications}) => {
      const left = applications.get(application)?.units.find(({name}) => name === added)
      return left === undefined || left.life !== 'alive'
    })
  })

  check(
    'the scale of an application on Kubernetes is told at once, and the same again changes nothing',
    async world => {
      const pods = await world.connected('operator', world.juju.podsUUID)
      const scaleOf = async () => (await pods.fullStatus()).applications.get(podApplication)?.scale
      for (const scale of [2, 2, 1]) {
        assert.equal(await scaleApplication(pods, {application: podApplication, scale}), scale)
        assert.equal(await scaleOf(), scale)
      }
      await assert.rejects(scaleApplication(pods, {application: podApplication, scale: -1}), {code: 'not valid'})
      await assert.rejects(scaleApplication(pods, {application: 'ghost', scale: 1}), saysNotFound)
    },
  )

  check('each kind of model has its own way, and refuses the other', async world => {
    const pods = await world.connected('operator', world.juju.podsUUID)
    await assert.rejects(scaleApplication(world.operator, {application, scale: 3}), notSupported)
    await assert.rejects(addUnits(pods, {application: podApplication, count: 1}), notSupported)
    await assert.rejects(destroyUnits(pods, ['postgresql-k8s/0']), notSupported)
    await assert.rejects(addUnits(world.operator, {application: 'ghost', count: 1}), {code: 'not found'})
    await assert.rejects(addUnits(world.operator, {application, count: 0}), {code: 'not valid'})
  })

  check('a reader adds, scales and removes nothing', async world => {
    const pods = await world.connected('viewer', world.juju.podsUUID)
    await assert.rejects(addUnits(world.viewer, {application, count: 1}), isRefused)
    await assert.rejects(destroyUnits(world.viewer, ['postgresql/0']), isRefused)
    await assert.rejects(scaleApplication(pods, {application: podApplication, scale: 3}), isRefused)
  })
}
