import {openHook} from '../calls.ts'
import type {Observed} from '../observed.ts'
import type {Rule, Step} from '../step.ts'
import {endsTask, isFinished, PRUNED, taskIsOver} from './state.ts'

/** A finished job stays finished: only its finalizer, and its time to live, are left. */
export const finishedJobsStayFinished: Rule<Observed> = o => {
  if (!isFinished(o.status)) return undefined
  return releaseWhenOver(o) ?? deleteWhenOld(o) ?? {do: 'nothing'}
}

/**
 * The work in Juju may outlive the outcome: a deadline stops waiting, not the task (api.md, BackupJob). The finalizer goes when
 * the task is over, or when a person says that it is abandoned.
 */
function releaseWhenOver(o: Observed): Step | undefined {
  if (!o.held) return undefined
  const run = openHook(o.status)
  const ownIsOver = o.status.operationID === undefined || taskIsOver(o.status)
  if (ownIsOver && run?.taskID === undefined) return released('the work in Juju is over')
  if (o.answer === 'Abandon') return released('a person resolved its task as abandoned')
  if (o.task.state === 'gone')
    return released('Juju does not know the task any more', run === undefined ? PRUNED : undefined)
  if (o.task.state === 'seen' && endsTask(o.task.task.status))
    return released('the work in Juju is over', run === undefined ? o.task.task.status : undefined)
  return releaseWithoutAWay(o) ?? {do: 'nothing'}
}

const released = (because: string, taskStatus?: string): Step => ({
  do: 'release',
  because,
  lost: false,
  ...(taskStatus === undefined ? {} : {patch: {taskStatus}}),
})

/** No session and no credentials: nothing here can ever see the end. Juju's own unfinished task keeps the lock. */
export function releaseWithoutAWay(o: Observed): Step | undefined {
  if (!o.deleting) return undefined
  const lost = o.model.state === 'missing' || (o.model.state === 'unready' && o.model.permanent && !o.model.followable)
  if (!lost) return undefined
  return {do: 'release', because: 'no session with the model is open and none can be opened', lost: true}
}

function deleteWhenOld(o: Observed): Step | undefined {
  const ttl = o.job.spec.ttlSecondsAfterFinished
  if (ttl === undefined || o.deleting) return undefined
  const end = Date.parse(o.status.completionTime ?? '')
  if (Number.isNaN(end)) return undefined
  const left = end + ttl * 1000 - o.now
  if (left > 0) return {do: 'nothing', afterMs: left}
  return {do: 'delete', because: `it finished ${ttl} s ago (ttlSecondsAfterFinished)`}
}

/** A job that is being deleted starts nothing new. What runs in Juju is followed to its end by earlier rules. */
export const aDeletedJobStartsNothing: Rule<Observed> = o => {
  if (!o.deleting) return undefined
  if (!o.held) return {do: 'nothing'}
  return {do: 'release', because: 'nothing of it runs in Juju', lost: false}
}
