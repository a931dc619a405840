import {explain} from '../../../charms/classify.ts'
import type {RestoreCapability, Settlement} from '../../../charms/restore.ts'
import type {Observed} from '../observed.ts'
import {explained} from '../rules/charm-words.ts'
import {blind} from '../rules/blind.ts'
import {conclude} from '../rules/conclusion.ts'
import {endConcluded} from '../rules/hooks.ts'
import {asProgress, readAgain, valueOf} from '../rules/needs.ts'
import {tooLate} from '../rules/record.ts'
import {taskIsOver} from '../rules/state.ts'
import {isPastDeadline} from '../rules/deadline.ts'
import {finish, wait, type ExtraCondition, type Rule, type Step} from '../step.ts'
import {targetOf} from './chosen.ts'
import {end, endAndBegin, isOpen, stepOf, unitsGone} from './story.ts'

/** Units, and what the charm lists, are looked at again after this while a restore goes on, ms. */
const lookAgainMs = 30_000
/** A restore that stands like this for so long may be stuck, and a person is told what to look at, ms. */
const stuckAfterMs = 3600_000

/** The task of the restore is over: what it says, and what that means for the data. */
export const judgeTheTask: Rule<Observed> = o => {
  if (!isOpen(o, 'Restore') || o.status.intent === undefined || !taskIsOver(o.status)) return undefined
  const {taskStatus, taskID, unit} = o.status
  switch (taskStatus) {
    case 'cancelled':
      return conclude(o, whyCancelled(o), `Task ${taskID} was cancelled before it began; no data was touched.`, {
        scaleUp: true,
      })
    case 'aborted':
      return conclude(
        o,
        'Cancelled',
        `Task ${taskID} was stopped in the middle: the data of ${unit} may be gone or incomplete. Restore again, with a new BackupJob and requestID.${unitsGone(o)}`,
      )
    case 'failed':
    case 'error':
      return failed(o)
    case undefined:
      return undefined
    default: {
      const what = taskID === undefined ? 'The task that a person vouches for' : `Task ${taskID}`
      return wait('Running', `${what} is over; waiting for ${unit} to show that the restore is.`, {
        patch: endAndBegin(
          o,
          'Restore',
          `${taskID === undefined ? 'the task' : `task ${taskID}`} is ${taskStatus}`,
          'Settle',
        ),
        afterMs: 0,
      })
    }
  }
}

/** What was still pending when the confirmation expired is cancelled by us. */
function whyCancelled({job, now}: Observed): 'Cancelled' | 'ConfirmationExpired' {
  const validUntil = job.spec.restore?.confirmation?.validUntil
  return job.spec.cancel === 'No' && validUntil !== undefined && now > Date.parse(validUntil)
    ? 'ConfirmationExpired'
    : 'Cancelled'
}

function failed(o: Observed): Step | undefined {
  const capability = o.application.state === 'present' ? o.application.profile?.restore : undefined
  if (capability === undefined) return notUnderstood(o)
  const words = o.status.lastMessage ?? ''
  const failure = capability.classifyFailure(words)
  const said = explained(capability.failureTexts, words, o.status.taskID)
  if (failure.kind === 'Refused')
    return conclude(o, failure.reason, `The charm refused the restore; no data was touched: ${said}`, {scaleUp: true})
  const state = failure.kind === 'Destroyed' ? 'is gone or incomplete' : 'may be gone or incomplete'
  return conclude(
    o,
    'Failed',
    `The restore failed, and the data of ${o.status.unit} ${state}: ${said.replace(/\.$/, '')}. Another restore is possible, with a new BackupJob and requestID.${unitsGone(o)}`,
  )
}

/** An asynchronous restore is over when the units show it, by evidence that is newer than the task. */
export const settleTheRestore: Rule<Observed> = o => {
  if (!isOpen(o, 'Settle')) return undefined
  if (stepOf(o, 'Settle')?.startedAt === undefined) return undefined
  const cannotSee = blind(o)
  if (cannotSee !== undefined && !isPastDeadline(o)) return cannotSee
  const capability = o.application.state === 'present' ? o.application.profile?.restore : undefined
  if (o.application.state !== 'present' || capability === undefined) return notUnderstood(o)
  const {view} = o.application
  const listing = valueOf(o, 'after')
  const settlement = capability.settlement({
    target: targetOf(o),
    unit: o.status.unit ?? '',
    taskEndedAt: endOfTask(o),
    output: o.task.state === 'seen' ? o.task.task.output : {},
    units: view.units,
    application: view.status,
    timelineBefore: o.status.restore?.timelineBefore,
    listing,
  })
  switch (settlement.state) {
    case 'Running':
      return goesOn(o, settlement, capability)
    case 'Failed':
      return conclude(o, 'Failed', `${explain([], settlement.message)}${unitsGone(o)}`)
    case 'Done':
      return succeeded(o, settlement.evidence, capability.afterwards(view.status, view.units))
  }
}

