import type {Verdict, Write, WriteIntent} from './write.ts'

/** What was read of Juju about one write. */
export interface Evidence<Seen> {
  readonly seen: Seen
  /** when the reading began, ms of our own wall clock */
  readonly readAt: number
  /** when the connection that was read on was opened, ms of the same clock */
  readonly connectedSince: number
  /** the controller's clock at the reading, RFC 3339 */
  readonly controllerTime?: string | undefined
}

/** When a call can no longer arrive, ms of our own wall clock. */
export function arrivesBefore({
  time,
  callTimeoutMs,
}: Pick<WriteIntent<unknown, unknown>, 'time' | 'callTimeoutMs'>): number {
  return time + callTimeoutMs
}

/**
 * What came of a write, by evidence that may be of any moment. It proves something only when it was read after the call's
 * time-out, by our clock and the controller's, on a connection that was opened after the intent.
 */
export function judge<Target, Before, Seen, Result>(
  write: Pick<Write<Target, Before, Seen, Result>, 'proves'>,
  intent: WriteIntent<Target, Before>,
  evidence: Evidence<Seen>,
): Verdict<Result> {
  const {seen, readAt, connectedSince} = evidence
  const until = readAt + Math.max(arrivesBefore(intent) - readAt, waitByTheController(intent, evidence.controllerTime))
  if (until > readAt || connectedSince <= intent.time) return {kind: 'NotYet', until}
  return write.proves(intent, seen, readAt)
}

/**
 * How long the call may still arrive by the controller's clock, ms: another process with another clock may look than the one
 * that sent. A controller's clock that went back tells nothing.
 */
function waitByTheController(
  {controllerTime, callTimeoutMs}: WriteIntent<unknown, unknown>,
  now: string | undefined,
): number {
  const passed = Date.parse(now ?? '') - Date.parse(controllerTime ?? '')
  return passed >= 0 ? callTimeoutMs - passed : 0
}
