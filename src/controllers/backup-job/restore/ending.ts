import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {TimedUnitView} from '../../../charms/restore.ts'
import type {Observed, UnitFacts} from '../observed.ts'
import {blind} from '../rules/blind.ts'
import {waitForTheRetry} from '../rules/admission.ts'
import {postHooksAreOverdue} from '../rules/hook-patience.ts'
import {endConcluded, runPostHooks} from '../rules/hooks.ts'
import {needs} from '../rules/needs.ts'
import {isPastDeadline} from '../rules/deadline.ts'
import {wait, type Rule, type Step, type UnitChangePlan, type Wait} from '../step.ts'
import {judgedNow, unitFacts} from './scaling.ts'
import {namesOf, timeOf, within} from './sentences.ts'
import {begin, beginOnce, end, hasStarted, isOpen, stepOf} from './story.ts'

/** A unit that is in error or lost for this long does not come back by itself, ms. */
const brokenAfterMs = 15 * 60_000
/** A unit that Juju was asked for, and that is not there or has no machine after this, does not come by itself, ms. */
const comesWithinMs = 3600_000
/** Units that show no change for this long may need a person, ms; a copy of much data takes long, too. */
const standsAfterMs = 3600_000
/** So often the ledger is tried to be told, in some minutes; then the job ends without it. */
const tries = 10
const unitsAgainMs = 15_000

/** The outcome is known: units come back, post hooks run, the ledger is told, and the job ends. */
export const endTheRestore: Rule<Observed> = o => {
  if (o.status.conclusion === undefined) return undefined
  const cannotSee = blind(o) ?? waitForTheRetry(o)
  if (cannotSee) return cannotSee
  if (o.application.state === 'waiting') return wait('Running', 'Waiting for the status of the Juju model.')
  return scaleUp(o) ?? postHooks(o) ?? tellTheLedger(o)
}

/** As many units as before, if they were removed and the data is good: as it was, or restored. */
function scaleUp(o: Observed): Step | undefined {
  const {conclusion} = o.status
  if (conclusion?.scaleUp !== true || !isOpen(o, 'ScaleUp') || !hasStarted(o, 'ScaleDown')) return undefined
  if (o.application.state !== 'present') return undefined
  const {units} = o.application.view
  const wanted = o.status.restore?.unitsBefore?.length ?? 0
  const unwell = units.filter(unit => !isWell(o, unit))
  const isAsked = hasStarted(o, 'ScaleUp')
  if (isAsked && units.length >= wanted && unwell.length === 0)
    return wait('Running', `${o.job.spec.application} has ${wanted} units again.`, {
      patch: end(o, 'ScaleUp', `${namesOf(units.map(({name}) => name))} are well`),
      afterMs: 0,
    })
  const message = stepOf(o, 'ScaleUp')?.plan ?? 'Scaling up.'
  const hopeless = isAsked ? whyHopeless(o, units, wanted) : undefined
  if (hopeless !== undefined) return judgedNow(o, message, notRebuilt(o, hopeless))
  if (units.length >= wanted) return isAsked ? comeBack(o, message, unwell) : seen(o, message)
  const known = unitFacts(o, message)
  return 'step' in known ? known.step : addTheOthers(o, wanted, known.facts, message)
}

/** Why waiting does not bring the units back; undefined: it may. */
function whyHopeless(o: Observed, units: readonly TimedUnitView[], wanted: number): string | undefined {
  if (isPastDeadline(o))
    return `it was not over ${o.job.spec.activeDeadlineSeconds} s after the restore was handed to Juju`
  const broken = units.find(unit => isBroken(o, unit))
  if (broken !== undefined) return `${broken.name} is ${conditionOf(broken)}`
  const waited = o.now - Date.parse(stepOf(o, 'ScaleUp')?.startedAt ?? '')
  return units.length < wanted && waited > comesWithinMs
    ? `Juju shows no more of them ${comesWithinMs / 60_000} minutes after they were asked for`
    : undefined
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
  return {do: 'changeUnits', plan, report: {reason: 'Running', message, patch: beginOnce(o, 'ScaleUp')}}
}

function comeBack(o: Observed, plan: string, unwell: readonly TimedUnitView[]): Step {
  const message = `${plan} Waiting for ${namesOf(unwell.map(unit => `${unit.name} (${conditionOf(unit)})`))}.`
  const lastChange = Math.max(...unwell.map(({workloadSince = o.now}) => workloadSince))
  if (o.now - lastChange <= standsAfterMs) return wait('Running', message, {weight: 'Progress', afterMs: unitsAgainMs})
  if (o.deleting) return notRebuilt(o, `nothing has changed since ${timeOf(lastChange)}, and the object was deleted`)
  const [first] = unwell
  return wait(
    'ActionRequired',
    `${message} Nothing has changed since ${timeOf(lastChange)}. Look at juju debug-log --include ${first?.name}; it goes on when they are active.`,
    {afterMs: unitsAgainMs},
  )
}

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

function isBroken({now}: Observed, {workloadStatus, agentStatus, workloadSince = now}: TimedUnitView): boolean {
  const isDown = workloadStatus === 'error' || agentStatus === 'lost' || agentStatus === 'failed'
  return now - workloadSince > (isDown ? brokenAfterMs : agentStatus === 'allocating' ? comesWithinMs : Infinity)
}

/** The data is there, the units are not: that is said, and ends the waiting. */
export function notRebuilt(o: Observed, why: string): Wait {
  const {reason = 'Failed', message = '', scaleUp: _over, ...known} = o.status.conclusion ?? {}
  const ends: BackupJobReason = reason === 'Succeeded' ? 'RestoredNotRebuilt' : (reason as BackupJobReason)
  const wanted = o.status.restore?.unitsBefore?.length ?? 0
  const units = o.application.state === 'present' ? o.application.view.units : []
  const well = units.filter(unit => isWell(o, unit)).length
  const said = `The units did not all come back: ${why.replace(/\.$/, '')}. Of ${wanted} units ${units.length} are there, and ${well} well; mend them, or add what is missing with juju add-unit (juju scale-application on Kubernetes).`
  return wait('Running', said, {
    patch: {
      conclusion: {...known, reason: ends, message: within(1024, `${within(1000 - said.length, message)} ${said}`)},
    },
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
    wait('Running', 'The post hooks are over.', {
      patch: end(o, 'PostHooks', postHooksAreOverdue(o) ? 'they are not waited for any longer' : 'all have run'),
      afterMs: 0,
    })
  )
}

/** Post hooks undo what pre hooks did, or follow the restore; without either there is nothing for them to do. */
const hasBegun = (o: Observed): boolean => o.status.hooks !== undefined || hasStarted(o, 'Restore')

/** So that the same request, from whichever cluster, is told how it ended. */
function tellTheLedger(o: Observed): Step | undefined {
  const {conclusion, restore} = o.status
  if (conclusion === undefined || restore?.ledgerTime === undefined) return endConcluded(o)
  const {ledgerOutcome: told} = o.readings
  if (told.state !== 'failed' || told.failures < tries)
    return (
      needs(o, 'Running', 'Writing the outcome into the ledger of the application in Juju.', 'ledgerOutcome') ??
      endConcluded(o)
    )
  const message = `${conclusion.message} The ledger in Juju could not be told of it (${told.message}): the same requestID counts as open there.`
  return endConcluded({...o, status: {...o.status, conclusion: {...conclusion, message}}})
}
