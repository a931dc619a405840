import {hookLimits, type BackupJobReason, type HookRun, type PostHook, type PreHook} from '../../../api/backup-job.ts'
import {checkParameters, describeFaults} from '../../../juju/parameters.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import {openHook, patchHook} from '../calls.ts'
import type {Observed} from '../observed.ts'
import {textsOf} from '../write-intent.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {waitForTheRetry} from './admission.ts'
import {blind} from './blind.ts'
import {conclude, finishConcluded} from './conclusion.ts'
import {hookGoesOn, postHooksAreOverdue, waitForALeader} from './hook-patience.ts'
import {needsFreshAs, readAgain, valueOf} from './needs.ts'
import {endsTask, PRUNED, taskIsOver, VOUCHED} from './state.ts'

type Phase = HookRun['phase']
type Hook = PreHook | PostHook

const hooksOf = (o: Observed, phase: Phase): readonly Hook[] =>
  (phase === 'Pre' ? o.job.spec.hooks?.pre : o.job.spec.hooks?.post) ?? []

const pathOf = (phase: Phase, index: number): string => `hooks.${phase.toLowerCase()}[${index}]`

/** What the charm does not have, does not take, or must not be asked by a hook, is refused before anything runs. */
export const hooksMustBeKnown: Rule<Observed> = o => {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const {owns} = o.application.profile
  for (const phase of ['Pre', 'Post'] as const)
    for (const [index, {action, params}] of hooksOf(o, phase).entries()) {
      const fault = owns.includes(action) ? ownedByAKind(action) : faultOf(o, action, params ?? {})
      if (fault !== undefined) return finish('Unsupported', `Nothing was run: spec.${pathOf(phase, index)}: ${fault}`)
    }
  return tooManyRuns(o, o.application.view.units.length)
}

/** More runs than the status can hold could not be written down, and what is not written down is not run. */
function tooManyRuns(o: Observed, units: number): Step | undefined {
  const all = [...hooksOf(o, 'Pre'), ...hooksOf(o, 'Post')]
  const runs = all.reduce((sum, hook) => sum + (hook.unit === 'All' ? units : 1), 0)
  if (runs <= hookLimits.runs) return undefined
  return finish(
    'Unsupported',
    `Nothing was run: spec.hooks is ${runs} runs on the ${units} units of ${o.job.spec.application}, of which the status holds at most ${hookLimits.runs}; use unit Leader, or fewer hooks.`,
  )
}

const ownedByAKind = (action: string): string =>
  `${action} is no hook: backups and restores are BackupJobs of their own, and refreshes and promotions are not run beside them.`

function faultOf(o: Observed, action: string, params: Readonly<Record<string, string>>): string | undefined {
  const actions = valueOf(o, 'charm')?.actions
  const spec = actions?.get(action)
  if (spec === undefined)
    return `the charm has no action ${action}; it has: ${[...(actions?.keys() ?? [])].join(', ')}.`
  const checked = checkParameters(spec, params)
  return checked.ok ? undefined : `${action} does not take it: ${describeFaults(checked.faults)}.`
}

/** Pre hooks run once each, in their order, before the backup or restore; a failed one with onError Fail ends the job. */
export const runPreHooks: Rule<Observed> = o => {
  const failed = failedRun(o, 'Pre')
  if (failed !== undefined)
    return conclude(o, 'HookFailed', `${describe(failed)}; neither a backup nor a restore was started.`, {
      scaleUp: true,
    })
  return nextRun(o, 'Pre', hooksOf(o, 'Pre').entries())
}

/** Post hooks run when the outcome is known, each of them, also after one that failed. */
export const runPostHooks: Rule<Observed> = o => {
  const {conclusion} = o.status
  if (conclusion === undefined || o.application.state === 'absent' || postHooksAreOverdue(o)) return undefined
  return nextRun(o, 'Post', wantedAfter(o, conclusion.reason))
}

