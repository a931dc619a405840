import {Duplex} from 'node:stream'

/** What travels: bytes, the end of what this side says, or a reset of the connection. */
type Parcel = {readonly bytes: Buffer; readonly taken: () => void} | 'end' | 'reset'

/**
 * One end of a connection within this process. As with a socket, nothing arrives before the code that sent it has run to its end:
 * what is on its way is there with the next turn of the event loop, in order.
 */
export class LinkEnd extends Duplex {
  readonly #send: (parcel: Parcel) => void
  readonly #onTraffic: () => void
  #underway: Parcel[] = []
  /** tells the other side that there is room again */
  #taken: (() => void) | undefined

  /** @param send puts something on its way to the other end */
  private constructor(send: (parcel: Parcel) => void, onTraffic: () => void) {
    super()
    this.#send = send
    this.#onTraffic = onTraffic
  }

  /** Both ends of one connection. @param onTraffic hears of everything that is sent and of everything that arrives */
  static pair(onTraffic: () => void): readonly [LinkEnd, LinkEnd] {
    const one: LinkEnd = new LinkEnd(parcel => other.#expect(parcel), onTraffic)
    const other: LinkEnd = new LinkEnd(parcel => one.#expect(parcel), onTraffic)
    return [one, other]
  }

  /** As a TCP reset: the other side hears of no end, but of an error. */
  resetAndDestroy(): void {
    if (this.destroyed) return
    this.#send('reset')
    this.destroy()
  }

  override _read(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    this.#send({bytes, taken})
  }

  override _final(done: () => void): void {
    this.#send('end')
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#onTraffic()
    if (!this.writableFinished) this.#send('end')
    this.#taken?.()
    done(error)
  }

  /** Something is on its way to this end. */
  #expect(parcel: Parcel): void {
    this.#onTraffic()
    this.#underway.push(parcel)
    if (this.#underway.length === 1) setImmediate(() => this.#arrive())
  }

  #arrive(): void {
    const parcels = this.#underway
    this.#underway = []
    this.#onTraffic()
    for (const parcel of parcels) this.#take(parcel)
  }

  #take(parcel: Parcel): void {
    if (typeof parcel === 'object') this.#takeBytes(parcel)
    else if (this.destroyed) return
    else if (parcel === 'end') this.push(null)
    else this.destroy(Object.assign(new Error('read ECONNRESET'), {code: 'ECONNRESET', syscall: 'read'}))
  }

  #takeBytes({bytes, taken}: Extract<Parcel, object>): void {
    if (this.destroyed || this.readableEnded || this.push(bytes)) taken()
    else this.#taken = taken
  }
}
