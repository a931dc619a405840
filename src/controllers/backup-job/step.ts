import type {BackupJobReason, BackupJobStatus, HookRun, UnitChange} from '../../api/backup-job.ts'
import type {Scalar} from '../../juju/parameters.ts'
import type {ReadingName} from './observed.ts'

/** Fields of the status to set; `undefined` removes a field, a field that is absent stays. */
export type StatusPatch = {readonly [K in keyof BackupJobStatus]?: BackupJobStatus[K] | undefined}

/** A condition beside Succeeded. */
export interface ExtraCondition {
  readonly type: 'Verified' | 'ParentMismatch' | 'CancelRefused' | 'DataPresent' | 'SizeAnomaly'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** What an event says; emitted once, when the status that carries the transition was written. */
export interface Announcement {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly note: string
}

/** What the status says after a step. */
export interface Report {
  readonly reason: BackupJobReason
  readonly message: string
  readonly patch?: StatusPatch
  readonly conditions?: readonly ExtraCondition[]
  /** conditions that no longer hold and leave the status */
  readonly drop?: readonly ExtraCondition['type'][]
  readonly event?: Announcement
  /** Juju was asked for this report, and is away: `lastSeenTime` stays */
  readonly unseen?: true
  /**
   * Absent: it is written at once. All of the others can be found out again after a crash, so they may wait, and are often
   * overtaken: `Brief` is a state that should be over in a moment, `Progress` is what a running task shows.
   */
  readonly weight?: 'Brief' | 'Progress'
}

/** The intent of one enqueue, complete: it is written to the status before the call. */
export interface EnqueuePlan {
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, Scalar>>
  readonly highestOperationID: string
  readonly controllerTime: string
  readonly newestBackupID: string
}

/** A run of a hook as it is written down before its call; the time is that of the writing. */
export type HookPlan = Omit<HookRun, 'time' | 'operationID' | 'taskID' | 'taskStatus' | 'message'>
/** A change of units as it is written down before its call; the time is that of the writing. */
export type UnitChangePlan = Omit<UnitChange, 'time'>

/**
 * The one thing to do next. At most one of them has an effect in Juju (`enqueue`, `hook`, `changeUnits`, `cancel`) or creates or
 * ends an object (`createChild`, `cancelChild`); each carries the report that is written before that effect.
 */
export type Step =
  | {readonly do: 'nothing'; readonly afterMs?: number}
  | {readonly do: 'wait'; readonly report: Report; readonly afterMs?: number}
  | {readonly do: 'read'; readonly readings: readonly ReadingName[]; readonly report: Report}
  | {readonly do: 'ask'}
  | {readonly do: 'enqueue'; readonly plan: EnqueuePlan; readonly report: Report}
  | {readonly do: 'hook'; readonly plan: HookPlan; readonly report: Report}
  | {readonly do: 'changeUnits'; readonly plan: UnitChangePlan; readonly report: Report}
  | {readonly do: 'createChild'; readonly name: string; readonly report: Report}
  | {readonly do: 'cancelChild'; readonly name: string; readonly report: Report}
  | {readonly do: 'cancel'; readonly taskID: string; readonly report: Report}
  | {readonly do: 'finish'; readonly report: Report}
  | {readonly do: 'release'; readonly because: string; readonly lost: boolean; readonly patch?: StatusPatch}
  | {readonly do: 'delete'; readonly because: string}

export type Wait = Extract<Step, {do: 'wait'}>
export type Finish = Extract<Step, {do: 'finish'}>

/** A rule that has an opinion returns the step; `undefined` leaves it to the next rule. */
export type Rule<In> = (observed: In) => Step | undefined

/** The first rule with an opinion decides; the order of the list is the specification. */
export function firstOf<In>(...rules: readonly Rule<In>[]): Rule<In> {
  return observed => {
    for (const rule of rules) {
      const step = rule(observed)
      if (step) return step
    }
    return undefined
  }
}

/** Beside reason and message of a wait: the rest of the report, and when to look again. */
interface WaitMore extends Omit<Report, 'reason' | 'message'> {
  readonly afterMs?: number
}

/** Waits, and says for what. */
export const wait = (reason: BackupJobReason, message: string, more: WaitMore = {}): Wait => {
  const {afterMs, ...rest} = more
  const report = {reason, message, ...rest}
  return {do: 'wait', report, ...(afterMs === undefined ? {} : {afterMs})}
}

/** Ends the job; the outcome is never changed afterwards. */
export const finish = (
  reason: BackupJobReason,
  message: string,
  more: Omit<Report, 'reason' | 'message'> = {},
): Finish => ({
  do: 'finish',
  report: {reason, message, ...more},
})

/** Reads something in the background; what is being read, or has failed and is not due yet, is waited for. */
export const read = (reason: BackupJobReason, message: string, ...readings: readonly ReadingName[]): Step => ({
  do: 'read',
  readings,
  report: {reason, message, weight: 'Brief'},
})
