import {UncaughtCharmError} from '../../charms/machine.ts'
import {mongodbCharm} from '../../charms/mongodb/machine.ts'
import {recordedOutcome} from './postgresql-play.ts'
import {RecordedMongodb} from './recorded-mongodb.ts'
import {replayOf} from './replay.ts'
import type {Comparison, Replay} from './replay.ts'
import {StubHost, unitViews} from './stub-host.ts'

type Track = 'mongodb-6' | 'mongodb-8'
interface Shown {
  readonly status: string
  readonly message: string
}

/** A case of MongoDB; switches are recorded as text, and only where they differ from a good world. */
interface MongodbCase {
  readonly name: string
  readonly input: {
    readonly action: string
    readonly params: Readonly<Record<string, string>>
    readonly pbm_status: string
    readonly svc?: 'False'
    readonly rel?: 'False'
    readonly leader?: 'False'
    readonly valid?: 'False'
    readonly upgrade?: 'True'
    readonly role?: 'shard'
    readonly shard?: 'True'
    readonly fail?: string
  }
  readonly output: {
    readonly task: 'completed' | 'failed' | 'uncaught exception'
    readonly message?: string
    readonly exception?: string
    readonly results?: Readonly<Record<string, string>>
    /** Track 6: what the unit shows at last, null when the charm set nothing. */
    readonly status_shared?: Shown | null
    readonly pbm_commands?: readonly (readonly string[])[]
    /** Track 8: what the charm showed at once, beside what it works out at the end of every hook. */
    readonly running_statuses?: readonly (Shown & {readonly short_message: string})[]
  }
}

const s3 = {
  bucket: 'demo-bucket',
  'access-key': 'demo-access',
  'secret-key': 'demo-secret',
  path: 'mongodb',
  endpoint: 'https://s3.demo.invalid',
}

const unit = 'mongodb/0'

/** MongoDB 6 as its library ran in a charm of the recorder, and MongoDB 8 as its handlers and managers ran. */
export const mongodbReplays: readonly Replay[] = (['mongodb-6', 'mongodb-8'] as const).map(track =>
  replayOf<MongodbCase>(`${track}/backups`, recorded => compare(track, recorded)),
)

async function compare(track: Track, recorded: MongodbCase): Promise<Comparison> {
  const {output} = recorded
  const {outcome, engine, host} = await play(track, recorded)
  const recordedEnd = recordedOutcome(output)
  if (track === 'mongodb-6')
    return {
      played: {outcome, shown: host.unitStatuses.at(-1) ?? null, commands: engine.commands},
      recorded: {outcome: recordedEnd, shown: output.status_shared, commands: changing(output.pbm_commands)},
    }
  const atOnce = recorded.input.action === 'list-backups' ? [] : host.unitStatuses
  const running = (output.running_statuses ?? []).map(({status, message}) => ({status, message}))
  return {played: {outcome, running: atOnce}, recorded: {outcome: recordedEnd, running}}
}

async function play(track: Track, {name, input, output}: MongodbCase) {
  const {action, params} = input
  const data = input.valid === 'False' ? {...s3, 'access-key': ''} : s3
  const isShard = input.role === 'shard' || input.shard === 'True'
  const host = new StubHost({
    application: 'mongodb',
    units: unitViews('mongodb', 1, {leader: input.leader !== 'False'}),
    relations: {'s3-credentials': input.rel === 'False' ? [] : [{id: 1, application: 's3-integrator', data}]},
    config: {role: isShard ? 'shard' : 'replication'},
  })
  const engine = new RecordedMongodb({
    status: input.pbm_status,
    agentActive: input.svc !== 'False',
    fails: failureOf(name, input),
    begins: (output.results?.['backup-status'] ?? '').replace(/^.* /, ''),
  })
  const charm = mongodbCharm({id: track, engine})
  charm.conditions.upgrading = input.upgrade === 'True'
  const {signal} = new AbortController()
  const task = {id: '1', unit, action, parameters: params, signal, log: async () => {}}
  const running = charm.deploy(host).runAction(task).catch(raised)
  await host.clock.advance(10 * 15_000)
  return {outcome: await running, engine, host}
}

/** What `pbm` printed: track 8 notes it in the error; of track 6 only the case's name tells it. */
function failureOf(name: string, {fail, params}: MongodbCase['input']): string | undefined {
  if (fail === undefined) return undefined
  const printed = /stdout=(.*), stderr=/.exec(fail)?.[1]
  if (printed !== undefined) return printed
  if (name.startsWith('restore unknown')) return `backup '${params['backup-id'] ?? ''}' not found`
  return name === 'create resync error' || name === 'restore resync (2)' ? 'Resync' : 'other'
}

function changing(commands: readonly (readonly string[])[] = []): readonly (readonly string[])[] {
  return commands.filter(([command]) => command === 'backup' || command === 'restore')
}

function raised(error: unknown): {readonly raised: string} {
  if (error instanceof UncaughtCharmError) return {raised: error.message}
  throw error
}
