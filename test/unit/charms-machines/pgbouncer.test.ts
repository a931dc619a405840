import assert from 'node:assert/strict'
import {test} from 'node:test'
import {pgbouncerCharm} from '../../charms/pgbouncer.ts'
import type {PgbouncerCharmId} from '../../charms/pgbouncer.ts'
import {pgbouncerReplay} from './pgbouncer-replay.ts'
import {testReplay} from './replay.ts'
import {StubHost, unitViews} from './stub-host.ts'

testReplay(pgbouncerReplay)

function deployed(id: PgbouncerCharmId = 'pgbouncer') {
  const host = new StubHost({application: id, units: unitViews(id, 2)})
  const machine = pgbouncerCharm(id).deploy(host)
  const {signal} = new AbortController()
  const run = (action: string, unit = `${id}/0`) =>
    machine.runAction({id: '1', unit, action, parameters: {}, signal, log: async () => {}})
  return {host, machine, run}
}

test('it waits for the database behind it, on every unit', async () => {
  const {host, machine} = deployed()
  await machine.install()
  const waits = {status: 'blocked', message: 'waiting for backend database relation to initialise'}
  assert.deepEqual([host.statusOf('pgbouncer/0'), host.statusOf('pgbouncer/1')], [waits, waits])
  host.relationViews = {'backend-database': [{id: 3, application: 'postgresql', data: {}}]}
  await machine.hook({kind: 'relation-changed', endpoint: 'backend-database'})
  assert.deepEqual(host.statusOf('pgbouncer/1'), {status: 'active', message: ''})
})

test('pre-upgrade-check is for the leader, and succeeds without results', async () => {
  const {run} = deployed()
  assert.deepEqual(await run('pre-upgrade-check', 'pgbouncer/1'), {
    status: 'failed',
    message: 'Action must be ran on the Juju leader.',
  })
  assert.deepEqual(await run('pre-upgrade-check'), {status: 'completed', results: {}})
})

test('resume-upgrade has nothing to resume before a refresh', async () => {
  const {run} = deployed('pgbouncer-k8s')
  assert.deepEqual(await run('resume-upgrade'), {
    status: 'failed',
    message: 'Nothing to resume, upgrade stack unset.',
  })
  await run('pre-upgrade-check')
  assert.deepEqual(await run('resume-upgrade'), {
    status: 'failed',
    message: 'Upgrade can be resumed only once after juju refresh is called.',
  })
})

test('it has no backups: an action of that name is not in the charm', async () => {
  for (const id of ['pgbouncer', 'pgbouncer-k8s'] as const) {
    const {description} = pgbouncerCharm(id)
    assert.deepEqual(
      Object.keys(description.actions).filter(name => /backup|restore/.test(name)),
      [],
    )
  }
})
