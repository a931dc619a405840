import type {Enqueued} from '../../../juju/actions.ts'
import type {JujuError} from '../../../juju/errors.ts'
import type {Sent} from '../../../juju/writes/send.ts'
import type {TaskTarget} from '../../../juju/writes/tasks.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import {dropHook, patchHook} from '../calls.ts'
import type {Observed} from '../observed.ts'
import {passesByItself, wordsOf} from '../refusals.ts'
import {wait, type Finish, type Wait} from '../step.ts'
import {conclude} from './conclusion.ts'
import {failedAttempt, withdrawAttempt} from './retry.ts'

/** What Juju refuses only for now is asked for again after this, ms. */
export const refusedPauseMs = 15_000

/** What is known right after a write; an uncertain one is looked up by its intent instead. */
export type Known<Result> = Exclude<Sent<Result>, {kind: 'Uncertain'}>

/** What follows an enqueue whose outcome is known; an uncertain one is looked up by its intent. */
export function afterEnqueue(
  o: Observed,
  {unit, action}: Pick<TaskTarget, 'unit' | 'action'>,
  sent: Known<Enqueued>,
): Wait | Finish {
  switch (sent.kind) {
    case 'Done': {
      const {operationID, taskID, enqueued = new Date(o.now).toISOString()} = sent.result
      const message = `Task ${taskID} (${action}) was handed to ${unit}.`
      return wait('Running', message, {
        patch: {operationID, taskID, taskStatus: 'pending', enqueuedAt: enqueued},
        event: {type: 'Normal', reason: `${o.job.spec.type}Started`, note: message},
        // The intent is written, so a backup's task would be found again; a moment later it is seen to run.
        ...(o.job.spec.type === 'Backup' ? {weight: 'Brief' as const} : {}),
        afterMs: 0,
      })
    }
    case 'NotSent':
      return wait('Preparing', `Nothing was sent, because ${sent.why}; preparing again.`, {
        patch: withdrawAttempt(o.status),
        afterMs: 0,
      })
    case 'Refused':
      if (passesByItself(sent.error)) return refusedForNow(o, sent.error)
      return o.job.spec.type === 'Restore'
        ? conclude(o, 'Failed', `Juju refused ${action} on ${unit}: ${sent.error.message}. No data was touched.`, {
            patch: withdrawAttempt(o.status),
            scaleUp: true,
          })
        : failedAttempt(o, sent.error.message, 'Juju refused the action')
  }
}

/** What follows the enqueue of a hook; one that Juju refuses for good has failed. */
export function afterHook(
  o: Observed,
  {unit, action}: Pick<TaskTarget, 'unit' | 'action'>,
  sent: Known<Enqueued>,
): Wait {
  const hook = `hook ${action} on ${unit}`
  switch (sent.kind) {
    case 'Done': {
      const {operationID, taskID} = sent.result
      const message = `Task ${taskID} (${hook}) was handed to ${unit}.`
      return wait('Running', message, {
        patch: patchHook(o.status, {operationID, taskID, taskStatus: 'pending'}),
        event: {type: 'Normal', reason: 'HookStarted', note: message},
        afterMs: 0,
      })
    }
    case 'NotSent':
      return wait('Running', `Nothing was sent, because ${sent.why}; preparing ${hook} again.`, {
        patch: dropHook(o.status),
        afterMs: 0,
      })
    case 'Refused':
      return passesByItself(sent.error)
        ? wait('Running', `Juju cannot take ${hook} now: ${wordsOf(sent.error)}; trying again.`, {
            patch: {...dropHook(o.status), retryTime: pauseEnd(o)},
            afterMs: refusedPauseMs,
          })
        : wait('Running', `Juju refused ${hook}: ${sent.error.message}.`, {
            patch: patchHook(o.status, {taskStatus: 'error', message: trimMessage(sent.error.message)}),
            event: {type: 'Warning', reason: 'HookFailed', note: `Juju refused ${hook}: ${sent.error.message}`},
            afterMs: 0,
          })
  }
}

/** Without a time in the status the next snapshot of the model would be the next try. */
export const pauseEnd = (o: Observed): string => new Date(o.now + refusedPauseMs).toISOString()

function refusedForNow(o: Observed, error: JujuError): Wait {
  return wait('Preparing', `Juju cannot take the action now: ${wordsOf(error)}; trying again.`, {
    patch: {...withdrawAttempt(o.status), retryTime: pauseEnd(o)},
    afterMs: refusedPauseMs,
  })
}

/** The model is somebody else's now, and what runs in it is no longer ours to stop. */
export function cancelWithoutClaim(taskID: string, owner: string): Wait {
  const message = `Task ${taskID} is not cancelled: the model is claimed by ${owner || 'nobody'} now.`
  return wait('Running', message, {afterMs: 30_000})
}

/** Juju's refusal of a cancel does not change what becomes of the task. */
export function cancelRefused(taskID: string, error: JujuError): Wait {
  const message = `Juju refused to cancel task ${taskID}: ${error.message}. It goes on to its own end.`
  return wait('Running', message, {
    conditions: [{type: 'CancelRefused', status: 'True', reason: 'RefusedByJuju', message}],
    event: {type: 'Warning', reason: 'CancelRefused', note: message},
    afterMs: 1000,
  })
}
