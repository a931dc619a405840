import type {ListedBackup} from './backups.ts'
import {notFound, refuse, take, type Choice, type Matter} from './choice.ts'
import {historyAfter, type History} from './histories.ts'
import {timeOf} from './sentences.ts'
import type {Window} from './window.ts'

export interface Following {
  /** the backup to build on */
  readonly chosen: ListedBackup
  readonly because: string
  /** a moment, or latest */
  readonly wish: {readonly text: string; readonly ms?: number}
  readonly window: Window | undefined
  /** whether restore.timeline names the timeline */
  readonly asked: boolean
  /** the timeline to follow; undefined: that of the backup, as no other is shown */
  readonly history: History | undefined
}

/**
 * Finds the parameters with which the charm follows that timeline from that backup. A backup by its id is replayed on its
 * own timeline only; a timeline by its id leaves the choice of the backup to pgBackRest. So either the backup has to be on
 * the timeline, or pgBackRest has to choose the same one.
 */
export function follow(matter: Matter, following: Following): Choice {
  const {chosen, because, wish, window, asked, history} = following
  const isOwn = history === undefined || isOn(matter, chosen, history)
  const byBackup = take(chosen, {backupID: chosen.id, moment: wish.text}, because, window)
  if (isOwn && !asked) return byBackup
  const alone = chosenByPgBackRest(matter, following)
  if (history !== undefined && alone === chosen.id) {
    const onto = isOwn
      ? because
      : `${because}; from it the changes are followed onto the timeline that began with ${history.id}`
    return take(chosen, {moment: wish.text, timelineID: history.id}, onto, window)
  }
  return isOwn ? byBackup : refuse(window, notFound(deadEnd(matter, following, alone)), chosen)
}

/** Whether the backup was made on the timeline, and not on one before or after it. */
function isOn({histories}: Matter, {id, row}: ListedBackup, history: History): boolean {
  if (history.timeline !== undefined && row.timeline !== undefined) return row.timeline === history.timeline
  const next = historyAfter(histories, history.id)
  return history.id < id && (next === undefined || id < next.id)
}

/**
 * The newest backup, or the newest one that was over before the moment; whether it is usable does not matter to
 * pgBackRest, nor on which timeline it was made. A backup that is made first is the newest one then.
 */
function chosenByPgBackRest(matter: Matter, {wish, chosen, history}: Following): string | undefined {
  const {backups, histories, question} = matter
  const candidates = backups.filter(({row}) => row.running !== true)
  const {ms} = wish
  if (ms !== undefined) return candidates.findLast(one => listedEnd(one) < ms)?.id
  if (question.spec.safetyBackup === 'Skip') return candidates.at(-1)?.id
  return history === histories.at(-1) ? chosen.id : 'the safety backup'
}

/** As pgBackRest knows it, ms since the epoch. */
function listedEnd({row, end}: ListedBackup): number {
  const listed = Date.parse(row.finishTime ?? '')
  return Number.isNaN(listed) ? (end?.ms ?? Number.POSITIVE_INFINITY) : listed
}

function deadEnd({histories}: Matter, {chosen, wish, history}: Following, alone: string | undefined): string {
  const over = history && historyAfter(histories, history.id)?.since
  const instead =
    wish.ms === undefined && over !== undefined
      ? `write the last moment of that timeline instead of latest, shortly before ${timeOf(over)}`
      : `restore ${chosen.id} with restore.source, without restore.pointInTime or to a moment on its own timeline`
  return (
    `To follow the timeline of ${history?.id}, the charm would build on ${alone ?? 'no backup'}, which does not lead there, and it ` +
    `cannot be told to build on ${chosen.id}, which does. What can be done: ${instead}.`
  )
}
