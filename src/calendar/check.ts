import {CalendarMemo} from './memo.ts'
import type {PatternProblem} from './problem.ts'

/** Why a schedule cannot be used; undefined where it can. */
export function checkPattern(
  schedule: string,
  timeZone: string,
  memo = new CalendarMemo(),
): PatternProblem | undefined {
  const read = memo.read(schedule)
  if ('reason' in read) return read
  if (read.never) return {reason: 'NeverMatches', field: 'day of month', position: 3, message: neverMessage}
  const wrong = checkZone(timeZone, memo)
  return wrong === undefined ? undefined : {reason: 'InvalidSchedule', field: 'time zone', message: wrong}
}

const neverMessage =
  'day of month (field 3 of 5) names only days that the months in field 4 do not have, so this schedule would never run; choose a day that they have'

/** Names of three letters that Intl takes for a zone although they have several meanings (IST: India, Israel, Ireland), less those that IANA has. */
const ambiguous = /^(?!(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$)[A-Z]{3}$/i

/** Why a time zone cannot be used, as a sentence; undefined where it can. */
export function checkZone(timeZone: string, memo = new CalendarMemo()): string | undefined {
  if (timeZone === '') return 'the time zone is empty; write a name such as UTC or Europe/Berlin'
  const offset = /^(?:UTC|GMT)?([+-])(0?\d|1[0-4])(?::?00)?$/i.exec(timeZone)
  if (offset !== null) {
    // Etc/GMT zones count westwards: the sign is the other way round.
    const [, sign, hours] = offset
    return `"${timeZone}" is an offset and no time zone; write Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)} (its sign is reversed), or a place such as Europe/Berlin`
  }
  const known = !ambiguous.test(timeZone) && !/^[+-]/.test(timeZone) && isKnown(timeZone, memo)
  return known
    ? undefined
    : `"${timeZone}" is not a time zone of the IANA database; write a name such as UTC or Europe/Berlin`
}

function isKnown(timeZone: string, memo: CalendarMemo): boolean {
  try {
    memo.zone(timeZone)
    return true
  } catch (fault) {
    if (fault instanceof RangeError) return false
    throw fault
  }
}
