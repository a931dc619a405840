/** Cron patterns, time zones and windows: when something comes due, as pure functions. Times are ms since the epoch. */
export {checkPattern, checkZone} from './check.ts'
export {describePattern} from './describe.ts'
export {longestGapMs, shortestGapMs} from './gaps.ts'
export {stableJitterMs} from './jitter.ts'
export {CalendarMemo} from './memo.ts'
export {previewSlots, type SlotPreview} from './preview.ts'
export {fieldNames, type FieldName, type PatternProblem} from './problem.ts'
export {countSlots, latestSlot, nextSlot} from './slots.ts'
export {checkWithin, type WithinQuestion} from './within.ts'
export {
  allowed,
  checkWindows,
  nextAllowed,
  weekdayNames,
  type TimeWindow,
  type WeekdayName,
  type WindowProblem,
} from './windows.ts'
export {collisions, type DueTimes} from './collisions.ts'
