import type {BackupRow} from '../../../charms/profile.ts'

/**
 * A timeline, by the row that shows its beginning. Every restore and every failover begins one; from then on the
 * database writes no other.
 */
export interface History {
  /** id of the row */
  readonly id: string
  /** hexadecimal; undefined: not shown */
  readonly timeline: string | undefined
  /** ms since the epoch, by the store's clock; undefined: not shown */
  readonly since: number | undefined
}

/** The timelines that the listing shows, oldest first. */
export function historiesOf(rows: readonly BackupRow[]): readonly History[] {
  return rows
    .filter(row => row.action === 'restore')
    .map(({id, timeline, startTime}) => ({id, timeline, since: parsed(startTime)}))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** The first timeline that began after the row of this id; what was before it is over then. */
export const historyAfter = (histories: readonly History[], id: string): History | undefined =>
  histories.find(history => history.id > id)

/** The timeline that was written at the moment; undefined: the one of before all that are shown. */
export const historyAt = (histories: readonly History[], ms: number): History | undefined =>
  histories.findLast(({since}) => since !== undefined && since <= ms)

function parsed(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
