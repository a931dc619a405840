import type {BackupJob} from '../../api/backup-job.ts'
import {REPLACED_ANNOTATION, RUN_NOW_ANNOTATION, SCHEDULE_LABEL, SLOT_ANNOTATION} from '../../api/meta.ts'

/** As the scheduler writes it, in UTC. Anything else was written by somebody else. */
const writtenSlot = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z$/

/** The slot (or the moment of a run at once) that a BackupJob carries, ms since the epoch; undefined if it carries none. */
export function slotOf({metadata}: Pick<BackupJob, 'metadata'>): number | undefined {
  const [text, seconds] = writtenSlot.exec(metadata.annotations?.[SLOT_ANNOTATION] ?? '') ?? []
  const time = Date.parse(text ?? '')
  // Date.parse takes the 30th of February for the 2nd of March.
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(seconds ?? '') ? undefined : time
}

/** How the name of a schedule's child says its slot (ms since the epoch): whole minutes since the epoch. */
export const minuteOf = (slot: number): string => String(Math.floor(slot / 60_000))

/**
 * The slot of a schedule's child, as far as its name holds it too: an annotation can be written onto any job at any time, a name
 * only at creation.
 */
export function slotInName({metadata}: Pick<BackupJob, 'metadata'>): number | undefined {
  const slot = slotOf({metadata})
  if (slot === undefined || metadata.labels?.[SCHEDULE_LABEL] === undefined) return undefined
  const [, which] = /-(\d+)-[0-9a-f]{6}$/.exec(metadata.name) ?? []
  return which === minuteOf(slot) ? slot : undefined
}

/** Whether it was made at once, at somebody's wish, and not for a slot of the pattern. */
export const isRunNow = ({metadata}: Pick<BackupJob, 'metadata'>): boolean =>
  metadata.annotations?.[RUN_NOW_ANNOTATION] !== undefined

/** Whether a newer slot has taken its place. */
export const isReplaced = ({metadata}: Pick<BackupJob, 'metadata'>): boolean =>
  metadata.annotations?.[REPLACED_ANNOTATION] !== undefined

/** `namespace/label`: under which the children of a schedule are found; undefined for a job that no schedule made. */
export function scheduleKeyOf({metadata}: Pick<BackupJob, 'metadata'>): string | undefined {
  const label = metadata.labels?.[SCHEDULE_LABEL]
  return label === undefined || slotOf({metadata}) === undefined ? undefined : `${metadata.namespace}/${label}`
}
