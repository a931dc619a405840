import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {blind} from './blind.ts'
import {needs, valueOf} from './needs.ts'
import {askAPerson} from './person.ts'
import {taskIsOver} from './state.ts'

/** Juju forgets operations (336 h by default): after a day, not finding ours proves nothing any more. */
const PROOF_EXPIRES_MS = 24 * 3600_000

/**
 * An intent without an operation: the process died, or the reply was lost, somewhere around the call. Juju has no idempotency
 * key, so the operation is looked up before anything else (api.md rule 11), after the call can no longer arrive.
 */
export const adoptWhatWasAlreadyEnqueued: Rule<Observed> = o => {
  const {intent} = o.status
  if (!intent || o.status.operationID !== undefined || taskIsOver(o.status)) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return cannotSee
  const arrives = Date.parse(intent.time) + o.callTimeoutMs
  const message = `Looking in Juju for the ${intent.action} on ${intent.unit} that was asked for at ${intent.time}.`
  if (o.now < arrives) return wait('Preparing', message, {afterMs: arrives - o.now})
  return needs(o, 'Preparing', message, 'search') ?? settleIntent(o)
}

function settleIntent(o: Observed): Step | undefined {
  const found = valueOf(o, 'search')
  const {intent} = o.status
  if (!found || !intent) return undefined
  if (found.kind === 'several')
    return finish(
      'Ambiguous',
      `Several operations in Juju may be ours (${found.ids.join(', ')}); Charmkeeper does not guess. Look at them with juju show-operation.`,
    )
  if (found.kind === 'one') return adopt(o, found.operation.operationID, found.task.taskID)
  if (o.deleting) return {do: 'release', because: 'its call never reached Juju', lost: false}
  if (o.now - Date.parse(intent.time) > PROOF_EXPIRES_MS)
    return askAPerson(
      o,
      `Juju shows no trace of the ${intent.action} that was asked for at ${intent.time}, but may have forgotten it`,
    )
  return sendOnceMore(o, intent.time)
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
  const before = (o.status.attempt ?? 1) - 1
  return wait('Preparing', `The call of ${time} never reached Juju; it is prepared once more.`, {
    patch: {intent: undefined, unit: undefined, attempt: before < 1 ? undefined : before},
    afterMs: 0,
  })
}
