import assert from 'node:assert/strict'
import {applicationsInfo, leader} from '../../../../src/juju/applications.ts'
import {charmOrigin} from '../../../../src/juju/charm-origin.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {charmRelations} from '../../../../src/juju/relations.ts'
import {listResources} from '../../../../src/juju/resources.ts'
import {application, integrator, isRefused, podApplication, saysNotFound, unit, type Check} from './world.ts'

const notFound = {name: 'JujuError', code: 'not found'}

/** What a reader sees. */
export function reads(check: Check): void {
  check('FullStatus shows applications, units, leader, relations and the time', async world => {
    const {model, applications, relations, controllerTime} = await world.viewer.fullStatus()
    assert.deepEqual([model.name, model.type], ['databases', 'Machines'])
    const postgresql = applications.get(application)
    assert.deepEqual(
      [postgresql?.charmName, postgresql?.life, postgresql?.units.map(one => one.name)],
      ['postgresql', 'alive', ['postgresql/0', 'postgresql/1', 'postgresql/2']],
    )
    assert.equal(postgresql?.units.filter(one => one.leader).length, 1)
    assert.deepEqual(postgresql?.relations['s3-parameters'], [integrator])
    assert.ok(relations.some(({endpoints}) => endpoints.some(({endpoint}) => endpoint === 's3-parameters')))
    assert.ok(Math.abs(Date.parse(controllerTime ?? '') - Date.now()) < 60_000)
  })

  check('FullStatus of a model on Kubernetes has a scale, and pods instead of machines', async world => {
    const {model, applications} = await (await world.connected('viewer', world.juju.podsUUID)).fullStatus()
    const postgresql = applications.get(podApplication)
    assert.deepEqual([model.type, postgresql?.scale, postgresql?.units[0]?.machine], ['Kubernetes', 1, ''])
    assert.notEqual(postgresql?.units[0]?.providerID, '')
  })

  check("a pattern narrows the status to one application's", async world => {
    const {applications} = await world.viewer.fullStatus([integrator])
    assert.ok(applications.has(integrator))
    assert.deepEqual([...(await world.viewer.fullStatus(['ghost'])).applications.keys()], [])
  })

  check('the charm of an application, its actions and their parameters', async world => {
    const {applications} = await world.viewer.fullStatus()
    const charm = await world.viewer.charmInfo(applications.get(application)?.charmURL ?? '')
    assert.equal(charm.name, 'postgresql')
    for (const action of ['create-backup', 'list-backups', 'restore']) assert.ok(charm.actions.has(action), action)
    assert.deepEqual(charm.endpoints.get('s3-parameters')?.interface, 's3')
    assert.deepEqual(charm.bases[0]?.name, 'ubuntu')
    await assert.rejects(world.viewer.charmInfo('local:ghost-1'), notFound)
    await assert.rejects(world.viewer.charmInfo('nonsense:'), {name: 'JujuError', code: 'not valid'})
  })

  check('the charm that an application was told to run, with its origin', async world => {
    const {applications} = await world.viewer.fullStatus()
    const {url, origin} = await charmOrigin(world.viewer, application)
    assert.equal(url, applications.get(application)?.charmURL)
    assert.deepEqual([origin.source, origin.risk, origin.track], ['charm-hub', 'stable', '14'])
    assert.equal(origin.revision, applications.get(application)?.revision)
    assert.deepEqual([origin.id === '', origin.hash === ''], [false, false])
    await assert.rejects(charmOrigin(world.viewer, 'ghost'), notFound)
  })

  check('endpoints, bindings and leader of an application', async world => {
    assert.ok((await charmRelations(world.viewer, application)).includes('s3-parameters'))
    const [info, ...others] = await applicationsInfo(world.viewer, [application, 'ghost'])
    assert.deepEqual(
      [info?.application, info?.charmName, info?.principal, info?.life, others.length],
      [application, 'postgresql', true, 'alive', 0],
    )
    assert.ok('s3-parameters' in (info?.endpointBindings ?? {}))
    const {applications} = await world.viewer.fullStatus()
    const leading = applications.get(application)?.units.find(one => one.leader)?.name
    assert.equal(await leader(world.viewer, application), leading)
    await assert.rejects(leader(world.viewer, 'ghost'), notFound)
    await assert.rejects(charmRelations(world.viewer, 'ghost'), notFound)
  })

  check('the resources of an application on Kubernetes, and none of one on machines', async world => {
    const {application: images} = await listResources(
      await world.connected('viewer', world.juju.podsUUID),
      podApplication,
    )
    assert.deepEqual(
      images.map(({name, type}) => [name, type]),
      [['postgresql-image', 'oci-image']],
    )
    assert.deepEqual((await listResources(world.viewer, application)).application, [])
    await assert.rejects(listResources(world.viewer, 'ghost'), saysNotFound)
  })

  check('the settings of an application', async world => {
    const {settings, charmName} = await world.viewer.applicationGet(integrator)
    assert.equal(charmName, 's3-integrator')
    assert.deepEqual([settings.get('bucket')?.value, settings.get('bucket')?.source], ['backups', 'user'])
    await assert.rejects(world.viewer.applicationGet('ghost'), notFound)
  })

  check('units tell their relations; an unknown unit is left out', async world => {
    const [info, ...others] = await world.viewer.unitsInfo([unit, 'postgresql/99'])
    assert.deepEqual([info?.unit, others.length], [unit, 0])
    assert.ok(info?.relations.some(({endpoint}) => endpoint === 's3-parameters'))
  })

  check('annotations are written, read and removed, with write access only', async world => {
    for (const entity of ['model', {application}] as const) {
      await world.operator.setAnnotations(entity, {'charmkeeper-a': '1', 'charmkeeper-b': 'x'.repeat(2000)})
      await world.operator.setAnnotations(entity, {'charmkeeper-a': ''})
      const {['charmkeeper-b']: kept, ...rest} = await world.viewer.annotations(entity)
      assert.deepEqual([kept?.length, Object.keys(rest)], [2000, []])
      await assert.rejects(world.viewer.setAnnotations(entity, {'charmkeeper-a': '1'}), isRefused)
      await world.operator.setAnnotations(entity, {'charmkeeper-b': ''})
    }
    await assert.rejects(world.operator.annotations({application: 'ghost'}), saysNotFound)
    await assert.rejects(world.operator.setAnnotations('model', {'a.b': 'x'}), JujuError)
  })
}
