import type {RestoreStatus, RestoreStep, RestoreStepName} from '../../../api/backup-job.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import type {Observed} from '../observed.ts'
import type {StatusPatch} from '../step.ts'
import {namesOf} from './sentences.ts'

/** A step of this restore; undefined: it has no such step. */
export function stepOf({status}: Pick<Observed, 'status'>, name: RestoreStepName): RestoreStep | undefined {
  return status.restore?.steps?.find(step => step.name === name)
}

/** Whether the step is there and still to be done, or to be seen to its end. */
export function isOpen(o: Pick<Observed, 'status'>, name: RestoreStepName): boolean {
  const step = stepOf(o, name)
  return step !== undefined && step.finishedAt === undefined
}

export const hasStarted = (o: Pick<Observed, 'status'>, name: RestoreStepName): boolean =>
  stepOf(o, name)?.startedAt !== undefined

/**
 * Whether the plan stands: from the first thing on that others can see, nothing is chosen anew, and nothing but what happens ends
 * the restore.
 */
export const isUnderWay = ({status}: Pick<Observed, 'status'>): boolean =>
  status.restore?.ledgerTime !== undefined || status.restore?.safetyBackupJob !== undefined

/**
 * Whether the action of the restore was sent, or may have been: from then on the data may be touched. An intent that is known to
 * have come to nothing leaves the status.
 */
export const wasSent = ({status}: Pick<Observed, 'status'>): boolean => status.intent !== undefined

/** Units that were removed are not added to a cluster without good data, as they would copy it; '' if there are none. */
export function unitsGone(o: Pick<Observed, 'status'>): string {
  const {unitsBefore = [], survivor} = o.status.restore ?? {}
  const gone = unitsBefore.filter(name => name !== survivor)
  if (!hasStarted(o, 'ScaleDown') || gone.length === 0) return ''
  return ` ${namesOf(gone)} ${gone.length === 1 ? 'was' : 'were'} removed and not added again.`
}

/** Changes the part of the status that is the restore's own. */
export const restorePatch = ({status}: Pick<Observed, 'status'>, change: RestoreStatus): StatusPatch => ({
  restore: {...status.restore, ...change},
})

/** The step begins now. */
export function begin(o: Observed, name: RestoreStepName, more: RestoreStatus = {}): StatusPatch {
  return restorePatch(o, {...more, ...stepsWith(o, name, {startedAt: new Date(o.now).toISOString()})})
}

/** The step begins now, unless it has: the effect of a step may be asked for again, and waiting for it has an end. */
export const beginOnce = (o: Observed, name: RestoreStepName): StatusPatch =>
  hasStarted(o, name) ? restorePatch(o, {}) : begin(o, name)

/** The step is over, by this evidence; it is never asked again, because the world moves on. */
export function end(o: Observed, name: RestoreStepName, evidence: string): StatusPatch {
  const finishedAt = new Date(o.now).toISOString()
  const startedAt = stepOf(o, name)?.startedAt ?? finishedAt
  return restorePatch(o, {...stepsWith(o, name, {startedAt, finishedAt, evidence: trimMessage(evidence)})})
}

/** What is seen of a step that is not over. */
export const note = (o: Observed, name: RestoreStepName, evidence: string): StatusPatch =>
  restorePatch(o, {...stepsWith(o, name, {evidence: trimMessage(evidence)})})

/** One step is over by this evidence, and the next one begins. */
export function endAndBegin(
  o: Observed,
  ended: RestoreStepName,
  evidence: string,
  begun: RestoreStepName,
): StatusPatch {
  const {restore} = end(o, ended, evidence)
  return begin({...o, status: {...o.status, restore}}, begun)
}

function stepsWith(
  {status}: Pick<Observed, 'status'>,
  name: RestoreStepName,
  change: Partial<RestoreStep>,
): Pick<RestoreStatus, 'steps'> {
  const steps = status.restore?.steps ?? []
  return {steps: steps.map(step => (step.name === name ? {...step, ...change} : step))}
}
