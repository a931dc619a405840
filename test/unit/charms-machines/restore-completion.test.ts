import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {CharmMachine, UnitStatus} from '../../charms/machine.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {idOfLabel} from '../../charms/postgresql/pgbackrest-info.ts'
import {completionCases} from './recordings.ts'
import type {CompletionCase} from './recordings.ts'
import {StubHost} from './stub-host.ts'

const unit = 'postgresql/0'
const s3 = {bucket: 'b', 'access-key': 'a', 'secret-key': 's', path: '/pg'}

for (const {name, input, output} of completionCases()) {
  test(`update-status after a restore: ${name}`, async () => {
    const {engine, host, machine} = await prepare(input)
    if ('restoring-backup' in input.app_peer_data) await restoreUntil(input, engine, host, machine)
    await host.setUnitStatus(unit, statusBefore(input))
    await machine.hook({kind: 'update-status', unit})
    const [view] = await host.units()
    assert.deepEqual(view?.status, output.unit_status_after)
  })
}

/** One unit, or as many as were planned, of which so many run. */
async function prepare(input: CompletionCase['input']) {
  const host = new StubHost('postgresql', views(input), s3)
  const engine = new MemoryPostgresql({clock: host.clock, durations: {restore: 60_000}})
  const machine = postgresqlCharm({id: 'postgresql-16', engine}).deploy(host)
  await machine.install()
  await machine.hook({kind: 'relation-changed', endpoint: 's3-parameters'})
  if (engine.repository.stanza === undefined) await engine.repository.createStanza('testing.postgresql')
  await engine.addBackup()
  engine.primaryUnit = input.primary ? unit : undefined
  for (const {name} of views(input).slice(input['running members']))
    engine.members.set(name, {online: false, started: false})
  return {engine, host, machine}
}

async function restoreUntil(
  input: CompletionCase['input'],
  engine: MemoryPostgresql,
  host: StubHost,
  machine: CharmMachine,
): Promise<void> {
  if (input.member_status === 'start failed') engine.restoreFails = 'failed'
  const parameters = {'backup-id': backupId(engine) ?? ''}
  const signal = new AbortController().signal
  const outcome = await machine.runAction({id: '1', unit, action: 'restore', parameters, signal, log: async () => {}})
  assert.equal(outcome.status, 'completed')
  if (input['model-uuid.txt'] !== null) engine.claimedBy = input['model-uuid.txt']
  if (input.member_started) await host.clock.advance(60_000)
}

function backupId(engine: MemoryPostgresql): string | undefined {
  const [backup] = engine.repository.backups
  return backup === undefined ? undefined : idOfLabel(backup.label)
}

function statusBefore({unit_status_before: message}: CompletionCase['input']): UnitStatus {
  if (message === 'restoring backup') return {status: 'maintenance', message}
  return {status: message === 'Primary' || message === '' ? 'active' : 'blocked', message}
}

function views(input: CompletionCase['input']) {
  return Array.from({length: input['planned units']}, (_, number) => ({
    name: `postgresql/${number}`,
    leader: number === 0 && input.leader,
    status: {status: 'active', message: ''} as const,
  }))
}
