import type {Charm, CharmHost, CharmMachine} from '../machine.ts'

/** The revisions of an application's charm that its units can run; each brings its code with its first unit. */
export class CharmRevisions {
  readonly #host: CharmHost
  readonly #charms: ReadonlyMap<string, Charm>
  readonly #machines = new Map<string, CharmMachine>()

  /** @param charms by URL */
  constructor(host: CharmHost, charms: ReadonlyMap<string, Charm>) {
    this.#host = host
    this.#charms = charms
  }

  /** Whether no unit ran the revision so far. */
  isNew(url: string): boolean {
    return !this.#machines.has(url)
  }

  /** @throws Error for a charm that nobody gave */
  machine(url: string): CharmMachine {
    const known = this.#machines.get(url)
    if (known !== undefined) return known
    const machine = this.#charm(url).deploy(this.#host)
    this.#machines.set(url, machine)
    return machine
  }

  workloadVersion(url: string): string {
    return this.#charm(url).description.workloadVersion
  }

  #charm(url: string): Charm {
    const charm = this.#charms.get(url)
    if (charm === undefined) throw new Error(`nobody can play ${url}; there are ${[...this.#charms.keys()].join(', ')}`)
    return charm
  }
}
