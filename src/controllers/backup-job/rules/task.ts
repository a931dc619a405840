import {statusLimits} from '../../../api/backup-job.ts'
import {wordless} from '../../../charms/classify.ts'
import type {TaskInfo} from '../../../juju/tasks.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import {openHook} from '../calls.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step, type StatusPatch} from '../step.ts'
import {unitsGone} from '../restore/story.ts'
import {unsupportedCancel} from './asynchronous.ts'
import {blind} from './blind.ts'
import {conclude} from './conclusion.ts'
import {isPastDeadline} from './deadline.ts'
import {endsTask, PRUNED, taskIsOver} from './state.ts'

/** The lines of the log that are kept are 4 KiB together (api.md rule 8). */
const logLineBytes = Math.floor(4096 / statusLimits.logLines)

/** Follows the task until it is over. Cancel and deadline act on the task, not around it. */
export const followTheTask: Rule<Observed> = o => {
  if (o.status.operationID === undefined || taskIsOver(o.status) || openHook(o.status) !== undefined) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return deadline(o) ?? cannotSee
  if (o.task.state === 'unseen')
    return wait('Running', `Task ${o.status.taskID} was handed to Juju.`, {weight: 'Progress'})
  if (o.task.state === 'gone')
    return wait(afterTask(o), `Juju does not know task ${o.status.taskID} any more; ${lookedFor(o)}.`, {
      patch: {taskStatus: PRUNED},
      afterMs: 0,
    })
  const {task} = o.task
  if (endsTask(task.status)) return taskEnded(o, task)
  const cancelling = cancel(o, task)
  // A cancel is still asked for after the deadline; only the waiting for what comes of it has an end.
  if (cancelling?.do === 'cancel') return cancelling
  return deadline(o) ?? cancelling ?? progress(o, task)
}

/** A backup is looked for then; a restore goes on inside of the database. */
const afterTask = ({job}: Observed): 'Running' | 'Verifying' => (job.spec.type === 'Restore' ? 'Running' : 'Verifying')

const lookedFor = ({job}: Observed): string =>
  job.spec.type === 'Restore' ? 'the units tell how the restore ended' : 'the backup is looked for in the listing'

/** What is known of the task, bounded as the schema bounds it. */
function taskFacts(o: Observed, task: TaskInfo): StatusPatch {
  const message = unitMessage(o) ?? task.log.at(-1)?.message
  const log = task.log
    .slice(-statusLimits.logLines)
    .map(line => trimMessage(`${line.time ?? ''} ${line.message}`.trim(), logLineBytes))
  return {
    taskStatus: task.status,
    ...(task.started === undefined ? {} : {startTime: task.started}),
    ...(task.enqueued === undefined ? {} : {enqueuedAt: task.enqueued}),
    ...(message ? {lastMessage: trimMessage(message)} : {}),
    ...(log.length > 0 ? {log} : {}),
  }
}

function unitMessage(o: Observed): string | undefined {
  if (o.application.state !== 'present') return undefined
  return o.application.view.units.find(unit => unit.name === o.status.unit)?.workloadMessage || undefined
}

function taskEnded(o: Observed, task: TaskInfo): Step {
  const words = task.message ? `: ${task.message}` : ''
  return wait(afterTask(o), `Task ${task.taskID} is ${task.status} in Juju${words}.`, {
    patch: {
      ...taskFacts(o, task),
      completionTime: task.completed ?? new Date(o.now).toISOString(),
      ...lastWords(task),
    },
    // The listing tells soon what came of a backup; a restore goes on for long.
    ...(o.job.spec.type === 'Backup' ? {weight: 'Brief' as const} : {}),
    afterMs: 0,
  })
}

/** What a unit showed while it worked is no reason for a failure. */
function lastWords({message, status}: TaskInfo): StatusPatch {
  if (message) return {lastMessage: trimMessage(message)}
  return status === 'failed' || status === 'error' ? {lastMessage: wordless} : {}
}

function progress(o: Observed, task: TaskInfo): Step {
  const facts = taskFacts(o, task)
  const where = `Task ${task.taskID} on ${o.status.unit} is ${task.status}`
  const failover = o.job.spec.type === 'Restore' ? undefined : failoverWarning(o)
  if (failover) return failover
  return wait('Running', facts.lastMessage ? `${where}: ${facts.lastMessage}` : `${where}.`, {
    patch: facts,
    weight: 'Progress',
  })
}

