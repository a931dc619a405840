import type {BackupRow} from '../profile.ts'

/** Newest timeline of a listing, hexadecimal without leading zeros; undefined: the listing shows none. */
export function newestTimeline(rows: readonly BackupRow[]): string | undefined {
  return rows
    .map(row => row.timeline)
    .filter(timeline => timeline !== undefined)
    .reduce<string | undefined>((newest, each) => (isNewer(each, newest) ? each : newest), undefined)
}

/** The restore by which the listing has a timeline that it had not before. Every restore begins one. */
export function newTimeline(rows: readonly BackupRow[], before: string | undefined): BackupRow | undefined {
  return rows.findLast(row => row.action === 'restore' && row.timeline !== undefined && isNewer(row.timeline, before))
}

const isNewer = (timeline: string, than: string | undefined): boolean =>
  Number.parseInt(timeline, 16) > Number.parseInt(than ?? '0', 16)
