import type {Logger} from '../observability/log.ts'

/** Who wants to hear of something. A listener that throws is logged and does not keep the others from hearing. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** @returns stops the listening */
  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => listener(value)
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  emit(value: T): void {
    for (const listener of this.#all) {
      try {
        listener(value)
      } catch (error) {
        this.#log.error('a listener failed', {error: error instanceof Error ? error.message : String(error)})
      }
    }
  }
}
