import type {CharmMachine, UnitStatus} from '../../charms/machine.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {idOfLabel} from '../../charms/postgresql/pgbackrest-info.ts'
import type {CompletionCase} from './recordings.ts'
import {replayOf} from './replay.ts'
import type {Replay} from './replay.ts'
import {StubHost, unitViews} from './stub-host.ts'

const unit = 'postgresql/0'
const s3 = {bucket: 'b', 'access-key': 'a', 'secret-key': 's', path: '/pg'}

/** What `update-status` of track 16 on machines made of a restore. */
export const completionReplay: Replay = replayOf<CompletionCase>(
  'postgresql-16/restore-completion',
  async ({input, output}) => {
    const {engine, host, machine} = await prepare(input)
    if ('restoring-backup' in input.app_peer_data) await restoreUntil(input, engine, host, machine)
    await host.setUnitStatus(unit, statusBefore(input))
    host.set.length = 0
    await machine.hook({kind: 'update-status', unit})
    const {unit_status_after: after, unit_statuses_set: set} = output
    return {played: {after: host.statusOf(unit), set: host.unitStatuses}, recorded: {after, set}}
  },
)

/** One unit, or as many as were planned, of which so many run. */
async function prepare(input: CompletionCase['input']) {
  const host = new StubHost({
    application: 'postgresql',
    units: unitViews('postgresql', input['planned units'], {leader: input.leader}),
    relations: {'s3-parameters': [{id: 1, application: 's3-integrator', data: s3}]},
  })
  const engine = new MemoryPostgresql({clock: host.clock, durations: {restore: 60_000}})
  const machine = postgresqlCharm({id: 'postgresql-16', engine}).deploy(host)
  await machine.install()
  await machine.hook({kind: 'relation-changed', endpoint: 's3-parameters'})
  if (engine.repository.stanza === undefined)
    await engine.repository.createStanza('testing.postgresql', host.clock.now())
  await engine.addBackup()
  engine.primaryUnit = input.primary ? unit : undefined
  for (const {name} of host.views.slice(input['running members']))
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
  const parameters = {'backup-id': backupId(engine)}
  const {signal} = new AbortController()
  const outcome = await machine.runAction({id: '1', unit, action: 'restore', parameters, signal, log: async () => {}})
  if (outcome.status !== 'completed') throw new Error(`the restore did not start: ${outcome.message}`)
  if (input['model-uuid.txt'] !== null) engine.claimedBy = input['model-uuid.txt']
  if (input.member_started) await host.clock.advance(60_000)
}

function backupId({repository: {backups}}: MemoryPostgresql): string {
  const [backup] = backups
  if (backup === undefined) throw new Error('there is no backup to restore')
  return idOfLabel(backup.label)
}

function statusBefore({unit_status_before: message}: CompletionCase['input']): UnitStatus {
  if (message === 'restoring backup') return {status: 'maintenance', message}
  return {status: message === 'Primary' || message === '' ? 'active' : 'blocked', message}
}
