import {readFile} from 'node:fs/promises'

import type {Clock} from '../time/clock.ts'

/** A certificate and its key, both PEM. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
}

/** How this process proves who it is. */
export interface Credentials {
  /** The value of the Authorization header; undefined when none is needed. */
  authorization(): Promise<string | undefined>
  /** The server answered 401. @returns whether asking again may give something better */
  refused(): boolean
  /** A client certificate that comes with the credentials rather than from the kubeconfig. */
  certificate?(): Promise<CertificatePair | undefined>
}

/** What never changes: a token, a user and password, or nothing (then a client certificate may do). */
export function fixedCredentials(authorization: string | undefined): Credentials {
  return {authorization: () => Promise.resolve(authorization), refused: () => false}
}

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/** client-go's interval; the kubelet replaces a token long before it expires. */
const rereadAfterMs = 60_000

/** A token in a file that somebody replaces now and then, such as the kubelet. */
export class TokenFile implements Credentials {
  readonly #path: string
  readonly #clock: Clock
  #token: string | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<string> | undefined

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  /** @throws the file system's error when the file could never be read; later, the last token is good enough */
  async authorization(): Promise<string> {
    if (this.#token !== undefined && this.#clock.monotonic() - this.#readAt < rereadAfterMs) return this.#token
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)))
  }

  refused(): boolean {
    this.#readAt = Number.NEGATIVE_INFINITY
    return true
  }

  async #read(): Promise<string> {
    try {
      this.#token = `Bearer ${(await readFile(this.#path, 'utf8')).trim()}`
    } catch (error) {
      if (this.#token === undefined) throw error
    }
    this.#readAt = this.#clock.monotonic()
    return this.#token
  }
}
