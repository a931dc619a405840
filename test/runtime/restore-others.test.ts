import assert from 'node:assert/strict'
import {test} from 'node:test'
import {JobsWorld} from './support/jobs-world.ts'

const hour = 3600_000

for (const profile of ['3.6.14', '4.0.12'] as const)
  for (const charm of ['mysql-8.0', 'mysql-k8s-8.0', 'mongodb-6', 'mongodb-8', 'mongodb-k8s-6'] as const)
    test(`S1.30 S2.2 on Juju ${profile} with ${charm} a backup is made and restored, and the application has its units again`, async t => {
      const world = await JobsWorld.startDatabase(t, charm, {profile})
      world.apply('first')
      await world.untilFinished('first', 4 * hour)
      assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
      const {modelUUID} = world.job('first')?.status ?? {}
      const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
      const confirmation = {application: world.application, modelUUID, validUntil}
      const restore = {mode: 'Execute', replicas: 'Rebuild', confirmation, requestID: 'restore-1'}
      world.apply('back', {type: 'Restore', restore})
      await world.untilFinished('back', 4 * hour)
      assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
      assert.equal(world.tasks('restore').length, 1)
      assert.equal(world.juju.control.model().application(world.application).units.size, 3)
      assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
    })
