import {Backoff} from '../time/backoff.ts'
import type {Random} from '../time/clock.ts'
import {ApiError, TransportError} from './errors.ts'

export interface RetryPolicy {
  /** How often a call is tried in all. */
  readonly attempts: number
  /** A server that asks for a longer pause than this is obeyed by the caller's queue, not by waiting here. */
  readonly longestPauseMs: number
}

export const defaultRetryPolicy: RetryPolicy = Object.freeze({attempts: 5, longestPauseMs: 15_000})

/** Pauses between tries where the server names none. */
export function retryBackoff(random: Random): Backoff {
  return new Backoff({initialMs: 200, maxMs: 5_000, random})
}

const serverTroubles: ReadonlySet<number> = new Set([500, 502, 503, 504])

/**
 * May the call be tried again?
 *
 * 429 says that nothing was done, and a failed connection that nothing was received: those are safe for every call. Else
 * only calls that may run twice are repeated.
 */
export function isRetryable(error: unknown, idempotent: boolean): boolean {
  if (error instanceof ApiError) return error.status === 429 || (idempotent && serverTroubles.has(error.status))
  if (error instanceof TransportError) return idempotent || !error.outcomeUnknown
  return false
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3); undefined when absent or not understood. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

const neverReached: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** OpenSSL's words for a certificate that does not verify, as Node hands them on. */
const certificateTrouble = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_)/

/** The server's certificate is not trusted: perhaps its CA was rotated. */
export function isCertificateError(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && certificateTrouble.test(code)
}

/** Certain that no byte of the request reached the server. */
export function neverReachedServer(error: unknown): boolean {
  const code = codeOf(error)
  return (code !== undefined && neverReached.has(code)) || isCertificateError(error)
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}