/** ms; of a task whose end nobody here has seen, when it was asked for. */
function endOfTask({status: {completionTime, intent}}: Observed): number {
  return Date.parse(completionTime ?? intent?.controllerTime ?? intent?.time ?? '')
}

/** The charm may have been refreshed meanwhile, to one that nobody here knows. */
function notUnderstood(o: Observed): Step {
  const {application} = o
  const message =
    application.state === 'present'
      ? `The application now has ${application.view.charmURL}, whose restores are not known, so nobody here can tell how this one ended. Look at the application, or refresh it to the charm of before.`
      : 'Waiting for the status of the Juju model.'
  if (isPastDeadline(o)) return tooLateToSee(o, message)
  return wait(application.state === 'present' ? 'ActionRequired' : 'Running', message)
}

/** activeDeadlineSeconds end the waiting, not the restore. */
function tooLateToSee(o: Observed, message: string): Step {
  const said = `The restore was not over ${o.job.spec.activeDeadlineSeconds} s after it was handed to Juju, as far as can be seen: ${message}`
  return conclude(o, 'DeadlineExceeded', `${said}${unitsGone(o)}`)
}

function goesOn(
  o: Observed,
  {message, stuck}: Extract<Settlement, {state: 'Running'}>,
  {timelines}: Pick<RestoreCapability, 'timelines'>,
): Step {
  if (isPastDeadline(o)) return tooLateToSee(o, message)
  const refused = cancelRefused(o)
  if (refused !== undefined)
    return wait('Running', message, {
      conditions: [refused],
      event: {type: 'Warning', reason: 'CancelRefused', note: refused.message},
    })
  const stands = o.now - Date.parse(stepOf(o, 'Settle')?.startedAt ?? '')
  const isStuck = stuck !== undefined && stands > stuckAfterMs
  const said = asProgress(
    o,
    isStuck ? {reason: 'ActionRequired', message: `${message} ${stuck}`} : {reason: 'Running', message},
  )
  // A list without timelines tells nothing of a restore, and each look is a task in Juju's history.
  if (!timelines) return {do: 'wait', report: said, afterMs: lookAgainMs}
  const {after} = o.readings
  if (after.state === 'pending') return {do: 'wait', report: said}
  return readAgain(o, said, lookAgainMs, 'after')
}

/** Nothing stops what goes on inside of the database. */
function cancelRefused(o: Observed): ExtraCondition | undefined {
  if (o.job.spec.cancel === 'No' || o.status.conditions?.some(({type}) => type === 'CancelRefused')) return undefined
  return {
    type: 'CancelRefused',
    status: 'True',
    reason: 'Unsupported',
    message:
      'The task has only begun the restore, which goes on inside of the database; neither Juju nor the charm can stop it.',
  }
}

function succeeded(o: Observed, evidence: string, advice: string | undefined): Step {
  const {chosenBackupID, moment} = o.status.restore ?? {}
  const to = moment === undefined ? '' : ` to ${moment}`
  const what = chosenBackupID === undefined ? `the data${to}` : `backup ${chosenBackupID}${to}`
  const todo = advice === undefined ? '' : ` To do: ${advice}`
  return conclude(o, 'Succeeded', `Restored ${what} on ${o.status.unit}: ${evidence}.${todo}`, {
    patch: end(o, 'Settle', evidence),
    conditions: tooLate(o),
    scaleUp: true,
  })
}

/** An application that is removed under a restore cannot be restored any more, and its ledger is gone with it. */
export const applicationMustStay: Rule<Observed> = o => {
  if (o.application.state !== 'absent' || o.status.restore?.ledgerTime === undefined) return undefined
  const message = `Application ${o.job.spec.application} was removed while it was restored.`
  return endConcluded(o) ?? finish('ApplicationNotFound', message)
}
