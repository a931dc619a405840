import type {Enqueued} from '../../../juju/actions.ts'
import {arrivesBefore} from '../../../juju/writes/judge.ts'
import {mayBeSentAgain, type Verdict} from '../../../juju/writes/write.ts'
import {activeCall, dropHook, patchHook, type Call} from '../calls.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step, type StatusPatch} from '../step.ts'
import {unitsGone} from '../restore/story.ts'
import {writeIntentOf, writeOf} from '../write-intent.ts'
import {blind} from './blind.ts'
import {conclude} from './conclusion.ts'
import {postHooksAreOverdue} from './hook-patience.ts'
import {needs, readAgain, valueOf} from './needs.ts'
import {askAPerson} from './person.ts'
import {withdrawAttempt} from './retry.ts'

/** A look that came too early, by the controller's clock, or at a listing that was in motion, is made again after this, ms. */
const LOOK_AGAIN_MS = 5_000

/**
 * An intent without an operation: the process died, or the reply was lost, somewhere around the call. Juju has no idempotency
 * key, so the operation is looked up before anything else (api.md rule 11), after the call can no longer arrive.
 */
export const adoptWhatWasAlreadyEnqueued: Rule<Observed> = o => {
  const call = activeCall(o.status)
  if (call === undefined || call.operationID !== undefined || isSettled(o, call)) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return cannotSee
  const {action, unit, time} = call.intent
  const arrives = arrivesBefore(writeIntentOf(call.intent, o.callTimeoutMs))
  const message = `Looking in Juju for the ${action} on ${unit} that was asked for at ${time}.`
  if (o.now < arrives) return wait('Preparing', message, {afterMs: arrives - o.now})
  return needs(o, 'Preparing', message, 'search') ?? settleIntent(o, call, message)
}

/** The job ends without knowing what came of the call. */
const isSettled = (o: Observed, {kind}: Call): boolean =>
  kind === 'Hook' ? postHooksAreOverdue(o) : o.status.conclusion !== undefined

function settleIntent(o: Observed, call: Call, message: string): Step | undefined {
  const verdict = valueOf(o, 'search')
  if (!verdict) return undefined
  switch (verdict.kind) {
    case 'NotYet':
      return readAgain(o, {reason: 'Preparing', message}, LOOK_AGAIN_MS, 'search')
    case 'Ambiguous':
      if (call.kind === 'Hook')
        return askAPerson(
          o,
          `Several operations in Juju may be this hook (${verdict.ids.join(', ')}): ${call.intent.action}`,
        )
      return ambiguous(o, verdict.ids)
    case 'Happened':
      return adopt(o, call, verdict.result)
    case 'DidNotHappen':
    case 'Unknown':
      return mayBeSentAgain(writeOf(o.job, call), verdict)
        ? sendOnceMore(o, call)
        : askAPerson(o, unclear(call.intent, verdict))
  }
}

function ambiguous(o: Observed, ids: readonly string[]): Step {
  const message = `Several operations in Juju may be ours (${ids.join(', ')}); Charmkeeper does not guess. Look at them with juju show-operation.${unitsGone(o)}`
  return o.job.spec.type === 'Restore' ? conclude(o, 'Ambiguous', message) : finish('Ambiguous', message)
}

function unclear(intent: {action: string; time: string}, verdict: Verdict<unknown>): string {
  const why = verdict.kind === 'Unknown' ? verdict.why : ''
  return `What came of the ${intent.action} that was asked for at ${intent.time} is not known: ${why}`
}

function adopt(o: Observed, {kind, intent}: Call, {operationID, taskID}: Enqueued): Step {
  const found = {operationID, taskID, taskStatus: 'pending'}
  const own: StatusPatch = {...found, unit: intent.unit, enqueuedAt: intent.time, startTime: undefined}
  const what = kind === 'Hook' ? 'Hook' : o.job.spec.type
  return wait('Running', `Found as operation ${operationID} in Juju, task ${taskID} on ${intent.unit}.`, {
    patch: kind === 'Hook' ? patchHook(o.status, found) : own,
    event: {
      type: 'Normal',
      reason: `${what}Adopted`,
      note: `Operation ${operationID} of an earlier call was found and is followed`,
    },
    afterMs: 0,
  })
}

/** The call provably never arrived: it is prepared again, with a new intent; a deleted job that started nothing ends here. */
function sendOnceMore(o: Observed, {kind, intent}: Call): Step {
  if (o.deleting && kind === 'Main' && o.job.spec.type === 'Backup' && o.status.hooks === undefined)
    return {do: 'release', because: 'its call never reached Juju', lost: false}
  return wait('Preparing', `The call of ${intent.time} never reached Juju; it is prepared once more.`, {
    patch: kind === 'Hook' ? dropHook(o.status) : withdrawAttempt(o.status),
    afterMs: 0,
  })
}
