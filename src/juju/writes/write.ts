import type {CallOptions, Caller} from '../connection.ts'
import type {JujuError} from '../errors.ts'
import type {FullStatus} from '../status.ts'

/**
 * What was written down before a write was sent (api.md rule 11). It outlives the process: the controllers keep it in the
 * status of their objects.
 */
export interface WriteIntent<Target, Before> {
  readonly target: Target
  /** what was read right before, for telling afterwards whether anything happened */
  readonly before: Before
  /** when it was written down, ms of our own wall clock; sent only after that, on a connection that is older */
  readonly time: number
  /** the controller's clock then, RFC 3339 (FullStatus); absent where no application is concerned */
  readonly controllerTime?: string | undefined
  /** the call has its effect within this time after `time`, or never, ms */
  readonly callTimeoutMs: number
}

/** What is known of a write whose reply never came. */
export type Verdict<Result> =
  /** its effect is there; `result` is what the reply would have told */
  | {readonly kind: 'Happened'; readonly result: Result}
  /** proved: nothing came of it and nothing will */
  | {readonly kind: 'DidNotHappen'}
  /** what there is to see proves neither */
  | {readonly kind: 'Unknown'; readonly why: string}
  /** several may be it, and which one cannot be known; operation ids, or unit names */
  | {readonly kind: 'Ambiguous'; readonly ids: readonly string[]}
  /** it may still arrive, or could not be looked at well: look again at `until`, ms of our own wall clock */
  | {readonly kind: 'NotYet'; readonly until: number}

/**
 * Whether a write may be sent again although what came of the first one is not known.
 *
 * - `Harmless`: the same again changes nothing, or only what nobody sees.
 * - `WhenProved`: only after `DidNotHappen`.
 */
export type Repeat = 'Harmless' | 'WhenProved'

/**
 * One kind of write of Juju's API, described once: how it is sent, how what came of it is read, and what that proves. Only
 * `send` and `look` of this folder make use of it, and nothing else sends such a call (a test of the architecture).
 */
export interface Write<Target, Before, Seen, Result> {
  readonly name: string
  readonly repeat: Repeat
  /** the application whose status is part of the evidence; undefined: none is */
  readonly application: (target: Target) => string | undefined
  /** What has to be known before the call. @throws as reading calls do */
  readonly before: (caller: Caller, target: Target, options?: CallOptions) => Promise<Before>
  /** The call itself, each time it is called. @throws JujuError: Juju refused */
  readonly send: (caller: Caller, target: Target, options?: CallOptions) => Promise<Result>
  /**
   * Whether such a refusal proves that nothing happened. Absent: every one does, since Juju does the whole call in one
   * transaction or not at all.
   */
  readonly isSettledBy?: (refusal: JujuError) => boolean
  /**
   * What Juju shows now.
   *
   * @param status of the application, read on the same connection; undefined where none is concerned
   * @throws as reading calls do
   */
  readonly read: (
    caller: Caller,
    intent: WriteIntent<Target, Before>,
    status: FullStatus | undefined,
    options?: CallOptions,
  ) => Promise<Seen>
  /** What it proves, when the call cannot arrive any more. Pure. @param readAt ms of our own wall clock */
  readonly proves: (intent: WriteIntent<Target, Before>, seen: Seen, readAt: number) => Verdict<Result>
}

/** Fixes the four types of a description by what it holds. */
export function defineWrite<Target, Before, Seen, Result>(
  write: Write<Target, Before, Seen, Result>,
): Write<Target, Before, Seen, Result> {
  return write
}

/** Whether a write may be sent once more, as a new intent, after this verdict about the first one. */
export function mayBeSentAgain({repeat}: {readonly repeat: Repeat}, {kind}: Verdict<unknown>): boolean {
  return kind === 'DidNotHappen' || (kind === 'Unknown' && repeat === 'Harmless')
}

export const didNotHappen: Verdict<never> = {kind: 'DidNotHappen'}

export function happened<Result>(result: Result): Verdict<Result> {
  return {kind: 'Happened', result}
}

export function unknown(why: string): Verdict<never> {
  return {kind: 'Unknown', why}
}
