import type {StatusView} from '../profile.ts'

/** What the application says when the charm refuses to write to its repository, and what a person has to do then. */
const remedies: Readonly<Record<string, string>> = {
  'S3 repository claimed by another cluster': 'set another path in the s3-integrator',
  'Move restored cluster to another S3 repository':
    'its data were restored from this repository; set another path in the s3-integrator, and the backups of before stay where they are',
}

/** The complaint about the repository with its remedy, or undefined. */
export function storageComplaint({workloadStatus, workloadMessage}: StatusView): string | undefined {
  const remedy = workloadStatus === 'blocked' ? remedies[workloadMessage] : undefined
  return remedy === undefined ? undefined : `${workloadMessage}: ${remedy}`
}

/** Texts of a unit while `restore` runs; a failure may leave one of them standing. */
export const restoring: readonly string[] = [
  'Running pre-restore operations',
  'Downloading backup...',
  'Preparing for restore backup...',
  'Restoring backup...',
  'Running point-in-time-recovery operations',
  'Running post-restore operations',
]
