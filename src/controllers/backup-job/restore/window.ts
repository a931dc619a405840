import type {ListedBackup} from './backups.ts'
import {historyAfter, type History} from './histories.ts'
import type {Reach} from './plan.ts'
import {namesOf, spanOf, timeOf} from './sentences.ts'

/** From and to, ms since the epoch, both included. */
interface Span {
  readonly first: number
  readonly last: number
}

/** Moments that changes can be replayed to. */
export interface Window {
  /** oldest first, apart from each other */
  readonly spans: readonly Span[]
  /** Nobody says how far the log reaches: moments after the last span may do, too. */
  readonly open: boolean
}

/**
 * The first moment that a backup can be replayed to. Stores and charms tell its end in whole seconds, cut off, and PostgreSQL
 * refuses to stop before the end; so it is the beginning of the next second.
 */
export const firstAfter = (end: number): number => (Math.floor(end / 1000) + 1) * 1000

/** What a window is made from. */
export interface Known {
  /** usable ones, oldest first */
  readonly usable: readonly ListedBackup[]
  readonly histories: readonly History[]
  readonly reach: readonly Reach[] | undefined
}

/** The moments that any usable backup can be replayed to; undefined: nothing is known of any. */
export function windowOfAll({usable, reach}: Known): Window | undefined {
  if (reach !== undefined) return shown(spansOf(new Set(usable.map(({id}) => id)), reach))
  const ends = usable.flatMap(({end}) => (end ? [firstAfter(end.ms)] : []))
  return ends.length === 0 ? undefined : {spans: [{first: Math.min(...ends), last: Math.max(...ends)}], open: true}
}

/**
 * The moments that one backup can be replayed to without leaving its timeline, which the charm does not do when it is told the
 * backup. The timeline is over when the next one begins.
 */
export function windowOfOne({usable, histories, reach}: Known, backup: ListedBackup): Window | undefined {
  const over = historyAfter(histories, backup.id)
  if (reach !== undefined) {
    const until = over?.since ?? Number.POSITIVE_INFINITY
    return shown(spansOf(new Set([backup.id]), reach).map(({first, last}) => ({first, last: Math.min(last, until)})))
  }
  if (backup.end === undefined) return undefined
  const first = firstAfter(backup.end.ms)
  if (over?.since !== undefined) return shown([{first, last: over.since}])
  const later = usable.filter(({id}) => id > backup.id && (over === undefined || id < over.id))
  const last = Math.max(first, ...later.flatMap(({end}) => (end ? [firstAfter(end.ms)] : [])))
  // A next timeline whose beginning is not shown may have begun right after the last sign of this one.
  return {spans: [{first, last}], open: over === undefined}
}

/** Why the moment cannot be restored, and what can; undefined: nothing speaks against it. */
export function outside(window: Window | undefined, moment: number, now: number): string | undefined {
  const [first, last] = [window?.spans[0]?.first, window?.spans.at(-1)?.last]
  if (moment > now) return `is ${spanOf(moment - now)} in the future${offer(window)}`
  if (window === undefined)
    return 'cannot be checked, as it is not known which moments can be restored; name the BackupStorage in storageRef, so that they are read from the store'
  if (first === undefined || last === undefined)
    return 'cannot be restored: no archived log is known that leads there; remove restore.pointInTime'
  if (moment < first) return `is before the first moment that can be restored${offer(window)}`
  if (moment > last && !window.open) return `is after the last moment that can be restored${offer(window)}`
  const inside = moment > last || window.spans.some(span => span.first <= moment && moment <= span.last)
  return inside ? undefined : `is in a gap of the archived log${offer(window)}`
}

function offer(window: Window | undefined): string {
  if (!window || window.spans.length === 0) return ''
  const spans = window.spans.map(({first, last}) => `from ${timeOf(first)} to ${timeOf(last)}`)
  return `; choose one ${namesOf(spans)}${window.open ? ', or later' : ''}`
}

function spansOf(backups: ReadonlySet<string>, reach: readonly Reach[]): readonly Span[] {
  return reach
    .filter(({backupID}) => backups.has(backupID))
    .map(({first, last}) => ({first: firstAfter(Date.parse(first)), last: Date.parse(last)}))
}

/** What the store shows, or the listing to its end: overlaps are put together. */
function shown(spans: readonly Span[]): Window {
  const joined: Span[] = []
  for (const span of spans.filter(({first, last}) => first <= last).toSorted((a, b) => a.first - b.first)) {
    const before = joined.at(-1)
    if (before !== undefined && span.first <= before.last)
      joined[joined.length - 1] = {first: before.first, last: Math.max(before.last, span.last)}
    else joined.push(span)
  }
  return {spans: joined, open: false}
}
