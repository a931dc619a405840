import type {CharmEvent, UnitStatus} from '../../charms/machine.ts'
import type {Agents} from './agents.ts'
import type {AgentWork} from './agent-work.ts'
import type {Application, Unit} from './application.ts'
import type {Chance} from './chance.ts'
import type {Model} from './model.ts'
import {hasEnded} from './operations.ts'
import type {Pace} from './pace.ts'
import {changeStatus} from './status.ts'
import type {World} from './world.ts'

/** What the parts of the agents share. */
export interface LifeDeps {
  readonly world: World
  readonly agents: Agents
  readonly work: AgentWork
  readonly pace: Pace
  /** Somebody else plays the agents: nothing here moves by itself. */
  readonly external: boolean
}

/** Units come, go, fail and come back; all of it takes the time that `Pace` says. */
export class UnitLife {
  readonly #deps: LifeDeps
  readonly #chance: Chance
  readonly #leaving = new WeakSet<Unit>()

  constructor(deps: LifeDeps) {
    this.#deps = deps
    this.#chance = deps.world.chance.branch('unit life')
  }

  /** A unit that was just added comes up: it waits for its machine or pod, its agent starts, its first hooks run. */
  start(model: Model, application: Application, unit: Unit): void {
    unit.started = false
    application.workloadVersion = ''
    const machine = model.machines.get(unit.machine)
    if (machine !== undefined) machine.started = false
    this.#show(unit, {status: 'waiting', message: model.type === 'caas' ? 'installing agent' : 'waiting for machine'})
    this.#showAgent(unit, 'allocating')
    if (application.newcomers === 'fail') unit.failingHooks.add('install')
    if (this.#deps.external || application.newcomers === 'stay away') return
    this.#deps.work.background(this.#comeUp(model, application, unit))
  }

  /** The unit goes, once it has ended what it is doing. With a lost agent or a failed hook it stays dying, as in Juju. */
  remove(model: Model, application: Application, unit: Unit): void {
    if (this.#leaving.has(unit)) return
    this.#leaving.add(unit)
    unit.life = 'dying'
    const machine = model.machines.get(unit.machine)
    if (machine !== undefined) machine.life = 'dying'
    if (!this.#deps.external) this.#deps.work.background(this.#go(model, application, unit))
  }

  /** As `juju scale-application` on Kubernetes: new units come together, the highest go first, one after the other. */
  scale(model: Model, application: Application, scale: number): void {
    application.scale = scale
    if (this.#deps.external) return
    const alive = [...application.units.values()].filter(unit => unit.life === 'alive')
    const leaving = alive.sort((one, other) => other.number - one.number).slice(0, Math.max(0, alive.length - scale))
    for (const unit of leaving) unit.life = 'dying'
    this.#fill(model, application)
    this.#deps.work.background(this.#goInTurn(model, application, leaving))
  }

  /** Pods up to the scale, once none with such a number is on its way out. */
  #fill(model: Model, application: Application): void {
    const units = [...application.units.values()]
    if (application.life !== 'alive' || units.some(unit => unit.life !== 'alive')) return
    for (let count = units.length; count < (application.scale ?? 0); count++)
      this.start(model, application, model.addUnit(application, this.#now()))
  }

  /** The application and its relations go with its last unit. */
  removeApplication(model: Model, application: Application): void {
    application.life = 'dying'
    for (const unit of application.units.values()) this.remove(model, application, unit)
    this.#endIfEmpty(model, application)
  }

  /** A hook of the unit fails: it shows an error, and runs no more hooks until that is resolved. */
  fail(unit: Unit, hook: string): void {
    unit.failedHook = hook
    this.#show(unit, {status: 'error', message: `hook failed: "${hook}"`})
    this.#showAgent(unit, 'idle')
  }

  /** What made the hook fail is mended: the unit runs it again, catches up, and goes on with what waited for that. */
  async resolve(model: Model, application: Application, unit: Unit): Promise<void> {
    if (unit.failedHook === undefined) return
    unit.failedHook = undefined
    if (!unit.started) await this.#join(model, application, unit)
    else await this.#hooks(model, application, {kind: 'config-changed'}, {kind: 'update-status', unit: unit.name})
    if (unit.life === 'dying') this.#deps.work.background(this.#go(model, application, unit))
    this.#deps.agents.rollOuts.start(model, application)
  }

  /** The unit's machine dies: what runs there never ends. If it led, another unit leads once the lease has run out. */
  loseAgent(model: Model, application: Application, unit: Unit): void {
    unit.agentLost = true
    this.#showAgent(unit, 'lost', 'agent is not communicating with the server')
    this.#deps.agents.crash(model, application, unit)
    if (application.leader === unit.name) this.#deps.work.background(this.#passLease(model, application, unit))
  }

  /** The agent is back: what ran when it died has failed, what waits runs. */
  async reviveAgent(model: Model, application: Application, unit: Unit): Promise<void> {
    if (!unit.agentLost) return
    unit.agentLost = false
    this.#showAgent(unit, 'idle')
    this.interrupt(model, unit)
    await this.#comeBack(model, application, unit)
    this.#deps.agents.release(model, unit.name)
    if (unit.life === 'dying') this.#deps.work.background(this.#go(model, application, unit))
    this.#deps.agents.rollOuts.start(model, application)
  }

  /** What runs on the unit is killed with its agent; Juju's words for it are of the agent that starts afterwards. */
  interrupt(model: Model, unit: Unit): void {
    for (const task of model.operations.tasks.values()) {
      if (task.unit !== unit.name || task.status === 'pending' || hasEnded(task)) continue
      task.status = 'failed'
      task.message = 'action terminated'
      task.completed = this.#now()
      task.abort.abort(new Error('the agent was killed'))
    }
  }

  async #comeUp(model: Model, application: Application, unit: Unit): Promise<void> {
    const {allocate, install} = this.#deps.pace
    await this.#pause(allocate)
    if (unit.life !== 'alive') return
    const machine = model.machines.get(unit.machine)
    if (machine !== undefined) machine.started = true
    this.#show(unit, {status: 'waiting', message: 'agent initialising'})
    await this.#pause(install / 3)
    if (unit.life !== 'alive') return
    this.#show(unit, {status: 'maintenance', message: 'installing charm software'})
    this.#showAgent(unit, 'executing', 'running install hook')
    await this.#pause((install * 2) / 3)
    if (unit.life !== 'alive') return
    if (unit.failingHooks.delete('install')) this.fail(unit, 'install')
    else await this.#join(model, application, unit)
  }

  async #join(model: Model, application: Application, unit: Unit): Promise<void> {
    unit.started = true
    application.workloadVersion = unit.charm.description.workloadVersion
    this.#showAgent(unit, 'idle')
    await this.#comeBack(model, application, unit)
    this.#deps.agents.join(model, application, unit)
  }

  /** An agent that starts takes the lease if nobody has it: that of the last leader may have run out while no other could. */
  async #comeBack(model: Model, application: Application, {name: unit, life}: Unit): Promise<void> {
    if (application.leader === undefined && life === 'alive') this.#succeed(model, application, unit)
    const start: CharmEvent = {kind: 'start', unit}
    await this.#hooks(model, application, start, {kind: 'units-changed'}, {kind: 'update-status', unit})
  }

  async #hooks(model: Model, application: Application, ...events: readonly CharmEvent[]): Promise<void> {
    for (const event of events) await this.#deps.agents.hook(model, application, event)
  }

  async #goInTurn(model: Model, application: Application, units: readonly Unit[]): Promise<void> {
    for (const unit of units) await this.#go(model, application, unit)
    this.#fill(model, application)
  }

