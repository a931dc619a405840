import type {UnitStatus} from '../../charms/machine.ts'
import type {CommandResult} from '../../charms/postgresql/engine.ts'
import {play, recordedOutcome} from './postgresql-play.ts'
import type {RecordedCase, RecordedInput} from './recordings.ts'
import {casesOf, replayOf} from './replay.ts'
import type {Replay} from './replay.ts'

interface NextCase {
  readonly name: string
  readonly input: {
    readonly action: string
    readonly params: Readonly<Record<string, string>>
    readonly repository: string
    readonly substrate: 'vm' | 'k8s'
    readonly units: number
    readonly primary: boolean
    readonly standby: boolean
    readonly blocked: string | null
  }
  readonly output: Pick<RecordedCase['output'], 'task' | 'message' | 'exception' | 'results'> & {
    readonly unit_statuses_set: readonly (readonly [UnitStatus['status'], string])[]
  }
}

/** The library that the next revisions of track 16 stand on, for machines and Kubernetes. */
export const nextReplay: Replay = replayOf<NextCase>(
  'postgresql-16-next/backups',
  async recorded => {
    const {input, output} = recorded
    const id = input.substrate === 'vm' ? 'postgresql-16-next' : 'postgresql-k8s-16-next'
    const {outcome, statuses} = await play(id, input.action, inputOf(recorded))
    const set = output.unit_statuses_set.map(([status, message]) => ({status, message}))
    return {
      played: {outcome: oneStanza(outcome), statuses},
      recorded: {outcome: recordedOutcome(output), statuses: set},
    }
  },
  {'k8s create db down': 'the words of the failed command are of the stub of the recording, which cuts them elsewhere'},
)

/** The charm object of the recording was a mock: it had one stanza on both platforms. */
function oneStanza<T>(outcome: T): T {
  return JSON.parse(JSON.stringify(outcome).replaceAll('testing.patroni-postgresql-k8s', 'testing.postgresql')) as T
}

/** The same in the words of the other recordings; what the inputs leave out, names and outputs of the cases say. */
function inputOf({name, input}: NextCase): RecordedInput {
  const {params, repository, units, primary, standby, blocked} = input
  return {
    params,
    repository,
    is_primary: primary,
    standby_cluster: standby,
    state: {units, stanza: !name.endsWith('create stanza'), ...(blocked === null ? {} : {status: blocked})},
    ...(repository === 'info-rc-error' ? {pgbackrest_info: infoFailed, repo_ls: nothing} : {}),
    ...(name.endsWith('create db down') ? databaseDown() : {}),
  }
}

const infoFailed: CommandResult = {rc: 55, stdout: '', stderr: 'ERROR: [055]: unable to load info file\n'}
const nothing: CommandResult = {rc: 0, stdout: '{}', stderr: ''}

/** What pgBackRest printed when the database was down: the one recorded run of that. */
function databaseDown(): Pick<RecordedInput, 'backup'> {
  const cases = casesOf<RecordedCase>('postgresql-16/create-backup')
  const backup = cases.find(({name}) => name === 'pgbackrest-fails-differential')?.input.backup
  if (backup === undefined) throw new Error('no recording has pgBackRest without a database')
  return {backup}
}