/** A change of the primary while a backup runs may break it; the listing and the store decide in the end, but it is said. */
function failoverWarning(o: Observed): Step | undefined {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const now = o.application.profile.backup.primaryByStatus(o.application.view.units)
  const before = o.status.primary
  if (now === undefined || now === before) return undefined
  if (before === undefined)
    return wait('Running', `Task ${o.status.taskID} on ${o.status.unit} is running.`, {
      patch: {primary: now},
      weight: 'Progress',
    })
  const note = `The primary changed from ${before} to ${now} while the backup runs on ${o.status.unit}; the result is checked against the listing`
  return wait('Running', note, {patch: {primary: now}, event: {type: 'Warning', reason: 'PrimaryChanged', note}})
}

/** A pending task can always be cancelled; a running one only where the charm survives it, or by force. */
function cancel(o: Observed, task: TaskInfo): Step | undefined {
  const wish = isTooLateToBegin(o, task) ? 'Force' : o.job.spec.cancel
  if (wish === 'No' || o.application.state !== 'present') return undefined
  const refused = o.status.conditions?.find(c => c.type === 'CancelRefused' && c.status === 'True')
  if (refused && !(refused.reason === 'Unsafe' && wish === 'Force')) return undefined
  if (task.status === 'aborting' || o.cancelSent)
    return wait('Cancelling', `Juju was asked to cancel task ${task.taskID}.`, {
      patch: taskFacts(o, task),
      drop: ['CancelRefused'],
    })
  if (task.status === 'running' && isOnlyBegun(o))
    return wait('Running', `Task ${task.taskID} on ${o.status.unit} goes on.`, {
      patch: taskFacts(o, task),
      ...unsupportedCancel(o),
    })
  const safety = o.job.spec.type === 'Restore' ? restoreSafety : o.application.profile?.backup.cancelSafety
  const mayRun = task.status === 'running' || (o.job.spec.type === 'Restore' && mayBeginAtAnyMoment(o))
  if (mayRun && wish === 'IfSafe' && safety?.safe !== true)
    return unsafe(o, task, safety?.why ?? 'nothing is known of what the charm does while it runs.')
  const report = {
    reason: 'Cancelling' as const,
    message: `Asking Juju to cancel task ${task.taskID}.`,
    drop: ['CancelRefused'] as const,
  }
  return {do: 'cancel', taskID: task.taskID, report}
}

/** Nothing of a restore begins after its confirmation has expired, not even what Juju has taken before. */
function isTooLateToBegin({job, now}: Observed, task: TaskInfo): boolean {
  const validUntil = job.spec.restore?.confirmation?.validUntil
  return validUntil !== undefined && task.status === 'pending' && now > Date.parse(validUntil)
}

/** What is seen of a task is some seconds old: one that an agent at rest has been given may run by now. */
function mayBeginAtAnyMoment({application, status}: Observed): boolean {
  const unit =
    application.state === 'present' ? application.view.units.find(({name}) => name === status.unit) : undefined
  return unit === undefined || unit.agentStatus === 'idle'
}

/** A backup that its task only begins goes on in the database, whatever becomes of the task. */
const isOnlyBegun = ({application, job}: Observed): boolean =>
  job.spec.type === 'Backup' && application.state === 'present' && application.profile?.backup.completion === 'Listing'

/** A restore that is stopped in the middle leaves neither the old data nor the new. */
const restoreSafety = {
  safe: false,
  why: 'the old data is, or may be, destroyed already, and the new is not complete.',
} as const

function unsafe(o: Observed, task: TaskInfo, why: string): Step {
  const message = `The task is not cancelled, because that is not safe: ${why} Set spec.cancel to Force to do it all the same.`
  return wait('Running', `Task ${task.taskID} on ${o.status.unit} goes on: cancelling it is not safe.`, {
    patch: taskFacts(o, task),
    conditions: [{type: 'CancelRefused', status: 'True', reason: 'Unsafe', message}],
    event: {type: 'Warning', reason: 'CancelRefused', note: message},
  })
}

/** activeDeadlineSeconds stops the waiting. Juju's task goes on and keeps the application locked (api.md, BackupJob). */
function deadline(o: Observed): Step | undefined {
  if (!isPastDeadline(o)) return undefined
  const seconds = o.job.spec.activeDeadlineSeconds
  const message = `Not over ${seconds} s after it was handed to Juju. Task ${o.status.taskID} was not stopped: it keeps ${o.job.spec.application} locked until Juju shows it over.`
  if (o.job.spec.type === 'Restore') return conclude(o, 'DeadlineExceeded', `${message}${unitsGone(o)}`)
  return finish('DeadlineExceeded', message, {
    event: {
      type: 'Warning',
      reason: 'DeadlineExceeded',
      note: `Not over after ${seconds} s; task ${o.status.taskID} goes on in Juju`,
    },
  })
}
