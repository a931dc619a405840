import type {Clock, Timer} from '../../../src/time/clock.ts'
import type {Model} from './model.ts'
import {hasEnded, operationCompleted} from './operations.ts'
import type {Operation} from './operations.ts'

/** How long a model remembers operations that have ended: its options `max-action-results-age` and `-size`. */
export interface Retention {
  /** ms since the operation ended */
  readonly maxAge: number
  readonly maxBytes: number
}

const day = 86_400_000

/** Juju's defaults: 336h and 5G. */
export const usualRetention: Retention = {maxAge: 14 * day, maxBytes: 5 * 1024 ** 3}

/** Once a day, as in Juju, each model forgets operations that are too old, and then the oldest until the rest fits. */
export class Pruner {
  readonly #clock: Clock
  readonly #models: () => Iterable<Model>
  readonly #now: () => number
  #timer: Timer

  /** @param models those that are not being migrated */
  constructor(clock: Clock, models: () => Iterable<Model>, now: () => number) {
    this.#clock = clock
    this.#models = models
    this.#now = now
    this.#timer = this.#arm()
  }

  stop(): void {
    this.#timer.cancel()
  }

  #arm(): Timer {
    return this.#clock.setTimer(day, () => {
      this.#timer = this.#arm()
      for (const model of this.#models()) prune(model, this.#now())
    })
  }
}

/** @param now the controller's time */
export function prune({operations, retention}: Model, now: number): void {
  operations.prune(operation => (operationCompleted(operation) ?? operation.enqueued) > now - retention.maxAge)
  let excess = -retention.maxBytes
  const sizes = new Map<Operation, number>()
  for (const operation of operations.all.values()) {
    const size = sizeOf(operation)
    sizes.set(operation, size)
    excess += size
  }
  operations.prune(operation => {
    if (excess <= 0) return true
    excess -= operation.tasks.every(hasEnded) ? (sizes.get(operation) ?? 0) : 0
    return false
  })
}

/** About what it takes in the database. */
function sizeOf({tasks}: Operation): number {
  return tasks.reduce((sum, {parameters, output, log}) => sum + JSON.stringify([parameters, output, log]).length, 0)
}
