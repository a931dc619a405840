import type {RestoreCapability, RestoreTarget} from '../../../charms/restore.ts'
import type {ListedBackup} from './backups.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import type {Known, Window} from './window.ts'

/** What is brought back, and why; with a blocker the target is empty. */
export interface Choice {
  readonly chosen: ListedBackup | undefined
  /** a sentence without its beginning and its end: `it is …` */
  readonly because: string
  readonly target: RestoreTarget
  readonly window: Window | undefined
  readonly blocker: Blocker | undefined
}

/** All that a choice is made from. */
export interface Matter extends Known {
  readonly question: PlanQuestion
  readonly capability: RestoreCapability
  /** oldest first, unusable ones too */
  readonly backups: readonly ListedBackup[]
}

export function take(chosen: ListedBackup, target: RestoreTarget, because: string, window: Window | undefined): Choice {
  return {chosen, target, because, window, blocker: undefined}
}

/** @param chosen the backup that was meant, where that is known */
export function refuse(window: Window | undefined, blocker: Blocker, chosen?: ListedBackup): Choice {
  return {chosen, target: {}, because: 'nothing can be restored as asked', window, blocker}
}

export const notFound = (message: string): Blocker => ({reason: 'BackupNotFound', message})

/** @param message goes on after the moment */
export const outsideWindow = (moment: string, message: string): Blocker => ({
  reason: 'OutsideWindow',
  message: `restore.pointInTime ${moment}${message}`,
})
