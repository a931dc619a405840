import type {RestoreCapability, RestoreTarget} from '../../../charms/restore.ts'
import {usableOf, type EndClock, type ListedBackup} from './backups.ts'
import {historiesOf, historyAfter, historyAt, type History} from './histories.ts'
import {wishOf, type Wish} from './moment.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import {namesOf, timeOf} from './sentences.ts'
import {namedBackup, usableInstead} from './source.ts'
import {firstAfter, outside, windowOfAll, windowOfOne, type Known, type Window} from './window.ts'

/** What is brought back, and why; with a blocker there is no target. */
export interface Choice {
  readonly chosen: ListedBackup | undefined
  readonly because: string
  readonly target: RestoreTarget
  readonly window: Window | undefined
  readonly blocker: Blocker | undefined
}

/** All that a choice is made from. */
interface Matter extends Known {
  readonly question: PlanQuestion
  readonly capability: RestoreCapability
  /** oldest first, unusable ones too */
  readonly backups: readonly ListedBackup[]
}

/** Resolves source, moment and timeline to a backup and a target that the charm can follow. */
export function choose(
  question: PlanQuestion,
  capability: RestoreCapability,
  backups: readonly ListedBackup[],
): Choice {
  const usable = usableOf(backups)
  const histories = capability.timelines ? historiesOf(question.rows) : []
  const matter: Matter = {question, capability, backups, usable, histories, reach: question.reach}
  const all = capability.pointInTime === 'None' ? undefined : windowOfAll(matter)
  const wish = wishOf(question.spec.pointInTime)
  const wrong = cannotBeAsked(question, capability, wish)
  if (wrong !== undefined) return refuse(all, wrong)
  const named = namedBackup(question, backups)
  if (named.kind === 'Refused') return refuse(all, named.blocker)
  if (usable.length === 0) return refuse(all, notFound(`${whyNone(backups)} ${usableInstead(backups)}`))
  if (named.kind === 'Backup') {
    const one = capability.pointInTime === 'None' ? undefined : windowOfOne(matter, named.backup)
    return fromNamed(matter, named.backup, named.because, wish, one)
  }
  if (wish.kind === 'Moment') return toMoment(matter, wish, all)
  return wish.kind === 'Latest' ? toLatest(matter, all) : newest(matter, all)
}

/** What no charm of this kind could do, whatever backups there are. */
function cannotBeAsked({spec, profile}: PlanQuestion, capability: RestoreCapability, wish: Wish): Blocker | undefined {
  if (wish.kind === 'Wrong')
    return {reason: 'InvalidSpec', message: `restore.pointInTime: there is no moment ${wish.given}.`}
  if (wish.kind !== 'EndOfBackup' && capability.pointInTime === 'None')
    return {
      reason: 'Unsupported',
      message: `${profile.id} restores whole backups only, not a point in time; remove restore.pointInTime.`,
    }
  if (spec.timeline === undefined) return undefined
  if (!capability.timelines)
    return {reason: 'Unsupported', message: `${profile.id} has no timelines to choose from; remove restore.timeline.`}
  if (wish.kind === 'EndOfBackup')
    return {
      reason: 'InvalidSpec',
      message: 'restore.timeline needs restore.pointInTime: a moment on that timeline, or latest.',
    }
  return undefined
}

function newest({backups, usable}: Matter, window: Window | undefined): Choice {
  const chosen = usable.at(-1)
  const skipped = backups.filter(one => chosen !== undefined && one.id > chosen.id)
  const why = skipped.length === 0 ? '' : `; newer ones cannot be restored: ${skipped.map(described).join('; ')}`
  return take(chosen, {backupID: chosen?.id}, `it is the newest usable backup that the charm lists${why}`, window)
}

function fromNamed(
  {question, histories}: Matter,
  chosen: ListedBackup,
  because: string,
  wish: Wish,
  window: Window | undefined,
): Choice {
  const target = {backupID: chosen.id}
  if (wish.kind === 'Latest')
    return take(chosen, {...target, moment: 'latest'}, `${because}${untilTheEnd(histories, chosen.id)}`, window)
  if (wish.kind !== 'Moment') return take(chosen, target, because, window)
  const why = outside(window, wish.ms, question.now)
  if (why === undefined) return take(chosen, {...target, moment: wish.text}, because, window)
  const over = historyAfter(histories, chosen.id)
  const hint =
    over?.since !== undefined && wish.ms > over.since
      ? ` The timeline of this backup ended at ${timeOf(over.since)}, when another one began; remove restore.source to follow the later one.`
      : ''
  return refuse(window, outsideWindow(wish.text, `, from backup ${chosen.id}, ${why}.${hint}`), chosen)
}

