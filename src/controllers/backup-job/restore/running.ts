import {obstacleInJuju} from '../rules/obstacle.ts'
import {checkParameters, describeFaults} from '../../../juju/parameters.ts'
import type {Observed} from '../observed.ts'
import {aDeletedJobStartsNothing} from '../rules/afterlife.ts'
import {needsFreshAs, readAgain, valueOf} from '../rules/needs.ts'
import {wait, type Rule, type Step} from '../step.ts'
import {endBefore, howToEnd} from './request.ts'
import {judgedNow} from './scaling.ts'
import {begin, isOpen, stepOf, wasSent} from './story.ts'

/** A state in which the charm would refuse is waited out for this long, ms; then the units come back and the restore ends. */
const patienceMs = 30 * 60_000
const lookAgainMs = 15_000
/** With such an agent a task would stay pending, and begin when nobody thinks of it any more. */
const deadAgents: ReadonlySet<string> = new Set(['lost', 'failed', 'error'])

/** The restore itself, once: on the unit that is left, or on the leader where the charm restores them all. */
export const runTheRestore: Rule<Observed> = o => {
  if (!isOpen(o, 'Restore') || o.application.state !== 'present') return undefined
  const capability = o.application.profile?.restore
  if (capability === undefined) return undefined
  const {units, status} = o.application.view
  const planned = o.status.restore?.survivor
  const unit = units.find(({leader}) => leader === true)
  if (unit === undefined) return patiently(o, `Waiting for Juju to make ${planned} the leader.`)
  if (capability.units === 'Single' && (units.length > 1 || unit.name !== planned))
    return endBefore(
      o,
      'NeedsSingleUnit',
      `${planned} was to be the only unit, but there are ${units.map(({name}) => name).join(', ')}; no data was touched.`,
    )
  if (deadAgents.has(unit.agentStatus))
    return patiently(o, `The agent of ${unit.name} is ${unit.agentStatus}; waiting for it.`)
  const refusal = capability.refusesNow(status, units)
  if (refusal !== undefined) return patiently(o, `The charm would refuse now: ${refusal}.`)
  const message = stepOf(o, 'Restore')?.plan ?? 'Restoring.'
  const pending = needsFreshAs(o, 'Running', message, 'charm', 'ledger', 'enqueueFacts')
  if (pending) return pending
  const known = valueOf(o, 'ledger')
  if (known !== undefined && (known.kind !== 'Own' || known.entry.outcome !== 'Open'))
    return readAgain(
      o,
      {
        reason: 'OutcomeUnknown',
        message: `The ledger in Juju says otherwise than this object (${known.kind}); nothing is run. Look at both. ${howToEnd(o)}`,
      },
      lookAgainMs,
      'ledger',
    )
  const facts = valueOf(o, 'enqueueFacts')
  if (facts === undefined) return undefined
  const inTheWay = obstacleInJuju(o, facts)
  if (inTheWay !== undefined) return readAgain(o, {reason: 'Running', message: inTheWay}, lookAgainMs, 'enqueueFacts')
  return enqueue(o, capability.action, unit.name, message)
}

function patiently(o: Observed, message: string): Step {
  const before = [stepOf(o, 'PreHooks')?.finishedAt, stepOf(o, 'ScaleDown')?.finishedAt]
  const since = Date.parse(before.findLast(Boolean) ?? o.status.restore?.ledgerConfirmedTime ?? '')
  if (o.now - since > patienceMs)
    return judgedNow(
      o,
      message,
      endBefore(
        o,
        'Failed',
        `${message} That has not changed for ${patienceMs / 60_000} minutes; no data was touched.`,
      ),
    )
  return wait('Running', message, {afterMs: lookAgainMs})
}

function enqueue(o: Observed, action: string, unit: string, message: string): Step {
  const facts = valueOf(o, 'enqueueFacts')
  const spec = valueOf(o, 'charm')?.actions.get(action)
  const checked = spec && checkParameters(spec, o.status.restore?.parameters ?? {})
  if (checked?.ok !== true) {
    const faults = checked === undefined ? 'the charm has no such action' : describeFaults(checked.faults)
    return endBefore(o, 'Unsupported', `${action} of the charm does not take it: ${faults}; no data was touched.`)
  }
  return {
    do: 'enqueue',
    plan: {
      unit,
      action,
      parameters: {...checked.defaults, ...checked.parameters},
      highestOperationID: facts?.highestOperationID ?? '',
      controllerTime: facts?.controllerTime ?? '',
      newestBackupID: '',
    },
    report: {reason: 'Running', message, patch: begin(o, 'Restore', {survivor: unit})},
  }
}

/** A restore whose object is deleted destroys nothing that it has not begun to destroy; what was removed for it comes back. */
export const aDeletedRestoreGoesNoFurther: Rule<Observed> = o => {
  if (!o.deleting || wasSent(o)) return undefined
  return o.status.restore?.ledgerTime === undefined
    ? aDeletedJobStartsNothing(o)
    : endBefore(o, 'Cancelled', 'The object was deleted before the restore was started; no data was touched.')
}

/** A cancel ends a restore that has not begun on the data; what was removed for it comes back. */
export const cancelBeforeTheRestore: Rule<Observed> = o => {
  if (o.job.spec.cancel === 'No' || wasSent(o)) return undefined
  return endBefore(o, 'Cancelled', 'Cancelled before the restore was started; no data was touched.')
}
