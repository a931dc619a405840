import type {Enqueued} from '../../../juju/actions.ts'
import type {JujuError} from '../../../juju/errors.ts'
import type {Sent} from '../../../juju/writes/send.ts'
import type {TaskTarget} from '../../../juju/writes/tasks.ts'
import type {Observed} from '../observed.ts'
import {passesByItself, wordsOf} from '../refusals.ts'
import {wait, type Finish, type Wait} from '../step.ts'
import {failedAttempt, withdrawAttempt} from './retry.ts'

/** What Juju refuses only for now is asked for again after this, ms. */
export const refusedPauseMs = 15_000

/** What follows an enqueue whose outcome is known; an uncertain one is looked up by its intent. */
export function afterEnqueue(
  o: Observed,
  {unit, action}: TaskTarget,
  sent: Exclude<Sent<Enqueued>, {kind: 'Uncertain'}>,
): Wait | Finish {
  switch (sent.kind) {
    case 'Done': {
      const {operationID, taskID, enqueued = new Date(o.now).toISOString()} = sent.result
      const message = `Task ${taskID} (${action}) was handed to ${unit}.`
      return wait('Running', message, {
        patch: {operationID, taskID, taskStatus: 'pending', enqueuedAt: enqueued},
        event: {type: 'Normal', reason: 'BackupStarted', note: message},
        afterMs: 0,
      })
    }
    case 'NotSent':
      return wait('Preparing', `Nothing was sent, because ${sent.why}; preparing again.`, {
        patch: withdrawAttempt(o.status),
        afterMs: 0,
      })
    case 'Refused':
      return passesByItself(sent.error)
        ? refusedForNow(o, sent.error)
        : failedAttempt(o, sent.error.message, 'Juju refused the action')
  }
}

function refusedForNow(o: Observed, error: JujuError): Wait {
  // Without a time in the status the next snapshot of the model would be the next try.
  const retryTime = new Date(o.now + refusedPauseMs).toISOString()
  return wait('Preparing', `Juju cannot take the action now: ${wordsOf(error)}; trying again.`, {
    patch: {...withdrawAttempt(o.status), retryTime},
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
