import type {SecretLookup, UnitStatus, UnitView, WorkloadStatus} from '../machine.ts'

/** A task as the control port lists it. */
export interface TaskLine {
  readonly operation: string
  readonly task: string
  readonly unit: string
  readonly action: string
  readonly params: Readonly<Record<string, unknown>> | null
  readonly status: string
}

export interface RelationLine {
  readonly id: number
  readonly endpoint: string
  /** The other side. */
  readonly application: string
  readonly data: Readonly<Record<string, string>> | null
  /** What the application itself published. */
  readonly own: Readonly<Record<string, string>> | null
}

export interface UnitLine {
  readonly name: string
  readonly leader: boolean
  readonly life: string
  /** `allocating` until somebody played the agent's start. */
  readonly agent?: string
  readonly status: string
  readonly message: string
}

/** What an application's agents watch of it. */
export interface ApplicationLine {
  /** URL of the charm that its units are to run. */
  readonly charm: string
  /** False while the model only knows what Charmhub says of the charm. */
  readonly downloaded: boolean
  /** How many units it is to have; only on Kubernetes. */
  readonly scale?: number | null
  readonly units: readonly UnitLine[]
  readonly config: Readonly<Record<string, unknown>>
  readonly relations: readonly RelationLine[]
}

/** What an application sees of a user secret: its content, or why not. */
interface SecretLine {
  readonly content?: Readonly<Record<string, string>>
  readonly refused?: 'not found' | 'not granted'
}

/** One model behind the control port, where a test plays the agents of a Juju server. */
export class ControlClient {
  readonly #url: string
  readonly #model: string
  readonly #ending: AbortSignal | undefined

  /**
   * @param url of the control port, for example `http://127.0.0.1:17071`
   * @param ending the agents are gone once it aborts: a charm that still runs then never gets an answer
   */
  constructor(url: string, model: string, ending?: AbortSignal) {
    this.#url = url
    this.#model = model
    this.#ending = ending
  }

  get address(): {readonly url: string; readonly model: string} {
    return {url: this.#url, model: this.#model}
  }

  /** The tasks that have not ended. */
  async openTasks(): Promise<readonly TaskLine[]> {
    return (await this.#post({op: 'open-tasks'})) as readonly TaskLine[]
  }

  /** @returns undefined when it is not there */
  async application(app: string): Promise<ApplicationLine | undefined> {
    return ((await this.#post({op: 'application', app})) ?? undefined) as ApplicationLine | undefined
  }

  /** A new unit's agent comes up: idle, and joined to its relations. */
  async settleUnit(unit: string, version: string): Promise<void> {
    await this.#post({op: 'settle-unit', unit, version})
  }

  /** A new pod of a Kubernetes application registers itself, and its agent comes up. */
  async registerPod(app: string, unit: string, version: string): Promise<void> {
    await this.#post({op: 'register-pod', app, unit, version})
  }

  /** A unit's agent says that it runs the application's charm from now on. */
  async takeUpCharm(unit: string): Promise<void> {
    await this.#post({op: 'unit-charm', unit})
  }

  /** A unit that goes is gone, with its machine or pod. */
  async removeUnit(unit: string): Promise<void> {
    await this.#post({op: 'remove-dead', unit})
  }

  async start(task: string): Promise<void> {
    await this.#post({op: 'start', task})
  }

  async log(task: string, message: string): Promise<void> {
    await this.#post({op: 'log', task, log: [message]})
  }

  async finish(
    task: string,
    status: string,
    message: string,
    results: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#post({op: 'finish', task, status, message, results})
  }

  /** Those whose agents came up, lowest number first. */
  async units(app: string): Promise<readonly UnitView[]> {
    const lines = (await this.#post({op: 'units', app})) as readonly UnitLine[]
    return lines
      .filter(({agent}) => agent !== 'allocating')
      .map(({name, leader, status, message}) => ({name, leader, status: {status: status as WorkloadStatus, message}}))
      .sort((one, other) => numberOf(one.name) - numberOf(other.name))
  }

  async setUnitStatus(unit: string, {status, message}: UnitStatus): Promise<void> {
    await this.#post({op: 'unit-status', unit, status, message})
  }

  async setApplicationStatus(app: string, {status, message}: UnitStatus): Promise<void> {
    await this.#post({op: 'application-status', app, status, message})
  }

  async setAgentStatus(unit: string, agent: string, message = ''): Promise<void> {
    await this.#post({op: 'unit-status', unit, agent, message})
  }

  async config(app: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#post({op: 'config', app})) as Readonly<Record<string, unknown>>
  }

  async relations(app: string): Promise<readonly RelationLine[]> {
    return (await this.#post({op: 'relations', app})) as readonly RelationLine[]
  }

  async publish(app: string, relation: number, data: Readonly<Record<string, string>>): Promise<void> {
    await this.#post({op: 'publish', app, relation, data})
  }

  /** The content of a user secret as the application sees it. */
  async secret(app: string, uri: string): Promise<SecretLookup> {
    const {content, refused} = (await this.#post({op: 'secret', app, secret: uri})) as SecretLine
    return content ?? refused ?? 'not found'
  }

  async #post(command: Readonly<Record<string, unknown>>): Promise<unknown> {
    try {
      return await this.#send(command)
    } catch (error) {
      if (this.#ending?.aborted !== true) throw error
      return await new Promise<never>(() => {})
    }
  }

  /** @throws Error with the server's words */
  async #send(command: Readonly<Record<string, unknown>>): Promise<unknown> {
    const body = JSON.stringify({model: this.#model, ...command})
    const response = await fetch(this.#url, {method: 'POST', body, headers: {'content-type': 'application/json'}})
    const text = await response.text()
    if (!response.ok) throw new Error(`control port, ${String(command['op'])}: ${text.trim()}`)
    return JSON.parse(text) as unknown
  }
}

export function numberOf(unit: string): number {
  return Number(unit.slice(unit.lastIndexOf('/') + 1))
}
