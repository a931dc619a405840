import type {Application, Unit} from './application.ts'
import type {Chance} from './chance.ts'
import type {Model} from './model.ts'
import {changeStatus} from './status.ts'
import type {LifeDeps} from './unit-life.ts'

/**
 * Units take up the charm that their application was set to. On machines each agent does so by itself, after what it is
 * doing; on Kubernetes the pods are replaced from the highest ordinal down, one after the other.
 */
export class RollOuts {
  readonly #deps: LifeDeps
  readonly #chance: Chance
  /** Applications on Kubernetes whose pods are being replaced now. */
  readonly #replacing = new Set<Application>()

  constructor(deps: LifeDeps) {
    this.#deps = deps
    this.#chance = deps.world.chance.branch('roll-outs')
  }

  /**
   * The application's charm was set, or a unit works again that had not taken it up; units that run it stay as they are. The
   * controller downloads the charm first if it only knows what Charmhub says of it.
   */
  start(model: Model, application: Application): void {
    const {external, work} = this.#deps
    if (!model.charms.isDownloaded(application.charm)) {
      work.background(this.#download(model, application))
      return
    }
    if (external || [...application.units.values()].every(({charm}) => charm === application.charm)) return
    if (model.type === 'caas') {
      if (!this.#replacing.has(application)) work.background(this.#replacePods(model, application))
      return
    }
    for (const unit of application.units.values()) work.background(this.#whenIdle(model, application, unit))
  }

  async #download(model: Model, application: Application): Promise<void> {
    const {work, pace} = this.#deps
    const {charm} = application
    await work.pause(this.#chance.vary(pace.download, pace.jitter))
    model.charms.download(charm)
    if (application.charm === charm) this.start(model, application)
  }

  #whenIdle(model: Model, application: Application, unit: Unit): Promise<void> {
    return this.#deps.work.queue(unit, () => this.#takeUp(model, application, unit))
  }

  async #replacePods(model: Model, application: Application): Promise<void> {
    this.#replacing.add(application)
    try {
      while ([...application.units.values()].some(unit => needsCharm(application, unit)))
        await this.#replaceEach(model, application)
    } finally {
      this.#replacing.delete(application)
    }
  }

  /** One round; another charm begins the next one, in which every pod is replaced that does not have it. */
  async #replaceEach(model: Model, application: Application): Promise<void> {
    const wanted = application.charm
    const pods = [...application.units.values()].sort((one, other) => other.number - one.number)
    for (const unit of pods) {
      if (application.charm !== wanted) return
      if (needsCharm(application, unit)) await this.#replacePod(model, application, unit)
    }
  }

  /** What still runs in the pod after its grace is killed with it. */
  async #replacePod(model: Model, application: Application, unit: Unit): Promise<void> {
    const {agents, work, pace} = this.#deps
    let stopped = false
    const kill = async (): Promise<void> => {
      await work.pause(pace.grace)
      if (!stopped) agents.life.interrupt(model, unit)
    }
    work.background(kill())
    await work.queue(unit, async () => {
      stopped = true
      await agents.runHook(model, application, {kind: 'stop', unit: unit.name})
      await this.#takeUp(model, application, unit)
    })
  }

  async #takeUp(model: Model, application: Application, unit: Unit): Promise<void> {
    if (!needsCharm(application, unit)) return
    const {agents, work, pace, world} = this.#deps
    const {charm} = application
    const hook = 'upgrade-charm'
    const agent = (status: string, message: string): void => {
      unit.agent = changeStatus(unit.agent, {status, message, since: world.now()}, world.now())
    }
    agent('executing', `running ${hook} hook`)
    await work.pause(this.#chance.vary(pace.upgrade, pace.jitter))
    if (unit.agentLost) return
    unit.charm = charm
    if (unit.failingHooks.delete(hook)) return agents.life.fail(unit, hook)
    agent('idle', '')
    application.workloadVersion = charm.description.workloadVersion
    await agents.upgraded(model, application, unit)
  }
}

/** A lost agent takes nothing up, nor does a unit that waits for a failed hook to be resolved. */
function needsCharm({charm}: Application, unit: Unit): boolean {
  return unit.charm !== charm && unit.started && !unit.agentLost && unit.failedHook === undefined
}
