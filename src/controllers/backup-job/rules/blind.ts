import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {UNSEEN_EVERY_MS} from '../report.ts'
import {wait, type Step} from '../step.ts'

/**
 * A granted job that cannot see Juju keeps its reason and says since when (api.md rule 5); what it knew stays in the status.
 */
export function blind(o: Observed): Step | undefined {
  const {model} = o
  if (model.state === 'ready' || (model.state === 'unready' && model.followable)) return undefined
  const current = o.status.conditions?.find(condition => condition.type === 'Succeeded')
  const lastSeenTime = o.status.lastSeenTime ?? o.status.lastObservedTime
  const since = lastSeenTime === undefined ? '' : ` Juju was last seen at ${lastSeenTime}.`
  const why = model.state === 'missing' ? model.message : `JujuModel is ${model.reason}: ${model.message}`
  return wait((current?.reason ?? 'Preparing') as BackupJobReason, `${why}.${since}`.replace('..', '.'), {
    patch: {lastSeenTime},
    unseen: true,
    afterMs: UNSEEN_EVERY_MS,
  })
}
