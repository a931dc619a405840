import type {Timer} from '../../../src/time/clock.ts'
import type {Application} from './application.ts'
import type {Chance} from './chance.ts'
import type {Model} from './model.ts'
import type {World} from './world.ts'

/** What somebody else does in a model again and again: a colleague, a cron job, another operator. */
export interface Habit {
  /** An action, or `juju-exec` with the parameter `command`. */
  readonly action: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** ms from one time to the next on average; the moments lie between half of it and one and a half. */
  readonly every: number
  /** Default: any application whose charm has the action. */
  readonly application?: string
  /** Default `admin`. */
  readonly user?: string
}

/** Other people's operations: each habit picks its moments and units by chance. */
export class Strangers {
  readonly #world: World
  readonly #chance: Chance
  readonly #timers = new Set<Timer>()

  constructor(world: World) {
    this.#world = world
    this.#chance = world.chance.branch('strangers')
  }

  /** @returns ends the habit */
  begin(model: Model, habit: Habit): () => void {
    let timer: Timer
    const arm = (): void => {
      timer = this.#world.clock.setTimer(this.#chance.vary(habit.every, 0.5), () => {
        this.#timers.delete(timer)
        this.#act(model, habit)
        arm()
      })
      this.#timers.add(timer)
    }
    arm()
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  /** Somebody enqueues an action; who asks for a unit that is not there gets an error, and nobody else sees anything. */
  #act(model: Model, {action, parameters = {}, application, user = 'admin'}: Habit): void {
    const able = [...model.applications.values()].filter(
      candidate => (application ?? candidate.name) === candidate.name && plays(candidate, action),
    )
    const unit = this.#chance.pick(able.flatMap(({units}) => [...units.values()]).filter(({life}) => life === 'alive'))
    if (unit !== undefined) this.#world.enqueue(model, {unit: unit.name, action, parameters}, user)
  }
}

function plays({charm}: Application, action: string): boolean {
  return action === 'juju-exec' || action in charm.description.actions
}
