import type {BackupSchedule, ScheduleWarning} from '../../api/backup-schedule.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {hasMadeABackup} from '../inventory/our-backups.ts'

/** What decides upon what the next backup of a schedule builds. */
export interface ChainQuestion {
  readonly schedule: BackupSchedule
  /** the other schedules of the same application */
  readonly others: readonly BackupSchedule[]
  /** all jobs of the application, whoever made them */
  readonly ofApplication: readonly CachedBackupJob[]
  /** the BackupJob of a name in the namespace */
  readonly named: (name: string) => CachedBackupJob | undefined
}

export interface ChainWarning {
  readonly reason: ScheduleWarning
  readonly message: string
}

/**
 * What is wrong with a chain of backups before its next run. The run itself is decided on by the list of the charm, which also
 * knows what others have made: a first one without a full one makes a full one where backup.fullIfNoParent allows it, and one
 * whose declared parent would not become its parent ends before anything is run.
 */
export function chainWarnings(question: ChainQuestion): readonly ChainWarning[] {
  const {type, parentJobRef} = question.schedule.spec.jobTemplate.spec.backup
  if (type === 'Full') return []
  return parentJobRef === undefined ? withoutFulls(question, type) : withParent(question, type, parentJobRef.name)
}

type Dependent = 'Differential' | 'Incremental'

function withoutFulls({schedule, others}: ChainQuestion, type: Dependent): readonly ChainWarning[] {
  const {application, backup} = schedule.spec.jobTemplate.spec
  if (others.some(({spec}) => spec.jobTemplate.spec.backup.type === 'Full')) return []
  const first = backup.fullIfNoParent ? 'only the first run makes one' : 'a run without one ends with BackupNotFound'
  const message = `no schedule of ${application} makes full backups (${first}): all ${type.toLowerCase()} ones depend on one that grows ever older, and none of them can expire before the others; add a schedule with backup.type Full`
  return [{reason: 'NoFullSchedule', message}]
}

function withParent({ofApplication, named}: ChainQuestion, type: Dependent, name: string): readonly ChainWarning[] {
  const parent = named(name)
  const warning = (what: string): readonly ChainWarning[] => [
    {
      reason: 'OtherParent',
      message: `${what}: the next run ends with ParentMismatch; change or remove backup.parentJobRef`,
    },
  ]
  if (parent === undefined) return warning(`BackupJob ${name} does not exist`)
  const wanted = parent.status?.backupID
  if (wanted === undefined) return hasEnded(parent) ? warning(`BackupJob ${name} has no backup`) : []
  const newest = newestParent(ofApplication, type)
  if (newest === undefined || newest <= wanted) return []
  return warning(
    `the next ${type.toLowerCase()} backup would build on ${newest}, not on ${wanted} of BackupJob ${name}`,
  )
}

const hasEnded = ({status}: CachedBackupJob): boolean => status?.completionTime !== undefined

/** Ids of one application sort by age. */
function newestParent(jobs: readonly CachedBackupJob[], type: Dependent): string | undefined {
  const ids = jobs
    .filter(job => hasMadeABackup(job) && getCondition(job.status?.conditions, 'DataPresent')?.status !== 'False')
    .filter(({status}) => type === 'Incremental' || status?.type === 'Full')
    .flatMap(({status}) => status?.backupID ?? [])
  return ids.length === 0 ? undefined : ids.reduce((newest, id) => (id > newest ? id : newest))
}