function untilTheEnd(histories: readonly History[], id: string): string {
  const over = historyAfter(histories, id)
  if (over === undefined) return ''
  const when = over.since === undefined ? '' : ` at ${timeOf(over.since)}`
  return `; latest is the end of its own timeline, which was over${when} when another one began (${over.id})`
}

/** The newest usable backup that was over before the moment, on the timeline that was written then or that was asked for. */
function toMoment(matter: Matter, wish: Wish & {kind: 'Moment'}, window: Window | undefined): Choice {
  const {question, usable, histories, capability, reach} = matter
  const why = outside(window, wish.ms, question.now)
  if (why !== undefined) return refuse(window, outsideWindow(wish.text, ` ${why}.`))
  const followed = wantedHistory(matter)
  if (followed !== undefined && 'reason' in followed) return refuse(window, followed)
  const next = followed && historyAfter(histories, followed.id)
  if (next?.since !== undefined && wish.ms > next.since)
    return refuse(
      window,
      outsideWindow(
        wish.text,
        ` is not on the timeline of ${followed?.id}: that was over at ${timeOf(next.since)}, when ${next.id} began.`,
      ),
    )
  const reaches = ({id}: ListedBackup): boolean =>
    reach === undefined || reach.some(one => one.backupID === id && wish.ms <= Date.parse(one.last))
  const chosen = usable.findLast(one => one.end !== undefined && firstAfter(one.end.ms) <= wish.ms && reaches(one))
  if (chosen?.end === undefined) return refuse(window, notFound(noneBefore(matter, wish.text)))
  const because = `it is the newest usable backup that was over before ${wish.text}: at ${timeOf(chosen.end.ms)}, by ${clocks[chosen.end.clock]}${unknownEnds(matter, chosen)}`
  if (capability.pointInTime === 'WithBackup' || histories.length === 0)
    return take(chosen, {backupID: chosen.id, moment: wish.text}, because, window)
  return follow(matter, {
    chosen,
    because,
    wish,
    window,
    asked: followed,
    history: followed ?? historyAt(histories, wish.ms),
  })
}

const clocks: Readonly<Record<EndClock, string>> = {
  store: 'the clock of the store',
  Juju: "Juju's clock",
  charm: "the charm's own list, as neither the store nor Juju tells",
}

