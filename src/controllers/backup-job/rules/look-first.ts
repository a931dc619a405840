import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {isUnderWay} from '../restore/story.ts'
import type {Finish, Step} from '../step.ts'
import {hasBegun} from './conclusion.ts'
import {needsFreshAs} from './needs.ts'

/** Refusals that may be founded on the units, the charm and the applications that Juju's status shows. */
const ofTheStatus: ReadonlySet<BackupJobReason> = new Set(['ApplicationNotFound', 'Unsupported', 'Failed'])

/**
 * No job that has done nothing yet ends for a status of Juju that may be older than the job: its owner may have mended that a
 * moment before. Juju is looked at once for this job, whatever the clocks say of the status that is known.
 */
export function lookBeforeTheRefusal(o: Observed, {report}: Finish): Step | undefined {
  const isFoundedOnStatus = ofTheStatus.has(report.reason) && o.model.state === 'ready'
  if (!isFoundedOnStatus || hasBegun(o) || isUnderWay(o)) return undefined
  const reason = o.status.grantedAt === undefined ? 'WaitingForModel' : 'Preparing'
  return needsFreshAs(o, reason, `Looking at Juju once more before the end: ${report.message}`, 'look')
}
