import type {EndClock, ListedBackup} from './backups.ts'
import {notFound, outsideWindow, refuse, take, type Choice, type Matter} from './choice.ts'
import {follow} from './follow.ts'
import {historyAfter, historyAt, type History} from './histories.ts'
import type {Blocker} from './plan.ts'
import {namesOf, timeOf} from './sentences.ts'
import {usableInstead} from './source.ts'
import {firstAfter, outside, type Window} from './window.ts'
import type {Wish} from './wish.ts'

/** The newest usable backup that was over before the moment, on the timeline of that time or on the one that is asked for. */
export function toMoment(matter: Matter, wish: Wish & {kind: 'Moment'}, window: Window | undefined): Choice {
  const {question, usable, histories, capability} = matter
  const why = outside(window, wish.ms, question.now)
  if (why !== undefined) return refuse(window, outsideWindow(wish.text, ` ${why}.`))
  const asked = historyAsked(matter)
  if (asked.blocker !== undefined) return refuse(window, asked.blocker)
  const next = asked.history && historyAfter(histories, asked.history.id)
  if (next?.since !== undefined && wish.ms > next.since) {
    const over = ` is not on the timeline of ${asked.history?.id}: that was over at ${timeOf(next.since)}, when ${next.id} began.`
    return refuse(window, outsideWindow(wish.text, over))
  }
  const chosen = usable.findLast(one => isOverBefore(one, wish.ms) && reaches(matter, one, wish.ms))
  if (chosen?.end === undefined) return refuse(window, notFound(noneBefore(matter, wish.text)))
  const because =
    `it is the newest usable backup that was over before ${wish.text}: at ${timeOf(chosen.end.ms)}, ` +
    `by ${clocks[chosen.end.clock]}${unknownEnds(matter, chosen)}`
  if (capability.pointInTime === 'WithBackup' || histories.length === 0)
    return take(chosen, {backupID: chosen.id, moment: wish.text}, because, window)
  const undated = histories.find(({id, since}) => id > chosen.id && since === undefined)
  if (asked.history === undefined && undated !== undefined)
    return refuse(window, notFound(undatedHistory(undated, chosen)), chosen)
  const history = asked.history ?? historyAt(histories, wish.ms)
  return follow(matter, {chosen, because, wish, window, asked: asked.history !== undefined, history})
}

const isOverBefore = ({end}: ListedBackup, moment: number): boolean => end !== undefined && firstAfter(end.ms) <= moment

/** What the store shows of a backup's log, where it was looked at. */
const reaches = ({reach}: Matter, {id}: ListedBackup, moment: number): boolean =>
  reach === undefined || reach.some(({backupID, last}) => backupID === id && moment <= Date.parse(last))

const clocks: Readonly<Record<EndClock, string>> = {
  store: 'the clock of the store',
  Juju: "Juju's clock",
  charm: "the charm's own list, as neither the store nor Juju tells",
}

/** The end of what was archived: of the timeline that is asked for, or of the newest one. */
export function toLatest(matter: Matter, window: Window | undefined): Choice {
  const {reach} = matter
  const usable = matter.usable.filter(({id}) => reach === undefined || reach.some(({backupID}) => backupID === id))
  const newest = usable.at(-1)
  if (newest === undefined)
    return refuse(
      window,
      notFound('The store shows no archived log after any usable backup; remove restore.pointInTime.'),
    )
  if (matter.capability.pointInTime === 'WithBackup')
    return take(newest, {backupID: newest.id, moment: 'latest'}, 'it is the newest usable backup', window)
  const asked = historyAsked(matter)
  if (asked.blocker !== undefined) return refuse(window, asked.blocker)
  if (asked.history !== undefined) return endOf(matter, usable, asked.history, window)
  return endOfNewest(matter, usable, window)
}

function endOf(matter: Matter, usable: readonly ListedBackup[], history: History, window: Window | undefined): Choice {
  const next = historyAfter(matter.histories, history.id)
  const chosen = usable.findLast(({id}) => next === undefined || id < next.id)
  if (chosen === undefined)
    return refuse(window, notFound(noneBefore(matter, `the end of the timeline of ${history.id}`)))
  const because = 'it is the newest usable backup before the end of the timeline that restore.timeline names'
  return follow(matter, {chosen, because, wish: {text: 'latest'}, window, asked: true, history})
}

function endOfNewest(matter: Matter, usable: readonly ListedBackup[], window: Window | undefined): Choice {
  const timeline = matter.capability.newestTimeline(matter.question.rows)
  const chosen = usable.findLast(({row}) => timeline === undefined || row.timeline === timeline)
  if (chosen === undefined) return refuse(window, notFound(noBase(matter, timeline)))
  const because = `it is the newest usable backup on the newest timeline${timeline === undefined ? '' : `, ${timeline}`}`
  // Without an id pgBackRest takes the newest backup that it has, usable or not.
  const alone = matter.backups.findLast(({row}) => row.running !== true)?.id === chosen.id
  return take(chosen, {...(!alone && {backupID: chosen.id}), moment: 'latest'}, because, window)
}

/** The charm refuses `latest` then: `There is no base backup created from the latest timeline`. */
function noBase({histories}: Matter, timeline: string | undefined): string {
  const begun = histories.findLast(history => history.timeline === timeline)
  const way =
    begun === undefined
      ? 'Name a backup in restore.source, or make a full backup first.'
      : `To bring its changes back all the same, write restore.timeline: "${begun.id}" beside restore.pointInTime: latest; or make a full backup first.`
  return `The newest timeline, ${timeline}, has no usable backup of its own, and the charm refuses latest without one. ${way}`
}

/** The timeline that restore.timeline names. */
function historyAsked({question, histories}: Matter): {readonly history?: History; readonly blocker?: Blocker} {
  const id = question.spec.timeline
  if (id === undefined) return {}
  const history = histories.find(one => one.id === id)
  if (history !== undefined) return {history}
  const ids = histories.map(one => one.id)
  const there = ids.length === 0 ? 'it lists none' : `it lists ${namesOf(ids)}`
  return {blocker: notFound(`The charm lists no timeline that began with ${id} (restore.timeline); ${there}.`)}
}

function noneBefore({backups, usable}: Matter, moment: string): string {
  const unknown = usable.filter(({end}) => end === undefined).map(({id}) => id)
  const hint =
    unknown.length === 0
      ? usableInstead(backups)
      : `When ${namesOf(unknown)} ended is not known here; name the BackupStorage in storageRef, or the backup in restore.source.`
  return `No usable backup is known to be over before ${moment}. ${hint}`
}

/** A newer backup of which nobody knows when it was over might fit, too; an older one is as right, and only slower. */
function unknownEnds({usable}: Matter, chosen: ListedBackup): string {
  const unknown = usable.filter(({id, end}) => id > chosen.id && end === undefined).map(({id}) => id)
  return unknown.length === 0 ? '' : `; when ${namesOf(unknown)} ended is not known`
}

const undatedHistory = ({id}: History, chosen: ListedBackup): string =>
  `The charm does not tell when the timeline of ${id} began, so it is not known which one was written at that moment. ` +
  `Write restore.timeline: "${id}" for that one, or restore.source.backupID: "${chosen.id}" for the one of before.`