/** The end of what was archived: of the timeline that was asked for, or of the newest one. */
function toLatest(matter: Matter, window: Window | undefined): Choice {
  const {question, usable, histories, capability} = matter
  const wish = {kind: 'Latest', text: 'latest'} as const
  if (capability.pointInTime === 'WithBackup') {
    const chosen = usable.at(-1)
    return take(chosen, {backupID: chosen?.id, moment: 'latest'}, 'it is the newest usable backup', window)
  }
  const followed = wantedHistory(matter)
  if (followed !== undefined && 'reason' in followed) return refuse(window, followed)
  if (followed !== undefined) {
    const over = historyAfter(histories, followed.id)
    const chosen = usable.findLast(one => over === undefined || one.id < over.id)
    if (chosen === undefined) return refuse(window, notFound(noneBefore(matter, 'the end of that timeline')))
    const because = `it is the newest usable backup before the end of the timeline that restore.timeline names`
    return follow(matter, {chosen, because, wish, window, asked: followed, history: followed})
  }
  const timeline = capability.newestTimeline(question.rows)
  const chosen = usable.findLast(({row}) => timeline === undefined || row.timeline === timeline)
  if (chosen === undefined) return refuse(window, notFound(noBase(matter, timeline)))
  const because = `it is the newest usable backup on the newest timeline${timeline === undefined ? '' : `, ${timeline}`}`
  const alone = wouldTake(matter) === chosen.id
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

interface Following {
  readonly chosen: ListedBackup
  readonly because: string
  readonly wish: {readonly text: string; readonly ms?: number}
  readonly window: Window | undefined
  /** the timeline that restore.timeline names */
  readonly asked: History | undefined
  /** the timeline that has to be followed; undefined: that of the backup, as no other is shown */
  readonly history: History | undefined
}

/**
 * A backup by its id is replayed on its own timeline only; a timeline by its id leaves the choice of the backup to pgBackRest, which
 * takes the newest one of before the moment, usable or not. So one of the two has to fit.
 */
function follow(matter: Matter, {chosen, because, wish, window, asked, history}: Following): Choice {
  const byBackup = {backupID: chosen.id, moment: wish.text}
  const own =
    history === undefined ||
    history.id < chosen.id ||
    (history.timeline !== undefined && history.timeline === chosen.row.timeline)
  if (own && asked === undefined) return take(chosen, byBackup, because, window)
  const alone = wouldTake(matter, wish.ms)
  if (history !== undefined && alone === chosen.id)
    return take(
      chosen,
      {moment: wish.text, timelineID: history.id},
      `${because}; its changes are followed to the timeline that began with ${history.id}`,
      window,
    )
  if (own) return take(chosen, byBackup, because, window)
  return refuse(
    window,
    notFound(
      `To follow the timeline of ${history?.id} the charm would take backup ${alone ?? 'none'}, and cannot be told to take ${chosen.id}, ` +
        `which is the one that fits. Choose a moment before ${history?.id} began, or restore ${chosen.id} without restore.pointInTime.`,
    ),
    chosen,
  )
}

/** The backup that pgBackRest takes by itself: the newest one, or the newest that was over before the moment. */
function wouldTake({backups}: Matter, moment?: number): string | undefined {
  const ended = ({row, end}: ListedBackup): number => {
    const listed = Date.parse(row.finishTime ?? '')
    return Number.isNaN(listed) ? (end?.ms ?? Number.POSITIVE_INFINITY) : listed
  }
  return backups.findLast(one => one.row.running !== true && (moment === undefined || ended(one) < moment))?.id
}

function wantedHistory({question, histories}: Matter): History | Blocker | undefined {
  const id = question.spec.timeline
  if (id === undefined) return undefined
  const found = histories.find(history => history.id === id)
  if (found !== undefined) return found
  const ids = histories.map(history => history.id)
  const there = ids.length === 0 ? 'it lists none' : `it lists ${namesOf(ids)}`
  return notFound(`The charm lists no timeline that began with ${id} (restore.timeline); ${there}.`)
}

function noneBefore({backups, usable}: Matter, moment: string): string {
  const unknown = usable.filter(({end}) => end === undefined).map(({id}) => id)
  const hint =
    unknown.length === 0
      ? usableInstead(backups)
      : `When ${namesOf(unknown)} ended is not known here; name the BackupStorage in storageRef, or the backup in restore.source.`
  return `No usable backup is known to be over before ${moment}. ${hint}`
}

/** Newer backups of which nobody knows when they were over might fit, too; an older one is as right, and only slower. */
function unknownEnds({usable}: Matter, chosen: ListedBackup): string {
  const unknown = usable.filter(({id, end}) => id > chosen.id && end === undefined).map(({id}) => id)
  return unknown.length === 0 ? '' : `; when ${namesOf(unknown)} ended is not known`
}

function whyNone(backups: readonly ListedBackup[]): string {
  if (backups.length === 0) return 'The charm lists no backup.'
  return `Of ${backups.length} listed, none can be restored: ${backups.slice(-3).map(described).join('; ')}.`
}

const described = ({id, unusable}: ListedBackup): string => `${id} (${unusable})`

const notFound = (message: string): Blocker => ({reason: 'BackupNotFound', message})

const outsideWindow = (moment: string, message: string): Blocker => ({
  reason: 'OutsideWindow',
  message: `restore.pointInTime ${moment}${message}`,
})

function take(
  chosen: ListedBackup | undefined,
  target: RestoreTarget,
  because: string,
  window: Window | undefined,
): Choice {
  return {chosen, target, because, window, blocker: undefined}
}

function refuse(window: Window | undefined, blocker: Blocker, chosen?: ListedBackup): Choice {
  return {chosen, target: {}, because: 'Nothing can be chosen.', window, blocker}
}
