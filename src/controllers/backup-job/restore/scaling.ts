import {arrivesBefore} from '../../../juju/writes/judge.ts'
import {blind} from '../rules/blind.ts'
import {needs, needsFreshAs, readAgain, valueOf} from '../rules/needs.ts'
import {askAPerson} from '../rules/person.ts'
import type {Observed, UnitFacts} from '../observed.ts'
import {wait, type Rule, type Step, type UnitChangePlan} from '../step.ts'
import {endBefore} from './request.ts'
import {namesOf} from './sentences.ts'
import {beginOnce, end, isOpen, stepOf} from './story.ts'

/** A look that came too early is made again after this, ms. */
const lookAgainMs = 5_000
/** A unit that is still going after this waits for a person, ms. */
const stuckAfterMs = 3600_000
/** Units come and go with the snapshots of the model; they are looked at after this at the latest, ms. */
const unitsAgainMs = 15_000

/** A change of units without a known outcome is looked up before anything else (api.md rule 11). */
export const settleTheUnitChange: Rule<Observed> = o => {
  const change = o.status.restore?.change
  if (change === undefined) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return cannotSee
  const message = `Looking in Juju for the change of units that was asked for at ${change.time}.`
  const arrives = arrivesBefore({time: Date.parse(change.time), callTimeoutMs: o.callTimeoutMs})
  if (o.now < arrives) return wait('Running', message, {afterMs: arrives - o.now})
  const pending = needs(o, 'Running', message, 'unitSearch')
  if (pending) return pending
  const verdict = valueOf(o, 'unitSearch')
  switch (verdict?.kind) {
    case undefined:
      return undefined
    case 'NotYet':
      return readAgain(o, {reason: 'Running', message}, lookAgainMs, 'unitSearch')
    case 'Happened':
      return settled(o, 'Juju took the change of units; its answer was lost.')
    case 'DidNotHappen':
      return settled(o, `The change of units of ${change.time} never reached Juju; it is asked for again.`)
    case 'Ambiguous':
      return askAPerson(o, `Units came that nobody here may have asked for: ${verdict.ids.join(', ')}`)
    case 'Unknown':
      return askAPerson(o, `What came of the change of units (${change.kind}) is not known: ${verdict.why}`)
  }
}

const settled = (o: Observed, message: string): Step => {
  const {change: _settled, ...restore} = o.status.restore ?? {}
  return wait('Running', message, {patch: {restore}, afterMs: 0})
}

/** The facts of this moment, or the step that gets them; units are only changed in a model that is ours. */
export function unitFacts(o: Observed, message: string): {step: Step} | {facts: UnitFacts} {
  const pending = needsFreshAs(o, 'Running', message, 'unitFacts')
  if (pending) return {step: pending}
  const facts = valueOf(o, 'unitFacts')
  if (facts === undefined) return {step: wait('Running', message)}
  if (facts.claimedBy === '') return {facts}
  const said = `The model is claimed by ${facts.claimedBy}; no units are changed.`
  return {step: readAgain(o, {reason: 'Running', message: said}, unitsAgainMs, 'unitFacts')}
}

/** How long something has stood is only judged by what Juju shows now: after an outage the last status is an old one. */
export function judgedNow(o: Observed, message: string, verdict: Step): Step {
  const known = unitFacts(o, message)
  return 'step' in known ? known.step : verdict
}

/** Down to the survivor, where the charm restores only a single unit. */
export const scaleDown: Rule<Observed> = o => {
  const survivor = o.status.restore?.survivor
  if (!isOpen(o, 'ScaleDown') || survivor === undefined || o.application.state !== 'present') return undefined
  const {units, leaving} = o.application.view
  const names = units.map(({name}) => name)
  if (names.length === 1 && names[0] === survivor && leaving.length === 0)
    return wait('Running', `${survivor} is the only unit.`, {
      patch: end(o, 'ScaleDown', `${survivor} is the only unit that Juju shows`),
      afterMs: 0,
    })
  const message = stepOf(o, 'ScaleDown')?.plan ?? 'Scaling down.'
  const known = unitFacts(o, message)
  return 'step' in known ? known.step : removeTheOthers(o, survivor, known.facts, message)
}

function removeTheOthers(o: Observed, survivor: string, facts: UnitFacts, message: string): Step {
  const planned = o.status.restore?.unitsBefore ?? []
  const strange = facts.alive.filter(name => !planned.includes(name))
  if (strange.length > 0)
    return endBefore(
      o,
      'NeedsSingleUnit',
      `${namesOf(strange)} came after the plan was made, and would have to go; no data was touched. Create a new BackupJob, whose plan names them.`,
    )
  if (!facts.alive.includes(survivor))
    return endBefore(o, 'Failed', `${survivor}, on which the backup was to be restored, is gone; no data was touched.`)
  const others = facts.alive.filter(name => name !== survivor)
  const kubernetes = o.model.state === 'ready' && o.model.kubernetes
  const isAsked = kubernetes ? facts.scale === 1 : others.length === 0
  if (isAsked) return waitForThem(o, survivor)
  const {controllerTime} = facts
  const before = facts.scale === undefined ? {} : {before: facts.scale}
  const plan: UnitChangePlan = kubernetes
    ? {kind: 'SetScale', units: [], count: 1, controllerTime, ...before}
    : {kind: 'RemoveUnits', units: others, count: others.length, controllerTime}
  return {do: 'changeUnits', plan, report: {reason: 'Running', message, patch: beginOnce(o, 'ScaleDown')}}
}

function waitForThem(o: Observed, survivor: string): Step {
  const {units, leaving} = o.application.state === 'present' ? o.application.view : {units: [], leaving: []}
  const left = [...new Set([...leaving, ...units.map(({name}) => name)])].filter(name => name !== survivor)
  const isStuck = o.now - Date.parse(stepOf(o, 'ScaleDown')?.startedAt ?? '') > stuckAfterMs
  const message = `Waiting for ${namesOf(left)} to go; a unit whose hook fails stays until a person resolves it (juju resolved, or juju remove-unit --force).`
  return readAgain(o, {reason: isStuck ? 'ActionRequired' : 'Running', message}, unitsAgainMs, 'unitFacts')
}
