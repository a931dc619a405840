import type {ListedBackup} from './backups.ts'
import type {Choice} from './choose.ts'
import {wishOf} from './moment.ts'
import type {PlanQuestion} from './plan.ts'
import {spanOf, timeOf, within} from './sentences.ts'

/** What of the present data goes, and where it may still be had. */
export function lossOf(question: PlanQuestion, choice: Choice, usable: readonly ListedBackup[]): string {
  if (choice.blocker !== undefined) return 'Nothing: it is not restored.'
  return within(1024, `${changesLost(question, choice)} ${whatRemains(question, choice, usable)}`)
}

function changesLost({application, now, reach}: PlanQuestion, {chosen, target}: Choice): string {
  const wish = wishOf(target.moment)
  if (wish.kind === 'Latest') {
    const ends = (reach ?? []).map(({last}) => Date.parse(last)).filter(ms => !Number.isNaN(ms))
    const newest = ends.length === 0 ? '' : `; the newest piece in the store is of ${when(Math.max(...ends), now)}`
    return `What ${application} has not archived when the restore begins is lost${newest}.`
  }
  if (wish.kind === 'Moment') return `All changes of ${application} after ${when(wish.ms, now, wish.text)} are lost.`
  if (chosen?.end === undefined)
    return `All changes of ${application} after backup ${chosen?.id ?? ''} are lost; when it was made is not known for certain.`
  return `All changes of ${application} after the end of backup ${chosen.id} are lost: ${when(chosen.end.ms, now)}.`
}

const when = (ms: number, now: number, text = timeOf(ms)): string => `${text} (${spanOf(now - ms)} ago)`

function whatRemains({spec}: PlanQuestion, {chosen, target}: Choice, usable: readonly ListedBackup[]): string {
  const newest = usable.at(-1)
  const wish = wishOf(target.moment)
  const newer =
    newest !== undefined &&
    wish.kind !== 'Latest' &&
    (wish.kind === 'Moment' ? newest.end !== undefined && newest.end.ms > wish.ms : newest.id > (chosen?.id ?? ''))
  const kept = newer ? `Backups of it stay where they are, the newest one is ${newest.id}.` : ''
  if (spec.safetyBackup === 'Required') return `${kept} A backup of the present data is made first.`.trim()
  if (spec.safetyBackup === 'IfPossible')
    return `${kept} A backup of the present data is made first, if possible.`.trim()
  return newer ? kept : 'No newer backup of it exists; restore.safetyBackup: Required makes one first.'
}
