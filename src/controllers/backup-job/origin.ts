import type {BackupJob} from '../../api/backup-job.ts'
import {REPLACED_ANNOTATION, RUN_NOW_ANNOTATION, SCHEDULE_LABEL, SLOT_ANNOTATION} from '../../api/meta.ts'

/** The slot (or the moment of a run at once) that a BackupJob carries, ms since the epoch; undefined if it carries none. */
export function slotOf({metadata}: Pick<BackupJob, 'metadata'>): number | undefined {
  const time = Date.parse(metadata.annotations?.[SLOT_ANNOTATION] ?? '')
  return Number.isNaN(time) ? undefined : time
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
