import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {
  profileFor,
  type CharmProfile,
  type RestoreCapability,
  type RestoreFailureKind,
} from '../../../src/charms/index.ts'

/** One run of an action by real charm code. */
export interface Recorded {
  readonly charm: CharmProfile['id']
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  readonly output: {
    readonly task: 'completed' | 'failed' | 'uncaught exception'
    readonly results?: Readonly<Record<string, unknown>>
    readonly message?: string
    readonly exception?: string
    /** Of `restore-completion`: what the unit shows after the hook. */
    readonly unit_status_after?: {readonly status: string; readonly message: string}
    readonly unit_statuses_set?: readonly {readonly status: string; readonly message: string}[]
    /** MySQL's recordings: also of the application. */
    readonly statuses_set?: readonly {readonly entity: string; readonly status: string; readonly message: string}[]
  }
}

const folder = join(import.meta.dirname, '../../fixtures/charm-recordings')

/** Every recorded run of an action, on all charms of one kind of database. */
export function recorded(
  action: 'create-backup' | 'list-backups' | 'restore' | 'restore-completion',
  database: 'postgresql' | 'mysql' = 'postgresql',
): Recorded[] {
  return readdirSync(folder)
    .filter(name => name.startsWith(`${database}-`) && existsSync(join(folder, name, `${action}.json`)))
    .flatMap(charm => {
      const text = readFileSync(join(folder, charm, `${action}.json`), 'utf8')
      const {cases} = JSON.parse(text) as {cases: Omit<Recorded, 'charm'>[]}
      return cases.map(each => ({...each, charm: charm as CharmProfile['id']}))
    })
}

/** The profile of a charm as Juju would show it. */
export function profile(id: CharmProfile['id']): CharmProfile {
  const name = id.replace(/-[\d.]+$/, '')
  const track = id.slice(name.length + 1)
  const found = profileFor({name, channel: `${track}/stable`, charmUrl: `ch:amd64/jammy/${name}-1`, actions: []})
  if (!found) throw new Error(`no profile ${id}`)
  return found
}

/** What the charm of a profile can restore. */
export function restoreOf(id: CharmProfile['id']): RestoreCapability {
  const {restore} = profile(id)
  if (!restore) throw new Error(`${id} cannot restore`)
  return restore
}

/** What a failed restore means, as one word. */
export const outcome = (failure: RestoreFailureKind): string =>
  failure.kind === 'Refused' ? `${failure.reason}${failure.passing ? ', passing' : ''}` : failure.kind

/** Every recorded run of an action on MongoDB, whose recordings hold all actions of a track. */
export function recordedMongodb(action: string): Recorded[] {
  return (['mongodb-6', 'mongodb-8'] as const).flatMap(charm => {
    const text = readFileSync(join(folder, charm, 'backups.json'), 'utf8')
    const {cases} = JSON.parse(text) as {cases: Omit<Recorded, 'charm'>[]}
    return cases.filter(({input}) => input['action'] === action).map(each => ({...each, charm}))
  })
}

interface NextRecordings {
  /** Texts that the library has under a name. */
  readonly message_constants: Readonly<Record<string, string>>
  readonly cases: readonly {
    readonly name: string
    readonly input: Readonly<Record<string, unknown>> & {readonly action: string; readonly substrate: 'vm' | 'k8s'}
    readonly output: Pick<Recorded['output'], 'task' | 'results' | 'message' | 'exception'>
  }[]
}

function nextRecordings(): NextRecordings {
  return JSON.parse(readFileSync(join(folder, 'postgresql-16-next', 'backups.json'), 'utf8')) as NextRecordings
}

/** Every recorded run of an action by the library that the next revisions of PostgreSQL 16 stand on. */
export function recordedNext(action: 'create-backup' | 'list-backups'): Recorded[] {
  return nextRecordings()
    .cases.filter(({input}) => input.action === action)
    .map(({name, input, output: {task, results, message, exception}}) => ({
      charm: input.substrate === 'vm' ? 'postgresql-16' : 'postgresql-k8s-16',
      name,
      input,
      output: {
        task,
        ...(results && {results}),
        ...(message !== undefined && {message}),
        ...(exception !== undefined && {exception}),
      },
    }))
}

/** The texts of that library by their names. */
export const nextTexts = (): Readonly<Record<string, string>> => nextRecordings().message_constants
