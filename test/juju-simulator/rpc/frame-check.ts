import {allCalls} from '../../../src/juju/facades/index.ts'
import type {Call} from '../../../src/juju/facades/call.ts'
import {JujuFault} from '../juju-fault.ts'
import type {Request} from './frames.ts'

/** Holds every answer, and on wish every request, against the schemas that the client uses too. */
export class FrameCheck {
  readonly problems: string[] = []
  readonly #calls: ReadonlyMap<string, Call>
  readonly #checksParams: boolean

  /** @param checksParams false when the test sends odd requests on purpose */
  constructor(checksParams: boolean) {
    this.#calls = new Map(allCalls.map(call => [`${call.facade}.${call.method}`, call]))
    this.#checksParams = checksParams
  }

  result(request: Request, response: unknown): void {
    const call = this.#calls.get(`${request.facade}.${request.method}`)
    if (call === undefined || !call.versions.includes(request.version)) return
    this.#hold(`result of ${request.facade}.${request.method}`, call.result.safeParse(response))
    if (this.#checksParams)
      this.#hold(`params of ${request.facade}.${request.method}`, call.params.safeParse(request.params))
  }

  /** The simulator itself failed: the client sees what Juju makes of a panic, the test fails at its end. */
  crashed(request: Request, error: unknown): JujuFault {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.problems.push(`${request.facade}.${request.method} crashed: ${words}`)
    return new JujuFault(`runtime error: ${words}`)
  }

  /** @throws Error when a frame did not fit */
  assertClean(): void {
    if (this.problems.length > 0) throw new Error(`frames that do not fit their schema:\n${this.problems.join('\n')}`)
  }

  #hold(what: string, parsed: {readonly success: boolean; readonly error?: Error | undefined}): void {
    if (!parsed.success) this.problems.push(`${what}: ${parsed.error?.message ?? ''}`)
  }
}
