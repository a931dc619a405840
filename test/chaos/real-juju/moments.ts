import type {Clock} from '../../../src/time/clock.ts'

/** Times as Juju writes them into its JSON. */
const time = /"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))"/g
/** A server that was started before the first mark has times from before it, ms. */
const startedWithinMs = 3_600_000

/**
 * Which moment of the virtual clock a moment of the machine's clock was: a server that lives in real time is shown to a client that
 * lives in virtual time. The virtual clock has to lie years away from the machine's, so that a time tells whose it is.
 */
export class Moments {
  readonly #clock: Clock
  /** ms since the epoch, ascending */
  readonly #marks: {readonly real: number; readonly virtual: number}[]

  constructor(clock: Clock) {
    this.#clock = clock
    this.#marks = [{real: Date.now(), virtual: clock.now()}]
  }

  /** To be called before the server is asked anything. */
  mark(): void {
    const virtual = this.#clock.now()
    if (this.#marks.at(-1)?.virtual !== virtual) this.#marks.push({real: Date.now(), virtual})
  }

  /** The text with the server's times as virtual ones; all other times stay as they are. */
  shown(text: string): string {
    return text.replaceAll(time, (whole, found: string) => {
      const moment = Date.parse(found)
      const [first] = this.#marks
      if (first === undefined || moment < first.real - startedWithinMs || moment > Date.now()) return whole
      const mark = this.#marks.findLast(({real}) => real <= moment)
      const virtual = mark?.virtual ?? first.virtual - (first.real - moment)
      return `"${new Date(virtual).toISOString()}"`
    })
  }
}