/** The last words: a concluded job ends with its outcome, or with HookFailed. */
export const endConcluded: Rule<Observed> = o => {
  const {conclusion} = o.status
  if (conclusion === undefined) return undefined
  const left = leftOver(o, conclusion.reason)
  const failed = failedRun(o, 'Post')
  const fatal = failed === undefined ? left.find(({onError}) => onError === 'Fail')?.said : describe(failed)
  if (fatal !== undefined && conclusion.reason === 'Succeeded')
    return finishConcluded(o, 'HookFailed', `${fatal}. Before that: ${conclusion.message}`)
  const ended = (o.status.hooks ?? []).filter(run => run.phase === 'Post' && hasFailed(run)).map(describe)
  const said = [...ended, ...left.map(one => one.said)]
  const complaint = said.length === 0 ? '' : ` ${said.join('; ')}.`
  return finishConcluded(o, conclusion.reason as BackupJobReason, `${conclusion.message}${complaint}`)
}

/** Post hooks, with their positions, that run after such an outcome. */
function wantedAfter(o: Observed, reason: string): readonly (readonly [number, Hook])[] {
  const isWanted = (hook: Hook): boolean =>
    !('when' in hook) || hook.when === 'Always' || (hook.when === 'OnSuccess') === (reason === 'Succeeded')
  return [...hooksOf(o, 'Post').entries()].filter(([, hook]) => isWanted(hook))
}

/** Post hooks that are not over when nobody waits for them any longer. */
function leftOver(o: Observed, reason: string): readonly {readonly onError: Hook['onError']; readonly said: string}[] {
  if (!postHooksAreOverdue(o)) return []
  const seconds = o.job.spec.activeDeadlineSeconds
  return wantedAfter(o, reason).flatMap(([index, hook]) => {
    const ran = runsOf(o, 'Post', index)
    const path = `spec.${pathOf('Post', index)} (${hook.action}`
    const open = ran.find(run => !taskIsOver(run))
    if (open !== undefined)
      return [
        {onError: hook.onError, said: `${path} on ${open.unit}) was not over after ${seconds} s, and ${whatOf(open)}`},
      ]
    const units = unitsFor(o, hook, ran)
    const isDone = units?.every(unit => ran.some(run => run.unit === unit)) === true
    return isDone ? [] : [{onError: hook.onError, said: `${path}) was not run within ${seconds} s`}]
  })
}

const whatOf = ({taskID, time}: HookRun): string =>
  taskID === undefined ? `what came of the call of ${time} is not known` : `its task ${taskID} goes on in Juju`

/** Follows the run that is under way; its end is written down. */
export const followTheHook: Rule<Observed> = o => {
  const run = openHook(o.status)
  if (run?.taskID === undefined || postHooksAreOverdue(o)) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return cannotSee
  const what = `Hook ${run.action} on ${run.unit} (task ${run.taskID})`
  if (o.task.state === 'unseen') return wait('Running', `${what} was handed to Juju.`)
  if (o.task.state === 'gone')
    return wait('Running', `${what} is not known to Juju any more.`, {
      patch: patchHook(o.status, {
        taskStatus: PRUNED,
        message: 'Juju has forgotten the task; what came of it is not known',
      }),
      afterMs: 0,
    })
  const {status, message} = o.task.task
  if (!endsTask(status))
    return (
      cancelTheHook(o, run.taskID, status) ??
      hookGoesOn(o, run, `${what} is ${status}`, {patch: patchHook(o.status, {taskStatus: status})})
    )
  const words = message === '' ? {} : {message: trimMessage(message)}
  return wait('Running', `${what} is ${status}${message === '' ? '' : `: ${message}`}.`, {
    patch: patchHook(o.status, {taskStatus: status, ...words}),
    ...(status === 'completed'
      ? {}
      : {event: {type: 'Warning', reason: 'HookFailed', note: `${what} is ${status}: ${message}`}}),
    afterMs: 0,
  })
}

