import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {TimedUnitView} from '../../../charms/restore.ts'
import type {Observed, UnitFacts} from '../observed.ts'
import {blind} from '../rules/blind.ts'
import {waitForTheRetry} from '../rules/admission.ts'
import {endConcluded, runPostHooks} from '../rules/hooks.ts'
import {needs} from '../rules/needs.ts'
import {isPastDeadline} from '../rules/task.ts'
import {wait, type Rule, type Step, type UnitChangePlan} from '../step.ts'
import {unitFacts} from './scaling.ts'
import {begin, end, hasStarted, isOpen, stepOf} from './story.ts'

/** A unit that is in error or lost for this long does not come back by itself, ms. */
const brokenAfterMs = 15 * 60_000
const unitsAgainMs = 15_000

/** The outcome is known: units come back, post hooks run, the ledger is told, and the job ends. */
export const endTheRestore: Rule<Observed> = o => {
  if (o.status.conclusion === undefined) return undefined
  if (o.application.state === 'absent') return endConcluded(o)
  const cannotSee = blind(o) ?? waitForTheRetry(o)
  if (cannotSee) return cannotSee
  if (o.application.state === 'waiting') return wait('Running', 'Waiting for the status of the Juju model.')
  return scaleUp(o) ?? postHooks(o) ?? tellTheLedger(o) ?? endConcluded(o)
}

/** As many units as before, if they were removed and the data is good: as it was, or restored. */
function scaleUp(o: Observed): Step | undefined {
  const {conclusion} = o.status
  if (conclusion?.scaleUp !== true || !isOpen(o, 'ScaleUp') || !hasStarted(o, 'ScaleDown')) return undefined
  if (o.application.state !== 'present') return undefined
  const {units, leaving} = o.application.view
  const wanted = o.status.restore?.unitsBefore?.length ?? 0
  const unwell = units.filter(unit => !isWell(o, unit))
  if (hasStarted(o, 'ScaleUp') && units.length >= wanted && leaving.length === 0 && unwell.length === 0)
    return wait('Running', `${o.job.spec.application} has ${wanted} units again.`, {
      patch: end(o, 'ScaleUp', `${units.map(({name}) => name).join(', ')} are well`),
      afterMs: 0,
    })
  if (hasStarted(o, 'ScaleUp') && isPastDeadline(o))
    return notRebuilt(o, `it was not over ${o.job.spec.activeDeadlineSeconds} s after the restore was handed to Juju`)
  const broken = units.find(unit => isBroken(o, unit))
  if (broken !== undefined) return notRebuilt(o, `${broken.name} is ${conditionOf(broken)}`)
  const message = stepOf(o, 'ScaleUp')?.plan ?? 'Scaling up.'
  if (units.length >= wanted) return hasStarted(o, 'ScaleUp') ? comeBack(message, unwell) : seen(o, message)
  const known = unitFacts(o, message)
  return 'step' in known ? known.step : addTheOthers(o, wanted, known.facts, message)
}

/** Somebody else has added them. */
const seen = (o: Observed, message: string): Step => wait('Running', message, {patch: begin(o, 'ScaleUp'), afterMs: 0})

function addTheOthers(o: Observed, wanted: number, facts: UnitFacts, message: string): Step {
  const missing = wanted - facts.alive.length
  const {controllerTime} = facts
  const kubernetes = o.model.state === 'ready' && o.model.kubernetes
  if (kubernetes ? facts.scale === wanted : missing <= 0)
    return wait('Running', `${message} Waiting for the units.`, {afterMs: unitsAgainMs})
  const before = facts.scale === undefined ? {} : {before: facts.scale}
  const plan: UnitChangePlan = kubernetes
    ? {kind: 'SetScale', units: [], count: wanted, controllerTime, ...before}
    : {kind: 'AddUnits', units: [...facts.all], count: missing, controllerTime}
  return {do: 'changeUnits', plan, report: {reason: 'Running', message, patch: begin(o, 'ScaleUp')}}
}

const comeBack = (message: string, unwell: readonly TimedUnitView[]): Step =>
  wait('Running', `${message} Waiting for ${unwell.map(unit => `${unit.name} (${conditionOf(unit)})`).join(', ')}.`, {
    afterMs: unitsAgainMs,
  })

const conditionOf = ({workloadStatus, workloadMessage, agentStatus}: TimedUnitView): string =>
  `${workloadStatus}${workloadMessage === '' ? '' : ` "${workloadMessage}"`}, agent ${agentStatus}`

/** Active and idle; or blocked by what a person has to do after a restore that went well. */
function isWell(o: Observed, unit: TimedUnitView): boolean {
  if (unit.agentStatus !== 'idle') return false
  if (unit.workloadStatus === 'active') return true
  if (o.application.state !== 'present' || unit.workloadStatus !== 'blocked') return false
  const {profile} = o.application
  return profile?.restore?.afterwards({workloadStatus: 'active', workloadMessage: ''}, [unit]) !== undefined
}

function isBroken({now}: Observed, {workloadStatus, agentStatus, workloadSince}: TimedUnitView): boolean {
  const isDown = workloadStatus === 'error' || agentStatus === 'lost' || agentStatus === 'failed'
  return isDown && workloadSince !== undefined && now - workloadSince > brokenAfterMs
}

/** The data is there, the units are not: that is said, and ends the waiting. */
export function notRebuilt(o: Observed, why: string): Step {
  const {reason = 'Failed', message = ''} = o.status.conclusion ?? {}
  const ends: BackupJobReason = reason === 'Succeeded' ? 'RestoredNotRebuilt' : (reason as BackupJobReason)
  const wanted = o.status.restore?.unitsBefore?.length ?? 0
  const units = o.application.state === 'present' ? o.application.view.units.length : 0
  const said = `${message} The units did not all come back: ${why}. There are ${units} of ${wanted}; add the others with juju add-unit, or juju scale-application on Kubernetes, when the cause is mended.`
  return wait('Running', said, {
    patch: {conclusion: {reason: ends, message: said.slice(0, 1024)}},
    event: {type: 'Warning', reason: 'UnitsNotRebuilt', note: why},
    afterMs: 0,
  })
}

function postHooks(o: Observed): Step | undefined {
  if (!isOpen(o, 'PostHooks')) return undefined
  if (!hasBegun(o)) return undefined
  if (!hasStarted(o, 'PostHooks'))
    return wait('Running', 'Running the post hooks.', {patch: begin(o, 'PostHooks'), afterMs: 0})
  return (
    runPostHooks(o) ??
    wait('Running', 'The post hooks are over.', {patch: end(o, 'PostHooks', 'all have run'), afterMs: 0})
  )
}

/** Post hooks undo what pre hooks did, or follow the restore; without either there is nothing for them to do. */
const hasBegun = (o: Observed): boolean => o.status.hooks !== undefined || hasStarted(o, 'Restore')

/** So that the same request, from whichever cluster, is told how it ended. */
function tellTheLedger(o: Observed): Step | undefined {
  if (o.status.restore?.ledgerTime === undefined) return undefined
  return needs(o, 'Running', 'Writing the outcome into the ledger of the application in Juju.', 'ledgerOutcome')
}
