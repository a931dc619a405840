import type {Clock} from '../../../src/time/clock.ts'
import type {CharmHost, RelationView, SecretLookup, UnitStatus, UnitView} from '../machine.ts'
import type {ControlClient} from './control-client.ts'

export interface RealHostOptions {
  readonly clock: Clock
  readonly control: ControlClient
  readonly model: {readonly name: string; readonly uuid: string}
  readonly jujuVersion: string
  readonly application: string
  /** Notes what goes wrong in work that nobody waits for. */
  readonly track: (work: Promise<void>) => void
}

/** What a charm machine sees of a real Juju, through the control port. */
export class RealHost implements CharmHost {
  readonly clock: Clock
  readonly model: {readonly name: string; readonly uuid: string}
  readonly jujuVersion: string
  readonly application: string
  readonly #control: ControlClient
  readonly #track: (work: Promise<void>) => void

  constructor({clock, control, model, jujuVersion, application, track}: RealHostOptions) {
    this.clock = clock
    this.model = model
    this.jujuVersion = jujuVersion
    this.application = application
    this.#control = control
    this.#track = track
  }

  units(): Promise<readonly UnitView[]> {
    return this.#control.units(this.application)
  }

  setUnitStatus(unit: string, status: UnitStatus): Promise<void> {
    return this.#control.setUnitStatus(unit, status)
  }

  setApplicationStatus(status: UnitStatus): Promise<void> {
    return this.#control.setApplicationStatus(this.application, status)
  }

  config(): Promise<Readonly<Record<string, unknown>>> {
    return this.#control.config(this.application)
  }

  async relations(endpoint: string): Promise<readonly RelationView[]> {
    const all = await this.#control.relations(this.application)
    return all
      .filter(relation => relation.endpoint === endpoint)
      .map(({id, application, data}) => ({id, application, data: data ?? {}}))
  }

  publish(relation: number, data: Readonly<Record<string, string>>): Promise<void> {
    return this.#control.publish(this.application, relation, data)
  }

  secret(uri: string): Promise<SecretLookup> {
    return this.#control.secret(this.application, uri)
  }

  background(work: Promise<void>): void {
    this.#track(work)
  }
}
