import {UncaughtCharmError} from '../machine.ts'
import type {RestoreOrder} from './engine.ts'
import {compareText, idOfLabel, timelineOfWal} from './pgbackrest-info.ts'
import type {InfoBackup, TimelineStart} from './pgbackrest-info.ts'
import {finished} from './repository.ts'

/** The action's parameters as they came. */
export interface RestoreWish {
  readonly backupId: string | undefined
  readonly toTime: string | undefined
}

export type TargetChoice =
  | {readonly ok: true; readonly target: Pick<RestoreOrder, 'label' | 'toTime' | 'timeline'>}
  | {readonly ok: false; readonly message: string}

const timePattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?(?:([+-]\d\d)(?::?(\d\d))?)?$/

/** Milliseconds since the epoch of a `restore-to-time`, undefined when it is no time; without a zone it is UTC. */
export function timeOf(text: string): number | undefined {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const [, date, clock, fraction = '', hours = '+00', minutes = '00'] = match
  if (Math.abs(Number(hours)) > 23) return undefined
  const time = Date.parse(`${date}T${clock}${fraction.slice(0, 4)}${hours}:${minutes}`)
  return Number.isNaN(time) ? undefined : time
}

/** @throws UncaughtCharmError for an empty time, which the charm hands to Python's date parser */
export function timeProblem({backupId, toTime}: RestoreWish): string | undefined {
  const given = backupId !== undefined && backupId !== ''
  if (!given && toTime === undefined)
    return 'Either backup-id or restore-to-time parameters need to be provided to be able to do restore'
  if (toTime === '' && !given) throw new UncaughtCharmError("ValueError: Invalid isoformat string: ''")
  if (toTime === undefined || toTime === '' || toTime === 'latest') return undefined
  return timeOf(toTime) === undefined ? 'Bad restore-to-time format' : undefined
}

/** Which backup, time and timeline pgBackRest is told to restore. */
export function chooseTarget(
  {backupId, toTime}: RestoreWish,
  backups: readonly InfoBackup[],
  timelines: readonly TimelineStart[],
): TargetChoice | 'nothing to choose from' {
  const usable = finished(backups)
  if (backupId === undefined || backupId === '') return byTime(toTime ?? '', usable, timelines)
  const backup = usable.find(candidate => idOfLabel(candidate.label) === backupId)
  if (backup !== undefined) return {ok: true, target: {label: backup.label, toTime, timeline: undefined}}
  const opened = timelines.find(timeline => timeline.id === backupId)
  if (opened === undefined) return {ok: false, message: `Invalid backup-id: ${backupId}`}
  if (toTime === undefined || toTime === '')
    return {ok: false, message: 'Cannot restore to the timeline without restore-to-time parameter'}
  return {ok: true, target: {label: undefined, toTime, timeline: opened.timeline}}
}

function byTime(
  toTime: string,
  backups: readonly InfoBackup[],
  timelines: readonly TimelineStart[],
): TargetChoice | 'nothing to choose from' {
  const entries = [
    ...backups.map(backup => ({id: idOfLabel(backup.label), timeline: timelineOfWal(backup.archive.start)})),
    ...timelines,
  ].sort((one, other) => compareText(one.id, other.id))
  if (toTime === 'latest') return latest(entries, backups)
  const limit = timeOf(toTime) ?? Number.NEGATIVE_INFINITY
  const nearest = entries.findLast(entry => Date.parse(entry.id) <= limit)
  if (nearest === undefined)
    return {ok: false, message: `Can't find the nearest timeline before timestamp ${toTime} to restore`}
  return {ok: true, target: {label: undefined, toTime, timeline: nearest.timeline}}
}

function latest(
  entries: readonly {readonly timeline: string}[],
  backups: readonly InfoBackup[],
): TargetChoice | 'nothing to choose from' {
  const newest = entries.at(-1)
  if (newest === undefined) return 'nothing to choose from'
  const based = backups.some(backup => timelineOfWal(backup.archive.start) === newest.timeline)
  if (!based) return {ok: false, message: 'There is no base backup created from the latest timeline'}
  return {ok: true, target: {label: undefined, toTime: 'latest', timeline: newest.timeline}}
}
