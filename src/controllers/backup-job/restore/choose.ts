import type {RestoreCapability} from '../../../charms/restore.ts'
import {usableOf, type ListedBackup} from './backups.ts'
import {notFound, outsideWindow, refuse, take, type Choice, type Matter} from './choice.ts'
import {historiesOf, historyAfter} from './histories.ts'
import {toLatest, toMoment} from './moments.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import {timeOf} from './sentences.ts'
import {namedBackup, usableInstead} from './source.ts'
import {outside, windowOfAll, windowOfOne, type Window} from './window.ts'
import {wishOf, type Wish} from './wish.ts'

/** Resolves source, moment and timeline to a backup, and to a target that the charm can follow. */
export function choose(
  question: PlanQuestion,
  capability: RestoreCapability,
  backups: readonly ListedBackup[],
): Choice {
  const usable = usableOf(backups)
  const histories = capability.timelines ? historiesOf(question.rows) : []
  const matter: Matter = {question, capability, backups, usable, histories, reach: question.reach}
  const replays = capability.pointInTime !== 'None'
  const window = replays ? windowOfAll(matter) : undefined
  const wish = wishOf(question.spec.pointInTime)
  const wrong = cannotBeAsked(question, capability, wish)
  if (wrong !== undefined) return refuse(window, wrong)
  const named = namedBackup(question, backups)
  if (named.kind === 'Refused') return refuse(window, named.blocker)
  if (named.kind === 'Open') return freely(matter, wish, window)
  return fromNamed(matter, {...named, wish, window: replays ? windowOfOne(matter, named.backup) : undefined})
}

/** What no charm of this kind could do, whatever backups there are. */
function cannotBeAsked({spec, view}: PlanQuestion, capability: RestoreCapability, wish: Wish): Blocker | undefined {
  if (wish.kind === 'Wrong')
    return {reason: 'InvalidSpec', message: `restore.pointInTime: there is no moment ${wish.given}.`}
  if (wish.kind !== 'EndOfBackup' && capability.pointInTime === 'None')
    return {
      reason: 'Unsupported',
      message: `The charm ${view.charm} restores whole backups only, not a point in time; remove restore.pointInTime.`,
    }
  if (spec.timeline === undefined) return undefined
  if (!capability.timelines)
    return {
      reason: 'Unsupported',
      message: `The charm ${view.charm} has no timelines to choose from; remove restore.timeline.`,
    }
  if (wish.kind === 'EndOfBackup')
    return {
      reason: 'InvalidSpec',
      message: 'restore.timeline needs restore.pointInTime: a moment on that timeline, or latest.',
    }
  return undefined
}

/** Without a source: the newest usable backup that leads to what is wished. */
function freely(matter: Matter, wish: Wish, window: Window | undefined): Choice {
  const {backups, usable} = matter
  const newest = usable.at(-1)
  if (newest === undefined) return refuse(window, notFound(`${whyNone(backups)} ${usableInstead(backups)}`))
  if (wish.kind === 'Moment') return toMoment(matter, wish, window)
  if (wish.kind === 'Latest') return toLatest(matter, window)
  const skipped = backups.filter(one => one.id > newest.id)
  const why = skipped.length === 0 ? '' : `; newer ones cannot be restored: ${skipped.map(described).join('; ')}`
  return take(newest, {backupID: newest.id}, `it is the newest usable backup that the charm lists${why}`, window)
}

interface Named {
  readonly backup: ListedBackup
  readonly because: string
  readonly wish: Wish
  readonly window: Window | undefined
}

/** A backup that is named is replayed on its own timeline. */
function fromNamed({question, histories}: Matter, {backup, because, wish, window}: Named): Choice {
  if (wish.kind === 'EndOfBackup' || wish.kind === 'Wrong') return take(backup, {backupID: backup.id}, because, window)
  const over = historyAfter(histories, backup.id)
  const ended = over?.since === undefined ? '' : ` at ${timeOf(over.since)}`
  if (wish.kind === 'Latest') {
    if (window?.spans.length === 0) return refuse(window, notFound(noLog(backup)), backup)
    const until = `; latest is the end of its own timeline, which was over${ended} when another one began (${over?.id})`
    return take(backup, {backupID: backup.id, moment: 'latest'}, `${because}${over === undefined ? '' : until}`, window)
  }
  const why = outside(window, wish.ms, question.now)
  if (why === undefined) return take(backup, {backupID: backup.id, moment: wish.text}, because, window)
  const hint =
    over?.since !== undefined && wish.ms > over.since
      ? ` The timeline of this backup was over${ended}, when another one began; remove restore.source, and the one that was written then is followed.`
      : ''
  return refuse(window, outsideWindow(wish.text, `, from backup ${backup.id}, ${why}.${hint}`), backup)
}

const noLog = ({id}: ListedBackup): string =>
  `The store shows no archived log after backup ${id}; restore it without restore.pointInTime.`

function whyNone(backups: readonly ListedBackup[]): string {
  if (backups.length === 0) return 'The charm lists no backup.'
  return `Of ${backups.length} listed, none can be restored: ${backups.slice(-3).map(described).join('; ')}.`
}

const described = ({id, unusable}: ListedBackup): string => `${id} (${unusable})`
