import type {ListedBackup} from './backups.ts'
import type {Choice} from './choice.ts'
import {historiesOf, historyAfter, type History} from './histories.ts'
import type {PlanQuestion} from './plan.ts'
import {spanOf, timeOf, within} from './sentences.ts'
import {wishOf} from './wish.ts'

/** What of the present data goes, and where it may still be had. */
export function lossOf(question: PlanQuestion, choice: Choice, usable: readonly ListedBackup[]): string {
  if (choice.blocker !== undefined) return 'Nothing: it is not restored.'
  const over = historyAfter(historiesOf(question.rows), choice.target.timelineID ?? choice.chosen?.id ?? '')
  return within(1024, `${changesLost(question, choice, over)} ${whatRemains(question, choice, usable, over)}`)
}

/** @param over the timeline with which the one that is followed ended */
function changesLost({application, now, reach}: PlanQuestion, choice: Choice, over: History | undefined): string {
  const {chosen, target} = choice
  const wish = wishOf(target.moment)
  if (wish.kind === 'Moment') return `All changes of ${application} after ${when(wish.ms, now, wish.text)} are lost.`
  if (wish.kind === 'Latest' && over !== undefined) {
    const time = over.since === undefined ? '' : ` at ${when(over.since, now)}`
    return `All changes of ${application} since the timeline of ${over.id} began${time} are lost.`
  }
  if (wish.kind === 'Latest') {
    const last = reach?.find(({backupID}) => backupID === chosen?.id)?.last
    const newest =
      last === undefined ? '' : `; the newest piece of its log in the store is of ${when(Date.parse(last), now)}`
    return `What ${application} has not archived when the restore begins is lost${newest}.`
  }
  const end =
    chosen?.end === undefined ? 'when that was over is not known' : `it was over at ${when(chosen.end.ms, now)}`
  return `All changes of ${application} since backup ${chosen?.id} are lost; ${end}.`
}

const when = (ms: number, now: number, text = timeOf(ms)): string => `${text} (${spanOf(now - ms)} ago)`

function whatRemains(
  {spec}: PlanQuestion,
  choice: Choice,
  usable: readonly ListedBackup[],
  over: History | undefined,
): string {
  const newest = usable.at(-1)
  const kept =
    newest !== undefined && isLater(newest, choice, over)
      ? `Newer backups stay where they are; the newest is ${newest.id}.`
      : ''
  if (spec.safetyBackup === 'Required') return `${kept} A backup of the present data is made first.`.trim()
  if (spec.safetyBackup === 'IfPossible')
    return `${kept} A backup of the present data is made first, if possible.`.trim()
  return kept || 'No newer backup of the present data exists; restore.safetyBackup: Required makes one first.'
}

/** Whether the backup holds changes that the restore does not bring back. */
function isLater({id, end}: ListedBackup, {chosen, target}: Choice, over: History | undefined): boolean {
  const wish = wishOf(target.moment)
  if (wish.kind === 'Moment') return end !== undefined && end.ms > wish.ms
  return wish.kind === 'Latest' ? over !== undefined && id > over.id : id > (chosen?.id ?? '')
}
