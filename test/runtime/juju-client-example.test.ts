import assert from 'node:assert/strict'
import test from 'node:test'
import {listBackups} from '../../examples/juju-client.ts'
import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {startTestedJuju} from '../juju-simulator/seed-on-failure.ts'

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`the example of the client runs against Juju ${profile}`, async t => {
    const juju = await startTestedJuju(t, {profile, models: [memoryPostgresqlModel({clock: systemClock}).seed]})
    t.after(() => juju.stop())
    const {endpoint, caCertificate, username, password} = juju
    const target = {
      endpoints: [endpoint],
      caCertificate,
      credentials: {kind: 'password', username, password},
      userAgent: 'example',
    } as const
    const task = await listBackups(target, 'admin/databases', 'postgresql')
    assert.equal(task?.status, 'completed')
    assert.match(String(task.output['backups']), /backup-id/)
  })
}
