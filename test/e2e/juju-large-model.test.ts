/** A model with a thousand units on Juju's own API server. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fullStatus} from '../../src/juju/status.ts'
import {connect} from '../../src/juju/connection.ts'
import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {startRealJuju} from '../env/juju/real-juju.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'
import {testDeps} from '../unit/juju/support.ts'

const count = 1000

test('FullStatus of a model with 1,000 units is read as a whole', async t => {
  const work = await makeWorkDirectory('large-model')
  const {seed} = memoryPostgresqlModel({clock: systemClock, units: count})
  const juju = await startRealJuju({dir: `${work.path}/juju`, models: [seed], drive: false})
  t.after(async () => {
    await juju.stop()
    await work.remove()
  })
  const {endpoint, caCertificate, username, password, modelUUID} = juju
  const credentials = {kind: 'password', username, password} as const
  const target = {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper test'}
  const connection = await connect({target, modelUUID}, testDeps())
  t.after(() => connection.close())
  const {applications} = await fullStatus(connection)
  const units = applications.get('postgresql')?.units ?? []
  assert.equal(units.length, count)
  assert.deepEqual(
    units.filter(unit => unit.leader).map(({name}) => name),
    ['postgresql/0'],
  )
  assert.ok(units.every(unit => unit.workload.status === 'active' && unit.agent.status === 'idle'))
})
