import type {Charm} from '../charms/machine.ts'
import type {ApplicationSeed} from '../charms/model-seed.ts'
import type {Application, Newcomers, Unit} from './world/application.ts'
import {originOf} from './world/charm-origin.ts'
import type {Model} from './world/model.ts'
import type {Retention} from './world/pruner.ts'
import {prune} from './world/pruner.ts'
import type {Habit} from './world/strangers.ts'
import type {World} from './world/world.ts'

/**
 * What happens in a model without the client under test: other people, failing machines, Juju's own work. What takes time
 * in a real model takes time here, as the simulator's pace says. @throws Error for what is not there
 */
export class LifeControl {
  readonly #world: World
  readonly #model: Model

  constructor(world: World, model: Model) {
    this.#world = world
    this.#model = model
  }

  /** Somebody else does something again and again. @returns ends it */
  stranger(habit: Habit): () => void {
    return this.#world.strangers.begin(this.#model, habit)
  }

  /** As `juju add-unit`. @returns the unit's name; it comes up over time */
  startUnit(application: string): string {
    const found = this.#application(application)
    const unit = this.#model.addUnit(found, this.#world.now())
    this.#world.agents.life.start(this.#model, found, unit)
    return unit.name
  }

  /** As `juju remove-unit`: the unit is dying, and gone when its hooks have run. */
  startRemoval(unit: string): void {
    this.#world.agents.life.remove(this.#model, this.#applicationOf(unit), this.#unit(unit))
  }

  /** As `juju scale-application`, on Kubernetes. */
  scale(application: string, scale: number): void {
    this.#world.agents.life.scale(this.#model, this.#application(application), scale)
  }

  /** What becomes of units that are added from now on. */
  setNewcomers(application: string, newcomers: Newcomers): void {
    this.#application(application).newcomers = newcomers
  }

  /** When the leader is gone, nobody leads until somebody is made the leader. */
  endSuccession(application: string): void {
    this.#application(application).hasSuccessors = false
  }

  /** The unit's machine dies; if it led, another one leads when the lease has run out. */
  killAgent(unit: string): void {
    this.#world.agents.life.loseAgent(this.#model, this.#applicationOf(unit), this.#unit(unit))
  }

  /** The unit's machine is back. */
  async reviveAgent(unit: string): Promise<void> {
    await this.#world.agents.life.reviveAgent(this.#model, this.#applicationOf(unit), this.#unit(unit))
  }

  /** A hook of the unit has just failed. @param hook for example `config-changed` */
  failHook(unit: string, hook: string): void {
    this.#world.agents.life.fail(this.#unit(unit), hook)
  }

  /** The hook will fail when it comes: `install`, `upgrade-charm` or `stop`. */
  failNextHook(unit: string, hook: 'install' | 'upgrade-charm' | 'stop'): void {
    this.#unit(unit).failingHooks.add(hook)
  }

  /** What made the unit's hook fail is mended, as by Juju's retry or `juju resolve`. */
  async resolve(unit: string): Promise<void> {
    await this.#world.agents.life.resolve(this.#model, this.#applicationOf(unit), this.#unit(unit))
  }

  /** Somebody refreshes the application: it has the charm at once, its units take it up in their time. */
  refresh(application: string, charm: Charm): void {
    const found = this.#application(application)
    this.#model.charms.add(charm)
    found.charm = charm
    found.origin = originOf(charm.description)
    this.#world.agents.rollOuts.start(this.#model, found)
  }

  /** As `juju remove-application`: its units go in their time, then it and its relations. @returns what deploys it again */
  startApplicationRemoval(application: string): ApplicationSeed {
    const found = this.#application(application)
    const {name, charm, units, config} = found
    this.#world.agents.life.removeApplication(this.#model, found)
    return {name, charm, units: units.size, config: Object.fromEntries(config)}
  }

  /** As `juju remove-application --force`: all of it is gone at once. @returns what deploys it again */
  async removeApplication(application: string): Promise<ApplicationSeed> {
    const found = this.#application(application)
    const units = [...found.units.values()]
    for (const unit of units) this.#world.agents.life.gone(this.#model, found, unit)
    const seed = this.startApplicationRemoval(application)
    await this.#world.agents.settled()
    return {...seed, units: units.length}
  }

  /** An application is deployed and settled, and then related. @param relations pairs of `application:endpoint` */
  async deploy(
    {name, charm, units, config}: ApplicationSeed,
    relations: readonly (readonly [string, string])[] = [],
  ): Promise<void> {
    const found = this.#model.addApplication(name, charm, units, config, this.#world.now())
    await this.#world.agents.deploy(this.#model, found)
    for (const [one, other] of relations) await this.#relate(one, other)
    await this.#world.agents.settled()
  }

  /** How long the model remembers operations, from the next pruning on. */
  keepOperations(retention: Partial<Retention>): void {
    this.#model.retention = {...this.#model.retention, ...retention}
  }

  /** Juju's daily pruning happens now. */
  prune(): void {
    prune(this.#model, this.#world.now())
  }

  async #relate(one: string, other: string): Promise<void> {
    const {ends} = this.#model.relate(one, other, this.#world.now())
    for (const {application, endpoint} of ends)
      await this.#world.agents.hook(this.#model, this.#application(application), {kind: 'relation-changed', endpoint})
  }

  #applicationOf(unit: string): Application {
    return this.#application(unit.replace(/\/\d+$/, ''))
  }

  #application(name: string): Application {
    const found = this.#model.applications.get(name)
    if (found === undefined) throw new Error(`there is no application ${name}`)
    return found
  }

  #unit(name: string): Unit {
    const unit = this.#model.unit(name)
    if (unit === undefined) throw new Error(`there is no unit ${name}`)
    return unit
  }
}
