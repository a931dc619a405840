import type {Writable} from 'node:stream'
import type {RawData, WebSocket} from 'ws'
import type {Clock} from '../time/clock.ts'
import type {Transport} from './transport.ts'

/** A connection that carries text frames both ways; what the calls stand on. */
export interface FrameChannel {
  /** @throws Error when the connection is not open, or the other side does not read; then nothing was handed over */
  send(frame: string): void
  /** `message` gets every frame, `closed` is called once, with why */
  listen(handlers: {message: (frame: string) => void; closed: (why: string) => void}): void
  /** Says goodbye, and gives the connection up when the other side does not. What was sent before may still arrive. */
  close(): void
  /** Gives the connection up now: of what has not left this machine yet, nothing will. */
  terminate(): void
}

/** How long the other side may take to say goodbye, in ms. */
const closingMs = 2000

/**
 * How much may wait for the other side to read, in bytes. The longest requests are some kilobytes, so that more means that
 * nobody reads; the heartbeat will end such a connection, and until then it must not fill the memory.
 */
const maxUnreadBytes = 8 * 1024 * 1024

/** A websocket that is open, and what it stands on. */
export interface OpenSocket {
  readonly socket: WebSocket
  /** what the websocket writes to */
  readonly stream: Writable
  readonly transport: Pick<Transport, 'reset'>
}

/** Frames over a websocket that is open. */
export class WebSocketChannel implements FrameChannel {
  readonly #socket: WebSocket
  readonly #stream: Writable
  readonly #transport: OpenSocket['transport']
  readonly #clock: Clock
  #corked = false

  constructor({socket, stream, transport}: OpenSocket, clock: Clock) {
    this.#socket = socket
    this.#stream = stream
    this.#transport = transport
    this.#clock = clock
  }

  send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) throw new Error('the connection is closing')
    if (this.#socket.bufferedAmount > maxUnreadBytes) throw new Error('the other side has stopped reading')
    this.#holdBack()
    this.#socket.send(frame)
  }

  /** Frames that are sent in one go leave together: a TLS record and a write for each cost more than the calls. */
  #holdBack(): void {
    if (this.#corked) return
    this.#corked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#corked = false
      this.#stream.uncork()
    })
  }

  listen(handlers: {message: (frame: string) => void; closed: (why: string) => void}): void {
    let failure: string | undefined
    this.#socket.on('message', data => handlers.message(textOf(data)))
    this.#socket.on('error', error => (failure ??= error.message))
    this.#socket.once('close', (code, reason) => {
      handlers.closed(failure ?? (reason.length > 0 ? `${reason.toString()} (${code})` : `websocket closed (${code})`))
    })
    // It may have closed between the handshake and now; 'close' was emitted then.
    if (this.#socket.readyState === this.#socket.CLOSED) handlers.closed('websocket closed')
  }

  close(): void {
    const timer = this.#clock.setTimer(closingMs, () => this.terminate())
    this.#socket.once('close', () => timer.cancel())
    if (this.#socket.readyState === this.#socket.CLOSED) timer.cancel()
    else this.#socket.close(1000)
  }

  terminate(): void {
    this.#transport.reset()
    this.#socket.terminate()
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString()
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString()
}
