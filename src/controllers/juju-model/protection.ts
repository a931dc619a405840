import type {JujuModelDatabase, JujuModelStatus, ProtectedReason} from '../../api/juju-model.ts'
import type {ConditionStatus} from '../../api/meta.ts'
import {timeOfBackupID} from '../../charms/backup-time.ts'

const day = 86_400_000
/**
 * A finished backup in the list of the charm is recent for so many days: a week, which is the longest pause between backups that
 * is usual, and a day for a run that is late, for one that takes long, and for ids that are in the local time of a unit.
 */
export const recentDays = 8

/** Names beyond this many bytes are only counted; four groups of them fit a message. */
const longestNames = 200

/** What the condition Protected says. */
export interface Protection {
  readonly status: ConditionStatus
  readonly reason: ProtectedReason
  readonly message: string
}

type Standing =
  | {readonly kind: 'recent' | 'never'}
  | {readonly kind: 'old'; readonly newest: string}
  | {readonly kind: 'unknown'; readonly why: string}

export interface ProtectionContext {
  readonly access: JujuModelStatus['access']
  /** ms since the epoch */
  readonly now: number
  /** the age that the schedules of an application ask for, seconds; undefined: it has none that run */
  readonly objectiveOf?: (application: string) => number | undefined
}

/**
 * Whether every database in a model that can be backed up has a schedule and a recent backup. Databases that have no backup are
 * named before those of which nothing is known.
 */
export function protectionOf(databases: readonly JujuModelDatabase[], context: ProtectionContext): Protection {
  const {access, now, objectiveOf} = context
  // Without a unit nobody can make a backup, nor list any.
  const all = databases
    .filter(({units}) => units > 0)
    .map(one => ({...one, standing: standingOf(one, now, limitMs(objectiveOf?.(one.name)))}))
  if (all.length === 0)
    return {status: 'True', reason: 'NothingToProtect', message: 'the model has no database that can be backed up'}
  if (access === 'read') return unknown('with read access the backups cannot be listed')
  const never = all.flatMap(({name, standing}) => (standing.kind === 'never' ? [name] : []))
  const old = all.flatMap(({name, standing}) => (standing.kind === 'old' ? [`${name} (${standing.newest})`] : []))
  const unplanned = all.flatMap(({name, schedules}) => (schedules?.length === 0 ? [name] : []))
  const dark = all.flatMap(({name, standing}) => (standing.kind === 'unknown' ? [`${name} (${standing.why})`] : []))
  const isRelaxed = all.some(({name}) => limitMs(objectiveOf?.(name)) > recentDays * day)
  const sentences = [
    ...(never.length > 0 ? [`no finished backup: ${naming(never)}`] : []),
    ...(old.length > 0 ? [`newest backup older than ${recentDays} days: ${naming(old)}`] : []),
    ...(unplanned.length > 0 ? [`no BackupSchedule that runs: ${naming(unplanned)}`] : []),
    ...(dark.length > 0 ? [`not known: ${naming(dark)}`] : []),
  ]
  const message = sentences.join('; ')
  if (never.length > 0) return {status: 'False', reason: 'NeverBackedUp', message}
  if (old.length > 0) return {status: 'False', reason: 'BackupTooOld', message}
  if (unplanned.length > 0) return {status: 'False', reason: 'NoSchedule', message}
  if (dark.length > 0) return unknown(message)
  return {status: 'True', reason: 'RecentBackups', message: recentMessage(all, isRelaxed)}
}

const unknown = (message: string): Protection => ({status: 'Unknown', reason: 'ListUnavailable', message})

/** A schedule may ask for less than a backup a week; what it asks beyond that is for its own condition Fresh to say. */
const limitMs = (objectiveSeconds = 0): number => Math.max(recentDays * day, objectiveSeconds * 1000)

function standingOf({backups, lastBackupTime, listFailure}: JujuModelDatabase, now: number, limit: number): Standing {
  if (backups === undefined)
    return {
      kind: 'unknown',
      why: listFailure === undefined ? 'not listed yet' : `since ${listFailure.since}: ${listFailure.message}`,
    }
  const {newest, count} = backups
  if (newest === undefined || count === 0) return {kind: 'never'}
  // Where the id tells no time, the job does that made the newest backup of ours.
  const made = timeOfBackupID(newest) ?? (lastBackupTime === undefined ? undefined : Date.parse(lastBackupTime))
  if (made === undefined) return {kind: 'unknown', why: `its id does not tell when ${newest} was made`}
  return now - made <= limit ? {kind: 'recent'} : {kind: 'old', newest}
}

function recentMessage(all: readonly JujuModelDatabase[], isRelaxed: boolean): string {
  const failing = all.flatMap(({name, listFailure}) => (listFailure ? [`${name} (since ${listFailure.since})`] : []))
  const asked = isRelaxed ? ', or as its schedules ask' : ''
  const good = `every database has a finished backup of the last ${recentDays} days${asked}`
  return failing.length === 0 ? good : `${good}, as far as their lists could be read: ${naming(failing)}`
}

/** As many as fit, and how many more there are. */
function naming(names: readonly string[]): string {
  const shown: string[] = []
  let bytes = 0
  for (const name of names) {
    bytes += Buffer.byteLength(name) + 2
    if (shown.length > 0 && bytes > longestNames) return `${shown.join(', ')} and ${names.length - shown.length} more`
    shown.push(name)
  }
  return shown.join(', ')
}
