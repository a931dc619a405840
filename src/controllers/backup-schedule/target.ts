import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'

/** What a schedule backs up, as the status says it. */
export function targetOf({spec}: BackupSchedule): NonNullable<BackupScheduleStatus['target']> {
  const {modelRef, application, storageRef} = spec.jobTemplate.spec
  return {model: modelRef.name, application, ...(storageRef && {storage: storageRef.name})}
}

/**
 * What the status knows of past runs, as far as they are about the same application: nobody is safe by the backups of another.
 * What was proved in another BackupStorage, or in none, proves nothing about the one that the template names now.
 */
export function knownOf(schedule: BackupSchedule): Partial<BackupScheduleStatus> {
  const known: Partial<BackupScheduleStatus> = schedule.status ?? {}
  const now = targetOf(schedule)
  const {target = now, slots, recentRuns} = known
  if (target.model !== now.model || target.application !== now.application)
    return {...(slots && {slots}), ...(recentRuns && {recentRuns})}
  if (now.storage === undefined || target.storage === now.storage) return known
  const {lastVerifiedTime: _, ...others} = known
  return others
}

/** Whether what was proved of a job is about the BackupStorage that the template names now; one that names none takes any proof. */
export function isOfStorage({spec}: Pick<BackupJob, 'spec'>, schedule: BackupSchedule): boolean {
  const {storage} = targetOf(schedule)
  return storage === undefined || spec.storageRef?.name === storage
}
