import {UncaughtCharmError} from '../../charms/machine.ts'
import type {CharmTask, TaskOutcome, UnitStatus, UnitView} from '../../charms/machine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import {completionReplay} from './completion-replay.ts'
import {RecordedEngine} from './recorded-engine.ts'
import type {RecordedCase, RecordedInput} from './recordings.ts'
import {replayOf} from './replay.ts'
import type {Comparison, Replay} from './replay.ts'
import {StubHost, unitViews} from './stub-host.ts'

const charms = ['postgresql-14', 'postgresql-16', 'postgresql-k8s-14', 'postgresql-k8s-16'] as const
const actions = ['create-backup', 'list-backups', 'restore'] as const

const demoS3 = {
  bucket: 'demo-bucket',
  'access-key': 'demo-access',
  'secret-key': 'demo-secret',
  path: '/pg',
  endpoint: 'https://s3.demo.invalid',
  region: 'us-east-1',
}

/** The PostgreSQL charms, as their whole code was run. */
export const postgresqlReplays: readonly Replay[] = [
  ...charms.flatMap(charm =>
    actions.map(action => replayOf<RecordedCase>(`${charm}/${action}`, recorded => compare(charm, action, recorded))),
  ),
  completionReplay,
]

async function compare(
  charm: PostgresqlCharmId,
  action: CharmTask['action'],
  {input, output}: RecordedCase,
): Promise<Comparison> {
  const {outcome, statuses, after, engine} = await play(charm, action, input)
  const {unit_status_after: shown, unit_statuses_set: set = []} = output
  return {
    played: {
      outcome,
      statuses,
      after: shown === undefined ? undefined : after,
      runs: engine.backups.map(({type, fromStandby}) => ({type, fromStandby})),
    },
    recorded: {outcome: recordedOutcome(output), statuses: set, after: shown, runs: backupRuns(output)},
  }
}

function recordedOutcome({
  task,
  message = '',
  exception = '',
  results = {},
}: RecordedCase['output']): TaskOutcome | {readonly raised: string} {
  if (task === 'uncaught exception') return {raised: exception}
  return task === 'completed' ? {status: 'completed', results} : {status: 'failed', message}
}

/** What of the commands that the charm ran were backups. */
function backupRuns({commands = []}: RecordedCase['output']): readonly {type: string; fromStandby: boolean}[] {
  return commands.flatMap(words => {
    const type = words.find(word => word.startsWith('--type='))
    if (type === undefined || !words.includes('backup')) return []
    return [{type: type.replace('--type=', ''), fromStandby: !words.includes('--no-backup-standby')}]
  })
}

async function play(charm: PostgresqlCharmId, action: string, input: RecordedInput) {
  const application = charm.includes('k8s') ? 'postgresql-k8s' : 'postgresql'
  const unit = `${application}/0`
  const {state = {}} = input
  const engine = new RecordedEngine(charm, input, unit)
  const s3 = state.s3 === undefined ? demoS3 : state.s3
  const relations = s3 === null ? [] : [{id: 1, application: 's3-integrator', data: s3}]
  const host = new StubHost({application, units: units(application, state), relations: {'s3-parameters': relations}})
  const played = postgresqlCharm({id: charm, engine, tls: input.tls ?? true})
  const {conditions} = played
  conditions.stanza = state.stanza ?? true
  conditions.standbyCluster = input.standby_cluster === true
  conditions.asyncReplication = state.repl === true
  const {signal} = new AbortController()
  const task = {id: '1', unit, action, parameters: input.params ?? {}, signal, log: async () => {}}
  const outcome = await played.deploy(host).runAction(task).catch(raised)
  return {outcome, statuses: host.unitStatuses, after: host.statusOf(unit), engine}
}

function raised(error: unknown): {readonly raised: string} {
  if (error instanceof UncaughtCharmError) return {raised: error.message}
  throw error
}

function units(
  application: string,
  {units: count = 1, leader = true, status: message}: NonNullable<RecordedInput['state']>,
): readonly UnitView[] {
  const status: UnitStatus =
    message === undefined ? {status: 'active', message: 'Primary'} : {status: 'blocked', message}
  return unitViews(application, count, {leader, status})
}
