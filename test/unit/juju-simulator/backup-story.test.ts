import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

interface TaskReply {
  readonly status: string
  readonly message?: string
  readonly output?: Record<string, unknown>
}

const hour = 3_600_000

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`on ${profile} a backup of 72 hours is enqueued, runs, ends and is listed`, async t => {
    const clock = new VirtualClock()
    const {seed} = memoryPostgresqlModel({clock, durations: {full: 72 * hour}})
    const juju = await startTestedJuju(t, {profile, clock, models: [seed]})
    t.after(() => juju.stop())
    const client = await RawClient.login(juju, `/model/${juju.modelUUID}/api`, juju.username, juju.password)
    const run = async (action: string): Promise<string> => {
      const wanted = {
        name: action,
        receiver: 'unit-postgresql-1',
        tag: '',
        parameters: {},
        parallel: false,
        'execution-group': '',
      }
      const reply = await client.call('Action', 7, 'EnqueueOperation', {actions: [wanted]})
      return (reply as {actions: {action: {tag: string}}[]}).actions[0]?.action.tag ?? ''
    }
    const look = async (tag: string): Promise<TaskReply | undefined> => {
      const reply = await client.call('Action', 7, 'Actions', {entities: [{tag}]})
      return (reply as {results: TaskReply[]}).results[0]
    }
    const backup = await run('create-backup')
    await clock.advance(71 * hour)
    assert.equal((await look(backup))?.status, 'running')
    assert.equal(
      juju.control.model().application('postgresql').units.get('postgresql/1')?.workload.message,
      'creating backup',
    )
    await clock.advance(2 * hour)
    const ended = await look(backup)
    assert.equal(ended?.status, 'completed')
    assert.deepEqual(ended?.output, {'backup-status': 'backup created', 'return-code': 0})
    const listing = await run('list-backups')
    await clock.advance(1)
    const text = String((await look(listing))?.output?.['backups'])
    assert.match(text, /^Storage bucket name: backups\nBackups base path: \/pg\/backup\/\n\nbackup-id /)
    assert.match(text, /\n2026-11-22T12:00:00Z \| full backup +\| finished \|/)
    assert.equal(juju.calls.enqueued('create-backup').length, 1)
    client.close()
  })
}