  async #go(model: Model, application: Application, unit: Unit): Promise<void> {
    const {external, work, pace, agents} = this.#deps
    if (unit.agentLost || unit.failedHook !== undefined) return
    await work.queue(unit, async () => {
      if (external || !unit.started) return
      this.#show(unit, {status: 'maintenance', message: 'stopping charm software'})
      this.#showAgent(unit, 'executing', 'running stop hook')
      await this.#pause(pace.remove)
      if (unit.failingHooks.delete('stop')) this.fail(unit, 'stop')
      else await agents.runHook(model, application, {kind: 'stop', unit: unit.name})
    })
    if (unit.agentLost || unit.failedHook !== undefined || application.units.get(unit.name) !== unit) return
    if (application.leader === unit.name) work.background(this.#passOn(model, application))
    this.#take(model, application, unit)
    await agents.hook(model, application, {kind: 'units-changed'})
    this.#endIfEmpty(model, application)
  }

  /** Takes a unit out of the model by force; the lease passes on at once. */
  gone(model: Model, application: Application, unit: Unit): void {
    const led = application.leader === unit.name
    this.#take(model, application, unit)
    if (led) this.#succeed(model, application, application.units.keys().next().value)
  }

  #take(model: Model, application: Application, unit: Unit): void {
    unit.agentLost = true
    unit.life = 'dead'
    application.removeUnit(unit.name)
    model.machines.delete(unit.machine)
    this.#deps.agents.forgetGone()
  }

  #endIfEmpty(model: Model, application: Application): void {
    if (application.life === 'alive' || application.units.size > 0) return
    const broken = model.relationsOf(application.name).filter(({own, other}) => own !== other)
    model.removeApplication(application.name)
    for (const {other} of broken) {
      const left = model.applications.get(other.application)
      if (left !== undefined)
        this.#deps.agents.announce(model, left, {kind: 'relation-changed', endpoint: other.endpoint})
    }
  }

  async #passLease(model: Model, application: Application, lost: Unit): Promise<void> {
    await this.#pause(this.#deps.pace.lease)
    if (!lost.agentLost || application.leader !== lost.name) return
    const able = [...application.units.values()].filter(unit => unit.started && !unit.agentLost)
    this.#succeed(model, application, this.#chance.pick(able)?.name)
  }

  /** The leader gave the lease back when it went; the lowest unit that can takes it. */
  async #passOn(model: Model, application: Application): Promise<void> {
    await this.#pause(this.#deps.pace.succession)
    const able = [...application.units.values()].find(unit => unit.started && !unit.agentLost)
    if (application.leader === undefined) this.#succeed(model, application, able?.name)
  }

  #succeed(model: Model, application: Application, unit: string | undefined): void {
    this.lead(model, application, application.hasSuccessors ? unit : undefined)
  }

  /** Another unit holds the lease from now on. @param unit undefined: nobody does */
  lead(model: Model, application: Application, unit: string | undefined): void {
    application.leader = unit
    if (unit !== undefined) this.#deps.agents.announce(model, application, {kind: 'leader-elected', unit})
  }

  #pause(ms: number): Promise<void> {
    return this.#deps.work.pause(this.#chance.vary(ms, this.#deps.pace.jitter))
  }

  #show(unit: Unit, status: UnitStatus): void {
    unit.workload = changeStatus(unit.workload, status, this.#now())
  }

  #showAgent(unit: Unit, status: string, message = ''): void {
    unit.agent = changeStatus(unit.agent, {status, message, since: this.#now()}, this.#now())
  }

  #now(): number {
    return this.#deps.world.now()
  }
}
