import type {CharmMachine} from '../machine.ts'
import type {UnitQueues} from '../unit-agents.ts'
import type {CharmRevisions} from './charm-revisions.ts'
import {numberOf, type ApplicationLine, type ControlClient, type UnitLine} from './control-client.ts'

/** Juju refuses now and then what it does a moment later. */
const mostFailures = 3

export interface PlayedUnitsOptions {
  readonly application: string
  readonly control: ControlClient
  readonly revisions: CharmRevisions
  readonly queues: UnitQueues
  readonly track: (work: Promise<void>) => void
}

/** The life of an application's units on a real Juju: they come up, take up the charm that they are to run, and go. */
export class PlayedUnits {
  readonly #application: string
  readonly #control: ControlClient
  readonly #revisions: CharmRevisions
  readonly #queues: UnitQueues
  readonly #track: (work: Promise<void>) => void
  /** URL of the charm that a unit runs. */
  readonly #runs = new Map<string, string>()
  /** Units whose coming or going was begun, and that were not seen to have come or gone since. */
  readonly #coming = new Set<string>()
  readonly #going = new Set<string>()
  /** How often the coming or going of a unit has failed. */
  readonly #failures = new Map<string, number>()
  /** URL of the charm that units were told to take up last. */
  #wanted = ''

  constructor({application, control, revisions, queues, track}: PlayedUnitsOptions) {
    this.#application = application
    this.#control = control
    this.#revisions = revisions
    this.#queues = queues
    this.#track = track
  }

  /** Units that are up already. */
  adopt({charm, units}: ApplicationLine): void {
    this.#wanted = charm
    for (const {name} of units) this.#runs.set(name, charm)
  }

  /** The code that runs on a unit; undefined as long as the unit is not up. */
  machineOf(unit: string): CharmMachine | undefined {
    const url = this.#runs.get(unit)
    return url === undefined ? undefined : this.#revisions.machine(url)
  }

  /** Begins what the model asks for; what was begun before goes on. */
  follow(now: ApplicationLine): void {
    if (!now.downloaded) return
    const {units, charm, scale} = now
    for (const name of this.#going) if (!units.some(unit => unit.name === name)) this.#going.delete(name)
    for (const {name} of units) if (this.#runs.has(name)) this.#coming.delete(name)
    const onKubernetes = typeof scale === 'number'
    if (onKubernetes) this.#scale(now, scale)
    else this.#comeAndGo(now)
    if (this.#wanted === charm) return
    this.#wanted = charm
    this.#track(onKubernetes ? this.#replacePods(now) : this.#upgradeAll(now))
  }

  #comeAndGo({units, charm}: ApplicationLine): void {
    for (const {name, life} of units) {
      // Dead and still there: its removal was begun, and met an error.
      if (life !== 'alive') this.#begin(this.#going, name, () => this.#go(name))
      else if (!this.#runs.has(name)) this.#begin(this.#coming, name, () => this.#comeUp(name, charm))
    }
  }

  /** Pods below the scale register, those above it go, the highest first. */
  #scale({units, charm}: ApplicationLine, scale: number): void {
    for (let number = 0; number < scale; number++) {
      const name = `${this.#application}/${number}`
      if (units.some(unit => unit.name === name) || this.#runs.has(name)) continue
      this.#begin(this.#coming, name, () => this.#register(name, charm))
    }
    const above = units.filter(({name}) => numberOf(name) >= scale && !this.#going.has(name)).sort(highestFirst)
    for (const {name} of above) this.#going.add(name)
    this.#track(this.#goInTurn(above))
  }

  #begin(begun: Set<string>, unit: string, work: () => Promise<void>): void {
    if (begun.has(unit)) return
    begun.add(unit)
    const ended = this.#queues.run(unit, work)
    this.#track(ended.catch((error: unknown) => this.#failed(begun, unit, error)))
  }

  /** As agents do, it is begun again with the next look at the model; what fails again and again is a mistake. */
  #failed(begun: Set<string>, unit: string, error: unknown): void {
    const failures = (this.#failures.get(unit) ?? 0) + 1
    this.#failures.set(unit, failures)
    if (failures >= mostFailures) throw error
    begun.delete(unit)
  }

  async #comeUp(unit: string, charm: string): Promise<void> {
    try {
      await this.#control.settleUnit(unit, this.#revisions.workloadVersion(charm))
    } catch (error) {
      // It was removed before its agent came up.
      if (!(await this.#isLeaving(unit))) throw error
      return
    }
    await this.#start(unit, charm)
  }

  async #isLeaving(unit: string): Promise<boolean> {
    const now = await this.#control.application(this.#application)
    return now?.units.find(({name}) => name === unit)?.life !== 'alive'
  }

  async #register(unit: string, charm: string): Promise<void> {
    await this.#control.registerPod(this.#application, unit, this.#revisions.workloadVersion(charm))
    await this.#start(unit, charm)
  }

  async #start(unit: string, charm: string): Promise<void> {
    const machine = this.#revisions.machine(charm)
    this.#runs.set(unit, charm)
    await machine.hook({kind: 'start', unit})
    await machine.hook({kind: 'update-status', unit})
  }

  async #goInTurn(units: readonly UnitLine[]): Promise<void> {
    for (const {name} of units) await this.#queues.run(name, () => this.#go(name))
  }

