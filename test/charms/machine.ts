import type {Clock} from '../../src/time/clock.ts'
import type {CharmDescription} from './charm.ts'

export type WorkloadStatus =
  'active' | 'blocked' | 'maintenance' | 'waiting' | 'error' | 'unknown' | 'terminated' | 'unset'

/** The status of a unit's workload, as its charm sets it. */
export interface UnitStatus {
  readonly status: WorkloadStatus
  readonly message: string
}

/** A unit of the machine's own application. */
export interface UnitView {
  /** For example `postgresql/0`. */
  readonly name: string
  readonly leader: boolean
  readonly status: UnitStatus
}

/** A relation of the machine's application, seen from its side. */
export interface RelationView {
  readonly id: number
  /** The application on the other side. */
  readonly application: string
  /** What the other side's application published. */
  readonly data: Readonly<Record<string, string>>
}

/** A user secret's content, or why the charm does not see it. */
export type SecretLookup = Readonly<Record<string, string>> | 'not found' | 'not granted'

/**
 * All that a charm sees of Juju. Simulated and real Jujus implement it, so that one machine plays on each.
 * Values are as of the call; nothing is cached.
 */
export interface CharmHost {
  readonly clock: Clock
  readonly model: {readonly name: string; readonly uuid: string}
  readonly jujuVersion: string
  readonly application: string
  /** The application's units, lowest number first. */
  units(): Promise<readonly UnitView[]>
  setUnitStatus(unit: string, status: UnitStatus): Promise<void>
  /** What the leader says of the whole application; until it does, Juju shows the worst of the units. */
  setApplicationStatus(status: UnitStatus): Promise<void>
  /** The application's configuration, options without a value left out. */
  config(): Promise<Readonly<Record<string, unknown>>>
  /** The relations at one of the application's endpoints. */
  relations(endpoint: string): Promise<readonly RelationView[]>
  /** Publishes application data in a relation. */
  publish(relation: number, data: Readonly<Record<string, string>>): Promise<void>
  /** The newest content of a user secret. @param uri for example `secret:9m4e2mr0ui3e8a215n4g` */
  secret(uri: string): Promise<SecretLookup>
  /** Takes over work that no hook waits for: what goes wrong in it is a failure of the machine. */
  background(work: Promise<void>): void
}

/** An action to run on a unit. */
export interface CharmTask {
  readonly id: string
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Aborts when the task is cancelled: the action's process is killed. */
  readonly signal: AbortSignal
  log(message: string): Promise<void>
}

/** How an action ended. `results` are its result keys. */
export type TaskOutcome =
  | {readonly status: 'completed'; readonly results: Readonly<Record<string, unknown>>}
  | {readonly status: 'failed'; readonly message: string; readonly results?: Readonly<Record<string, unknown>>}

export const completed = (results: Record<string, unknown>): TaskOutcome => ({status: 'completed', results})
export const failed = (message: string): TaskOutcome => ({status: 'failed', message})

/** The charm's code raised an exception that it does not handle; Juju makes a failed task of it, in Juju's own words. */
export class UncaughtCharmError extends Error {
  /** @param python the exception as Python prints it, for example `IndexError: list index out of range` */
  constructor(python: string) {
    super(python)
    this.name = 'UncaughtCharmError'
  }
}

/**
 * What machines react to. Those with a unit run there, the others on the leader. A Juju may leave out all but
 * `units-changed`, `config-changed`, `relation-changed` and `update-status`: machines draw their conclusions from these.
 */
export type CharmEvent =
  | {readonly kind: 'update-status'; readonly unit: string}
  | {readonly kind: 'config-changed'}
  | {readonly kind: 'relation-changed'; readonly endpoint: string}
  /** Units joined or departed. */
  | {readonly kind: 'units-changed'}
  | {readonly kind: 'leader-elected'; readonly unit: string}
  /** The unit's agent came up: for the first time, or again after its machine or pod did. */
  | {readonly kind: 'start'; readonly unit: string}
  /** The unit goes down in good order. */
  | {readonly kind: 'stop'; readonly unit: string}
  /** The unit runs another revision of the charm from now on. */
  | {readonly kind: 'upgrade-charm'; readonly unit: string}
  /** No hook: the unit's machine or pod died, and with it what ran there. */
  | {readonly kind: 'crash'; readonly unit: string}

/** A deployed application's charm code. */
export interface CharmMachine {
  /** Sets the statuses that a settled application has. */
  install(): Promise<void>
  /** @throws UncaughtCharmError the charm's code raised; the signal's reason when the task was aborted */
  runAction(task: CharmTask): Promise<TaskOutcome>
  hook(event: CharmEvent): Promise<void>
}

/** A charm: its description, and its code once it is deployed. */
export interface Charm {
  readonly description: CharmDescription
  deploy(host: CharmHost): CharmMachine
}
