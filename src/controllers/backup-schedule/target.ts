import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'

/** What a schedule backs up, as the status says it. */
export function targetOf({spec}: BackupSchedule): NonNullable<BackupScheduleStatus['target']> {
  const {modelRef, application} = spec.jobTemplate.spec
  return {model: modelRef.name, application}
}

/** What the status knows of past runs, as far as they are about the same application: nobody is safe by the backups of another. */
export function knownOf(schedule: BackupSchedule): Partial<BackupScheduleStatus> {
  const known: Partial<BackupScheduleStatus> = schedule.status ?? {}
  const {model, application} = targetOf(schedule)
  const {target = {model, application}, slots, recentRuns} = known
  if (target.model === model && target.application === application) return known
  return {...(slots && {slots}), ...(recentRuns && {recentRuns})}
}
