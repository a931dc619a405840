import type {BackupJobReason} from '../../../api/backup-job.ts'
import {RESOLVE_ANNOTATION} from '../../../api/meta.ts'
import {activeCall, dropHook, openHook, openIntentTime, patchHook, type Call} from '../calls.ts'
import type {Answer, Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step, type StatusPatch} from '../step.ts'
import {isOpen, unitsGone} from '../restore/story.ts'
import {finishConcluded} from './conclusion.ts'
import {forgetAttempt, withdrawAttempt} from './retry.ts'
import {VOUCHED} from './state.ts'

const answers: readonly string[] = ['Happened', 'DidNotHappen', 'Abandon'] satisfies Answer[]

/** The answer in `<intent time>=<answer>`, if it is one and is about the intent of now. */
export function parseAnswer(annotation: string | undefined, intentTime: string | undefined): Answer | undefined {
  const split = annotation?.lastIndexOf('=') ?? -1
  if (annotation === undefined || intentTime === undefined || split < 0) return undefined
  const answer = annotation.slice(split + 1)
  if (annotation.slice(0, split) !== intentTime || !answers.includes(answer)) return undefined
  return answer as Answer
}

/** The exact command with which a person gives this answer. */
export function resolveCommand({job, status}: Pick<Observed, 'job' | 'status'>, answer: Answer): string {
  const {namespace, name} = job.metadata
  return `kubectl -n ${namespace} annotate --overwrite backupjob ${name} ${RESOLVE_ANNOTATION}=${openIntentTime(status)}=${answer}`
}

/** Stops and shows the exact command with which a person answers. */
export function askAPerson(o: Observed, why: string): Step {
  return wait(
    'OutcomeUnknown',
    `${why}. Answer with: ${resolveCommand(o, 'Happened')} (or =DidNotHappen, or =Abandon)`,
    {
      event: {type: 'Warning', reason: 'OutcomeUnknown', note: why},
    },
  )
}

/** What a person says about an uncertain effect is believed. */
export const believeAPerson: Rule<Observed> = o => {
  if (o.answer === undefined || openIntentTime(o.status) === undefined) return undefined
  if (o.answer === 'Abandon') return abandoned(o)
  if (o.status.restore?.change !== undefined) return unitsWereChanged(o, o.answer)
  const call = activeCall(o.status)
  if (call === undefined || call.operationID !== undefined) return undefined
  const what = call.kind === 'Hook' ? `hook ${call.intent.action}` : o.job.spec.type.toLowerCase()
  if (o.answer === 'Happened')
    return wait(call.kind === 'Hook' ? 'Running' : 'Verifying', `A person says that the ${what} ran.`, {
      patch: call.kind === 'Hook' ? patchHook(o.status, {taskStatus: VOUCHED}) : vouchedFor(o, call),
      afterMs: 0,
    })
  return wait('Preparing', `A person says that nothing ran; the ${what} is prepared again.`, {
    patch: call.kind === 'Hook' ? dropHook(o.status) : prepareAgain(o),
    afterMs: 0,
  })
}

/** When a restore ended is not known; what the units have shown since it was asked for tells how. */
const vouchedFor = (o: Observed, {intent}: Call): StatusPatch => ({
  taskStatus: VOUCHED,
  unit: intent.unit,
  ...(o.job.spec.type === 'Restore' ? {} : {completionTime: new Date(o.now).toISOString()}),
})

/** A restore keeps its grant and its steps; a backup begins anew. */
const prepareAgain = (o: Observed): StatusPatch =>
  o.job.spec.type === 'Restore' ? withdrawAttempt(o.status) : {...forgetAttempt, attempt: undefined}

/** The units themselves show what is; only whether to ask again was open. */
function unitsWereChanged(o: Observed, answer: Exclude<Answer, 'Abandon'>): Step {
  const {change: _settled, ...restore} = o.status.restore ?? {}
  const said = answer === 'Happened' ? 'that Juju took the change of units' : 'that Juju never took the change of units'
  return wait('Running', `A person says ${said}.`, {patch: {restore}, afterMs: 0})
}

/** What was known by then stays the outcome; what was left to do (units, hooks, the ledger) is not done any more. */
function abandoned(o: Observed): Step {
  const {conclusion, restore} = o.status
  const task = activeCall(o.status)?.taskID ?? o.status.taskID
  const left =
    restore?.change !== undefined
      ? ` What came of the change of units of ${restore.change.time} is not known.`
      : task === undefined
        ? ''
        : ` Task ${task} in Juju no longer holds the application.`
  const said = `A person abandoned it (${RESOLVE_ANNOTATION}).${left}`
  if (conclusion !== undefined)
    return finishConcluded(o, endOfAbandoned(o, conclusion.reason), `${conclusion.message} ${said}`)
  return finish('Failed', `${said}${unitsGone(o)}`, {
    event: {type: 'Warning', reason: `${o.job.spec.type}Abandoned`, note: 'A person resolved it as abandoned'},
  })
}

function endOfAbandoned(o: Observed, reason: string): BackupJobReason {
  if (reason !== 'Succeeded') return reason as BackupJobReason
  return isOpen(o, 'ScaleUp') && openHook(o.status) === undefined ? 'RestoredNotRebuilt' : 'HookFailed'
}
