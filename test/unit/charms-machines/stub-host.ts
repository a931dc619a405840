import {VirtualClock} from '../../support/virtual-clock.ts'
import type {CharmHost, RelationView, UnitStatus, UnitView} from '../../charms/machine.ts'

/** A Juju that only notes what the charm does. */
export class StubHost implements CharmHost {
  readonly clock = new VirtualClock()
  readonly model = {name: 'testing', uuid: '11111111-2222-4333-8444-555555555555'}
  readonly jujuVersion = '3.6.14'
  readonly application: string
  readonly statuses: UnitStatus[] = []
  #units: UnitView[]
  readonly #s3: Readonly<Record<string, string>> | null

  constructor(application: string, units: readonly UnitView[], s3: Readonly<Record<string, string>> | null) {
    this.application = application
    this.#units = [...units]
    this.#s3 = s3
  }

  async units(): Promise<readonly UnitView[]> {
    return this.#units
  }

  async setUnitStatus(name: string, status: UnitStatus): Promise<void> {
    this.statuses.push(status)
    this.#units = this.#units.map(unit => (unit.name === name ? {...unit, status} : unit))
  }

  async config(): Promise<Readonly<Record<string, unknown>>> {
    return {}
  }

  async relations(): Promise<readonly RelationView[]> {
    return this.#s3 === null ? [] : [{id: 1, application: 's3-integrator', data: this.#s3}]
  }

  async publish(): Promise<void> {
    throw new Error('a database charm publishes nothing to its S3 relation here')
  }
}
