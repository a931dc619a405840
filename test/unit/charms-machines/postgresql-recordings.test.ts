import assert from 'node:assert/strict'
import {test} from 'node:test'
import {UncaughtCharmError} from '../../charms/machine.ts'
import type {TaskOutcome, UnitView} from '../../charms/machine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import {RecordedEngine} from './recorded-engine.ts'
import {recordedCases} from './recordings.ts'
import type {RecordedAction, RecordedInput} from './recordings.ts'
import {StubHost} from './stub-host.ts'

const charms: readonly PostgresqlCharmId[] = [
  'postgresql-14',
  'postgresql-16',
  'postgresql-k8s-14',
  'postgresql-k8s-16',
]
const actions: readonly RecordedAction[] = ['create-backup', 'list-backups', 'restore']

const demoS3 = {
  bucket: 'demo-bucket',
  'access-key': 'demo-access',
  'secret-key': 'demo-secret',
  path: '/pg',
  endpoint: 'https://s3.demo.invalid',
  region: 'us-east-1',
}

for (const charm of charms) {
  for (const action of actions) {
    for (const {name, input, output} of recordedCases(charm, action)) {
      test(`${charm} ${action}: ${name}`, async () => {
        const {outcome, statuses, engine} = await replay(charm, action, input)
        assert.deepEqual(outcome, expected(output))
        assert.deepEqual(statuses, output.unit_statuses_set ?? [])
        const run = output.commands?.find(words => words.includes('backup') && !words.includes('info'))
        assert.equal(engine.backups.length, run === undefined ? 0 : 1, 'as many runs of pgBackRest')
        if (run !== undefined) assert.equal(engine.backups[0]?.fromStandby, !run.includes('--no-backup-standby'))
      })
    }
  }
}

type Outcome = TaskOutcome | {readonly raised: string}

function expected({
  task,
  message = '',
  exception = '',
  results = {},
}: ReturnType<typeof recordedCases>[number]['output']): Outcome {
  if (task === 'uncaught exception') return {raised: exception}
  return task === 'completed' ? {status: 'completed', results} : {status: 'failed', message}
}

async function replay(charm: PostgresqlCharmId, action: RecordedAction, input: RecordedInput) {
  const application = charm.includes('k8s') ? 'postgresql-k8s' : 'postgresql'
  const unit = `${application}/0`
  const {state = {}} = input
  const engine = new RecordedEngine(charm, input, unit)
  const host = new StubHost(application, units(application, state), state.s3 === undefined ? demoS3 : state.s3)
  const played = postgresqlCharm({id: charm, engine, tls: input.tls ?? true})
  const {conditions} = played
  conditions.stanza = state.stanza ?? true
  conditions.standbyCluster = input.standby_cluster === true
  conditions.asyncReplication = state.repl === true
  const task = {
    id: '1',
    unit,
    action,
    parameters: input.params ?? {},
    signal: new AbortController().signal,
    log: async () => {},
  }
  const outcome = await played.deploy(host).runAction(task).catch(raised)
  return {outcome, statuses: host.statuses, engine}
}

function raised(error: unknown): Outcome {
  if (error instanceof UncaughtCharmError) return {raised: error.message}
  throw error
}

function units(
  application: string,
  {units: count = 1, leader = true, status}: NonNullable<RecordedInput['state']>,
): readonly UnitView[] {
  const workload =
    status === undefined
      ? ({status: 'active', message: 'Primary'} as const)
      : ({status: 'blocked', message: status} as const)
  return Array.from({length: count}, (_, number) => ({
    name: `${application}/${number}`,
    leader: number === 0 && leader,
    status: workload,
  }))
}
