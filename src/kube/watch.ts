import type {KubeObject} from '../api/meta.ts'
import type {Clock, Timer} from '../time/clock.ts'
import type {Call, Caller} from './caller.ts'
import {ApiError, type Status, TransportError, WatchGarbled, WatchIdle} from './errors.ts'
import {splitLines} from './line-splitter.ts'

/** A change, or a BOOKMARK, which only moves the resourceVersion. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  /** Of a BOOKMARK only the metadata is filled. */
  readonly object: T
}

/** A living watch shows at least a bookmark a minute; two missed ones and some slack mean that nobody is there. */
export const watchIdleMs = 135_000

const knownTypes: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])

export interface WatchStream {
  readonly caller: Caller
  readonly call: Call
  readonly clock: Clock
  readonly idleMs: number
}

/**
 * The events of one watch request, in the batches in which they arrive; ends when the server ends it.
 *
 * @throws ApiError (refused, or an ERROR event in the stream: 410 is `isGone`), WatchIdle (half-open connection),
 *   WatchGarbled (a line that is no event), TransportError, or the reason of the call's signal
 */
export async function* streamEvents<T extends KubeObject>(
  stream: WatchStream,
): AsyncGenerator<readonly WatchEvent<T>[]> {
  const {caller, call} = stream
  const ending = new AbortController()
  const forward = (): void => ending.abort(call.signal?.reason)
  call.signal?.addEventListener('abort', forward, {once: true})
  try {
    const response = await caller.open(call, ending)
    yield* readBatches<T>(response.body, stream, ending)
  } finally {
    call.signal?.removeEventListener('abort', forward)
    // Whoever stops reading early closes the connection, or the server would keep writing into it.
    ending.abort(new Error('the watch is no longer read'))
  }
}

async function* readBatches<T extends KubeObject>(
  body: AsyncIterable<Uint8Array>,
  {call, clock, idleMs}: WatchStream,
  ending: AbortController,
): AsyncGenerator<readonly WatchEvent<T>[]> {
  const idle = new IdleTimer(clock, idleMs, () => ending.abort(new WatchIdle(call, idleMs)))
  try {
    for await (const lines of splitLines(body)) {
      idle.touch()
      if (lines.length > 0) yield lines.map(line => parseEvent<T>(line, call))
    }
  } catch (error) {
    throw readingFault(error, call, ending.signal)
  } finally {
    idle.stop()
  }
}

function readingFault(error: unknown, call: Call, signal: AbortSignal): unknown {
  if (error instanceof ApiError || error instanceof WatchGarbled) return error
  return signal.aborted ? signal.reason : new TransportError(call, error, false)
}

function parseEvent<T extends KubeObject>(line: string, call: Call): WatchEvent<T> {
  const event = parseJson(line, call)
  if (event.type === 'ERROR') {
    const status = (event.object ?? {}) as Status
    throw new ApiError(call, status.code ?? 500, status)
  }
  if (!knownTypes.has(event.type) || typeof event.object?.metadata !== 'object')
    throw new WatchGarbled(`${call.path}: a line of the watch is no event`)
  return event as WatchEvent<T>
}

function parseJson(line: string, call: Call): {type: string; object?: {metadata?: object}} {
  try {
    return JSON.parse(line) as {type: string}
  } catch (cause) {
    throw new WatchGarbled(`${call.path}: a line of the watch is not JSON`, {cause})
  }
}

/** Fires when nothing touched it for `idleMs`. Touching is only a note: events are frequent, timers are not free. */
class IdleTimer {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #fire: () => void
  #touchedAt: number
  #timer: Timer

  constructor(clock: Clock, idleMs: number, fire: () => void) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#fire = fire
    this.#touchedAt = clock.monotonic()
    this.#timer = clock.setTimer(idleMs, this.#check)
  }

  touch(): void {
    this.#touchedAt = this.#clock.monotonic()
  }

  stop(): void {
    this.#timer.cancel()
  }

  readonly #check = (): void => {
    const left = this.#touchedAt + this.#idleMs - this.#clock.monotonic()
    if (left <= 0) this.#fire()
    else this.#timer = this.#clock.setTimer(left, this.#check)
  }
}
