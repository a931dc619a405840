import {UncaughtCharmError} from '../../charms/machine.ts'
import type {TaskOutcome, UnitStatus, UnitView} from '../../charms/machine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import {RecordedEngine} from './recorded-engine.ts'
import type {RecordedCase, RecordedInput} from './recordings.ts'
import {StubHost, unitViews} from './stub-host.ts'

const demoS3 = {
  bucket: 'demo-bucket',
  'access-key': 'demo-access',
  'secret-key': 'demo-secret',
  path: '/pg',
  endpoint: 'https://s3.demo.invalid',
  region: 'us-east-1',
}

/** How the action ended, in the machine's words. */
export function recordedOutcome({
  task,
  message = '',
  exception = '',
  results = {},
}: Pick<RecordedCase['output'], 'task' | 'message' | 'exception' | 'results'>):
  TaskOutcome | {readonly raised: string} {
  if (task === 'uncaught exception') return {raised: exception}
  return task === 'completed' ? {status: 'completed', results} : {status: 'failed', message}
}

/** Runs one action in the world that a case describes. */
export async function play(charm: PostgresqlCharmId, action: string, input: RecordedInput) {
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
