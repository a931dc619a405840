/** Pieces of work begun in one turn of the event loop before others wait for the next: of the quickest ones they take some 20 ms. */
const mostInATurn = 32

/**
 * Shares the event loop. Work that never waits for anything outside follows itself in microtasks, without an end as long as there is
 * some: timers, answers and the renewal of the lease would wait for the last piece of it.
 */
export class Turns {
  #begun = 0
  #over: Promise<void> = Promise.resolve()

  /** Call it before each piece of work. @returns what to wait for before it begins; undefined: nothing */
  begin(): Promise<void> | undefined {
    if (this.#begun++ === 0) this.#over = new Promise(resolve => setImmediate(this.#next, resolve))
    return this.#begun > mostInATurn ? this.#over : undefined
  }

  readonly #next = (resolve: () => void): void => {
    this.#begun = 0
    resolve()
  }
}