  async #go(unit: string): Promise<void> {
    if (this.#runs.has(unit)) await this.#stop(unit)
    this.#runs.delete(unit)
    await this.#control.removeUnit(unit)
    this.#queues.forget(unit)
  }

  async #stop(unit: string): Promise<void> {
    await this.#control.setUnitStatus(unit, {status: 'maintenance', message: 'stopping charm software'})
    await this.#control.setAgentStatus(unit, 'executing', 'running stop hook')
    await this.machineOf(unit)?.hook({kind: 'stop', unit})
  }

  async #upgradeAll({units, charm, relations}: ApplicationLine): Promise<void> {
    const endpoints = relations.map(({endpoint}) => endpoint)
    await Promise.all(units.map(({name}) => this.#queues.run(name, () => this.#upgrade(name, charm, endpoints))))
  }

  /** From the highest ordinal down, one after the other. */
  async #replacePods({units, charm, relations}: ApplicationLine): Promise<void> {
    const endpoints = relations.map(({endpoint}) => endpoint)
    for (const {name} of [...units].sort(highestFirst))
      await this.#queues.run(name, async () => {
        if (this.#skips(name, charm)) return
        await this.#stop(name)
        await this.#upgrade(name, charm, endpoints)
        await this.machineOf(name)?.hook({kind: 'start', unit: name})
      })
  }

  /** The hooks from `upgrade-charm` on; a revision that is new here finds the relations that there are. */
  async #upgrade(unit: string, charm: string, endpoints: readonly string[]): Promise<void> {
    if (this.#skips(unit, charm)) return
    await this.#control.setAgentStatus(unit, 'executing', 'running upgrade-charm hook')
    const fresh = this.#revisions.isNew(charm)
    const machine = this.#revisions.machine(charm)
    await this.#control.takeUpCharm(unit)
    this.#runs.set(unit, charm)
    await machine.hook({kind: 'upgrade-charm', unit})
    await machine.hook({kind: 'config-changed'})
    for (const endpoint of fresh ? endpoints : []) await machine.hook({kind: 'relation-changed', endpoint})
    await machine.hook({kind: 'update-status', unit})
    await this.#control.setAgentStatus(unit, 'idle')
  }

  /** Units that are gone, run the charm already, or were told another one since. */
  #skips(unit: string, charm: string): boolean {
    const runs = this.#runs.get(unit)
    return runs === undefined || runs === charm || this.#wanted !== charm
  }
}

function highestFirst(one: UnitLine, other: UnitLine): number {
  return numberOf(other.name) - numberOf(one.name)
}
