/** A restore of a real PostgreSQL to a moment, behind each Juju of the 4 series. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {messageOf, reasonOf, RestoreWorld} from './support/restore-world.ts'

for (const juju of ['4.0.12', 'real'] as const)
  test(`S1.24 S1.30 S2.2 on Juju ${juju} a moment between two inserts brings back exactly the rows before it`, async t => {
    const world = await RestoreWorld.start({juju, charm: 'postgresql-16', units: 2})
    t.after(() => world.stop())
    const {user, rows} = world
    await rows.insert(1)
    await world.backUp('full')
    await rows.insert(2)
    const moment = await rows.now()
    await rows.insert(3)
    await world.archived()
    const job = await world.restore('moment', {pointInTime: moment, replicas: 'Rebuild'})
    assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
    assert.deepEqual(await rows.read(), [1, 2])
    assert.equal(await user.tasks('restore'), 1)
    assert.equal(((await user.juju({op: 'units', app: 'postgresql'})) as readonly unknown[]).length, 2)
  })
