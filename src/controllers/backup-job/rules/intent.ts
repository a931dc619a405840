import {mayBeSentAgain, type Verdict} from '../../../juju/writes/write.ts'
import {arrivesBefore} from '../../../juju/writes/judge.ts'
import {enqueue} from '../../../juju/writes/tasks.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {blind} from './blind.ts'
import {writeIntentOf} from '../write-intent.ts'
import {needs, readAgain, valueOf} from './needs.ts'
import {askAPerson} from './person.ts'
import {withdrawAttempt} from './retry.ts'
import {taskIsOver} from './state.ts'

/** A look that came too early, by the controller's clock, or at a listing that was in motion, is made again after this, ms. */
const LOOK_AGAIN_MS = 5_000

/**
 * An intent without an operation: the process died, or the reply was lost, somewhere around the call. Juju has no idempotency
 * key, so the operation is looked up before anything else (api.md rule 11), after the call can no longer arrive.
 */
export const adoptWhatWasAlreadyEnqueued: Rule<Observed> = o => {
  const {intent} = o.status
  if (!intent || o.status.operationID !== undefined || taskIsOver(o.status)) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return cannotSee
  const arrives = arrivesBefore(writeIntentOf(intent, o.callTimeoutMs))
  const message = `Looking in Juju for the ${intent.action} on ${intent.unit} that was asked for at ${intent.time}.`
  if (o.now < arrives) return wait('Preparing', message, {afterMs: arrives - o.now})
  return needs(o, 'Preparing', message, 'search') ?? settleIntent(o, message)
}

function settleIntent(o: Observed, message: string): Step | undefined {
  const verdict = valueOf(o, 'search')
  const {intent} = o.status
  if (!verdict || !intent) return undefined
  switch (verdict.kind) {
    case 'NotYet':
      return readAgain(o, {reason: 'Preparing', message}, LOOK_AGAIN_MS, 'search')
    case 'Ambiguous':
      return finish(
        'Ambiguous',
        `Several operations in Juju may be ours (${verdict.ids.join(', ')}); Charmkeeper does not guess. Look at them with juju show-operation.`,
      )
    case 'Happened':
      return adopt(o, verdict.result.operationID, verdict.result.taskID)
    case 'DidNotHappen':
    case 'Unknown':
      if (o.deleting && verdict.kind === 'DidNotHappen')
        return {do: 'release', because: 'its call never reached Juju', lost: false}
      return mayBeSentAgain(enqueue, verdict) ? sendOnceMore(o, intent.time) : askAPerson(o, unclear(intent, verdict))
  }
}

function unclear(intent: {action: string; time: string}, verdict: Verdict<unknown>): string {
  const why = verdict.kind === 'Unknown' ? verdict.why : ''
  return `What came of the ${intent.action} that was asked for at ${intent.time} is not known: ${why}`
}

function adopt(o: Observed, operationID: string, taskID: string): Step {
  const unit = o.status.intent?.unit
  return wait('Running', `Found as operation ${operationID} in Juju, task ${taskID} on ${unit}.`, {
    patch: {operationID, taskID, unit, taskStatus: 'pending', enqueuedAt: o.status.intent?.time, startTime: undefined},
    event: {
      type: 'Normal',
      reason: 'BackupAdopted',
      note: `Operation ${operationID} of an earlier call was found and is followed`,
    },
    afterMs: 0,
  })
}

/** The call provably never arrived: the preparation is done again, with a new intent, in the same attempt. */
function sendOnceMore(o: Observed, time: string): Step {
  return wait('Preparing', `The call of ${time} never reached Juju; it is prepared once more.`, {
    patch: withdrawAttempt(o.status),
    afterMs: 0,
  })
}