/** A pending hook is cancelled when the job is, or goes; a running one only by force. What runs is the charm's own. */
function cancelTheHook(o: Observed, taskID: string, status: string): Step | undefined {
  const {cancel} = o.job.spec
  const asked = status === 'pending' ? cancel !== 'No' || o.deleting : cancel === 'Force'
  if (!asked || o.cancelSent || o.status.conclusion !== undefined) return undefined
  return {do: 'cancel', taskID, report: {reason: 'Cancelling', message: `Asking Juju to cancel hook task ${taskID}.`}}
}

const hasFailed = (run: HookRun): boolean =>
  taskIsOver(run) && run.taskStatus !== 'completed' && run.taskStatus !== VOUCHED

const describe = (run: HookRun): string =>
  `spec.${pathOf(run.phase, run.index)} (${run.action} on ${run.unit}) is ${run.taskStatus}${run.message === undefined ? '' : `: ${run.message.replace(/\.$/, '')}`}`

/** A run that failed, of a hook whose failure ends the job. */
function failedRun(o: Observed, phase: Phase): HookRun | undefined {
  const hooks = hooksOf(o, phase)
  return o.status.hooks?.find(run => run.phase === phase && hasFailed(run) && hooks[run.index]?.onError === 'Fail')
}

const runsOf = ({status}: Observed, phase: Phase, index: number): readonly HookRun[] =>
  (status.hooks ?? []).filter(run => run.phase === phase && run.index === index)

/** The first hook and unit that has not run yet. */
function nextRun(o: Observed, phase: Phase, hooks: Iterable<readonly [number, Hook]>): Step | undefined {
  for (const [index, hook] of hooks) {
    const ran = runsOf(o, phase, index)
    const units = unitsFor(o, hook, ran)
    if (units === undefined) return noStatus(o) ?? waitForALeader(o, phase, pathOf(phase, index))
    const unit = units.find(name => !ran.some(run => run.unit === name))
    if (unit !== undefined) return start(o, phase, index, hook, unit)
  }
  return undefined
}

/** undefined: it cannot be said at present */
function unitsFor(o: Observed, {unit}: Hook, ran: readonly HookRun[]): readonly string[] | undefined {
  if (unit === 'Leader' && ran.length > 0) return []
  if (o.application.state !== 'present') return undefined
  const {units} = o.application.view
  if (unit === 'All') return units.length === 0 ? undefined : units.map(({name}) => name)
  const leader = units.find(one => one.leader === true)
  return leader === undefined ? undefined : [leader.name]
}

const noStatus = (o: Observed): Step | undefined =>
  blind(o) ??
  (o.application.state === 'waiting' ? wait('Running', 'Waiting for the status of the Juju model.') : undefined)

function start(o: Observed, phase: Phase, index: number, {action, params = {}}: Hook, unit: string): Step | undefined {
  const message = `Running hook ${action} on ${unit} (spec.${pathOf(phase, index)}).`
  const later = blind(o) ?? waitForTheRetry(o)
  if (later) return later
  const pending = needsFreshAs(o, 'Running', message, 'charm', 'enqueueFacts')
  if (pending) return pending
  const facts = valueOf(o, 'enqueueFacts')
  const spec = valueOf(o, 'charm')?.actions.get(action)
  if (facts === undefined) return undefined
  if (facts.claimedBy !== '')
    return readAgain(
      o,
      {reason: 'Running', message: `The model is claimed by ${facts.claimedBy}; the hook ${action} is not run.`},
      30_000,
      'enqueueFacts',
    )
  const checked = spec === undefined ? undefined : checkParameters(spec, params)
  const parameters = checked?.ok === true ? {...checked.defaults, ...checked.parameters} : params
  const {highestOperationID, controllerTime} = facts
  const plan = {phase, index, action, unit, highestOperationID, controllerTime, parameters: textsOf(parameters)}
  return {do: 'hook', plan, report: {reason: 'Running', message}}
}
