import type {Clock} from '../../time/clock.ts'
import {ConnectionLost, JujuError, mayHaveHappened} from '../errors.ts'
import type {ModelSession} from '../model-session.ts'
import type {Write, WriteIntent} from './write.ts'

/** What is known of a write right after it was sent. Only `Uncertain` leaves its intent open, for `look`. */
export type Sent<Result> =
  | {readonly kind: 'Done'; readonly result: Result}
  /** Juju refused, and nothing happened */
  | {readonly kind: 'Refused'; readonly error: JujuError}
  /** nothing left this process */
  | {readonly kind: 'NotSent'; readonly why: string}
  /** it may have had its effect, or may yet have it */
  | {readonly kind: 'Uncertain'; readonly error: Error}

/** A session, as far as it takes to send. */
export type SendingSession = Pick<ModelSession, 'call' | 'state' | 'reconnect'>

/** An intent is as old as this at most when its call is sent, ms: what is left of the time-out has to do for the call. */
const sendWithinMs = 5_000

/**
 * Sends the write of an intent that was written down. The call's time-out counts from the intent. It goes out on a connection
 * that stood when the intent was written: every one that is opened later is a new one for the look-up.
 *
 * What has not left this machine when the look-up gives the connection up never arrives. What Juju has taken by then is assumed
 * to have its effect within the time-out; a server that works on a call for longer than that could be seen too early.
 *
 * @throws what is neither Juju's refusal nor a lost reply, such as Unsupported; then nothing was sent
 */
export async function send<Target, Before, Seen, Result>(
  session: SendingSession,
  write: Write<Target, Before, Seen, Result>,
  intent: WriteIntent<Target, Before>,
  {clock, signal}: {readonly clock: Clock; readonly signal?: AbortSignal | undefined},
): Promise<Sent<Result>> {
  const now = clock.now()
  const why = whyNotSend(session, intent, now)
  // Our clock went back: until it is there again, this connection would look newer than every intent.
  if (session.state.kind === 'connected' && session.state.since > now) session.reconnect()
  if (why !== undefined) return {kind: 'NotSent', why}
  const timeoutMs = intent.time + intent.callTimeoutMs - now
  try {
    return {kind: 'Done', result: await write.send(session, intent.target, {signal, timeoutMs})}
  } catch (error) {
    if (error instanceof JujuError) return {kind: write.isSettledBy?.(error) === false ? 'Uncertain' : 'Refused', error}
    if (mayHaveHappened(error)) return {kind: 'Uncertain', error: error as Error}
    if (error instanceof ConnectionLost) return {kind: 'NotSent', why: error.message}
    throw error
  }
}

function whyNotSend(
  {state}: SendingSession,
  {time, callTimeoutMs}: WriteIntent<unknown, unknown>,
  now: number,
): string | undefined {
  if (now < time) return 'the clock went back after the intent was written'
  if (now - time > Math.min(sendWithinMs, callTimeoutMs)) return 'writing the intent took too long'
  if (state.kind !== 'connected') return 'the connection was lost'
  return state.since > time ? 'the connection was made anew after the intent' : undefined
}
