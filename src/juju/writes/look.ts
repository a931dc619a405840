import type {Clock} from '../../time/clock.ts'
import {ConnectionLost} from '../errors.ts'
import type {ModelSession} from '../model-session.ts'
import {fullStatus} from '../status.ts'
import {arrivesBefore, judge} from './judge.ts'
import type {Verdict, Write, WriteIntent} from './write.ts'

/** A session, as far as it takes to look. */
export type LookingSession = Pick<ModelSession, 'call' | 'state' | 'reconnect' | 'whenConnected'>

/**
 * Looks up what came of a write whose reply never came. It waits for nothing: before the call's time-out is over it says
 * `NotYet`. A connection that may have carried the call is given up for a new one.
 *
 * @throws JujuError, ConnectionLost, UnexpectedReply: nothing is known, so look again
 */
export async function look<Target, Before, Seen, Result>(
  session: LookingSession,
  write: Write<Target, Before, Seen, Result>,
  intent: WriteIntent<Target, Before>,
  {clock, signal}: {readonly clock: Clock; readonly signal?: AbortSignal | undefined},
): Promise<Verdict<Result>> {
  const until = arrivesBefore(intent)
  if (clock.now() < until) return {kind: 'NotYet', until}
  const connectedSince = await newConnection(session, intent.time, signal)
  const readAt = clock.now()
  const application = write.application(intent.target)
  const status = application === undefined ? undefined : await fullStatus(session, [application], {signal})
  const seen = await write.read(session, intent, status, {signal})
  return judge(write, intent, {seen, readAt, connectedSince, controllerTime: status?.controllerTime})
}

/** @returns since when there is a connection that was opened after `time`, ms of the wall clock */
async function newConnection(session: LookingSession, time: number, signal: AbortSignal | undefined): Promise<number> {
  if (session.state.kind === 'connected' && session.state.since <= time) session.reconnect()
  await session.whenConnected(signal)
  const {state} = session
  if (state.kind !== 'connected') throw new ConnectionLost('the connection was lost again', false)
  return state.since
}
