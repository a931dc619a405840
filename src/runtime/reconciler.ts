import type {Logger} from '../observability/log.ts'

/** What a reconcile that went well wants next: nothing until something changes, or another look after a time. */
export interface Result {
  readonly requeueAfterMs?: number
  /** Time alone will not change anything: the resync leaves the object out. */
  readonly atRest?: true
}

/** Nothing to do until something changes. */
export const done: Result = Object.freeze({})

/** Nothing to do until somebody changes the object, not even a look now and then. */
export const atRest: Result = Object.freeze({atRest: true})

/** Look again after `ms`, or earlier when something changes. */
export const requeueAfter = (ms: number): Result => ({requeueAfterMs: ms})

export interface ReconcileContext {
  /** Aborts when the reconcile takes too long or the process stops; hand it to every call. */
  readonly signal: AbortSignal
  /** Carries the controller's name, the object's key and the reconcile's id. */
  readonly log: Logger
}

export interface Reconciler {
  /**
   * Brings the object `namespace/name` nearer to what its spec says. Never runs twice at once for one key.
   *
   * @throws anything: tried again with growing pauses. TerminalError: not before the object changes.
   */
  reconcile(key: string, context: ReconcileContext): Promise<Result>
}

/** Trying again would not help; the object has to change first. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError'
}

/** The reconcile took longer than the controller allows; its signal was aborted with this. */
export class ReconcileTimeout extends Error {
  override readonly name = 'ReconcileTimeout'

  constructor(timeoutMs: number) {
    super(`the reconcile took longer than ${timeoutMs} ms`)
  }
}
