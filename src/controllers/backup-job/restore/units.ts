import type {UnitView} from '../../../charms/profile.ts'
import type {RestoreCapability} from '../../../charms/restore.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import {namesOf} from './sentences.ts'

/** Which unit is restored, and what becomes of the others. */
export interface UnitsPlan {
  readonly before: readonly string[]
  /** undefined: there is none that could be */
  readonly survivor: UnitView | undefined
  /** units that have to go first; empty where they stay, or where nobody allowed it */
  readonly removed: readonly string[]
  readonly blockers: readonly Blocker[]
}

/** Chooses the unit that is restored: the one that the user names where that is possible, else the one that the charm wants. */
export function planUnits(question: PlanQuestion, capability: RestoreCapability): UnitsPlan {
  const units = question.view.units.toSorted((a, b) => numberOf(a) - numberOf(b))
  const before = units.map(({name}) => name)
  const choice = capability.units === 'Single' ? single(question, units) : leading(question, units)
  if ('reason' in choice) return {before, survivor: undefined, removed: [], blockers: [choice]}
  const free = capability.units === 'Single' && !question.kubernetes
  const deaf = cannotAct(choice, free ? units.filter(({name}) => name !== choice.name) : [])
  const blockers = deaf === undefined ? [] : [deaf]
  const others = capability.units === 'Single' ? before.filter(name => name !== choice.name) : []
  if (others.length === 0 || question.spec.replicas === 'Rebuild')
    return {before, survivor: choice, removed: others, blockers}
  return {before, survivor: choice, removed: [], blockers: [mustBeSingle(question, choice.name, others), ...blockers]}
}

/** The one unit that is left when all others are gone: on machines any, on Kubernetes the lowest number only. */
function single({spec, kubernetes, application}: PlanQuestion, units: readonly UnitView[]): UnitView | Blocker {
  const [lowest] = units
  if (lowest === undefined) return noUnits(application)
  const wanted = units.find(({name}) => name === spec.unit)
  if (spec.unit !== undefined && wanted === undefined) return unknownUnit(spec.unit, units)
  if (kubernetes && units.length > 1) {
    if (wanted === undefined || wanted === lowest) return lowest
    return unsupported(
      `Only ${lowest.name} can be restored: Kubernetes takes away the units with the highest numbers first, so ${wanted.name} ` +
        'cannot be the one that is left. Remove restore.unit.',
    )
  }
  const chosen = wanted ?? (units.length === 1 ? lowest : leaderOf(units))
  const unknown = `Juju shows no leader of ${application} at present, and it is not guessed which unit to restore`
  return chosen ?? passing(`${unknown}; wait for one, or name a unit in restore.unit.`)
}

/** All units stay, and the leader restores for all of them. */
function leading({spec, application, view}: PlanQuestion, units: readonly UnitView[]): UnitView | Blocker {
  const [only] = units
  if (only === undefined) return noUnits(application)
  const leader = leaderOf(units) ?? (units.length === 1 ? only : undefined)
  if (spec.unit !== undefined && !units.some(({name}) => name === spec.unit)) return unknownUnit(spec.unit, units)
  if (leader === undefined)
    return passing(
      `Juju shows no leader of ${application} at present, through which all units are restored; wait for one.`,
    )
  if (spec.unit === undefined || spec.unit === leader.name) return leader
  return unsupported(
    `The charm ${view.charm} restores all units at once through the leader, ${leader.name}, and not ${spec.unit} alone. Remove restore.unit.`,
  )
}

function mustBeSingle({kubernetes, application}: PlanQuestion, survivor: string, others: readonly string[]): Blocker {
  const command = kubernetes
    ? `juju scale-application ${application} 1`
    : `juju remove-unit ${others.slice(0, 5).join(' ')}`
  const rest = !kubernetes && others.length > 5 ? ' and so on' : ''
  return {
    reason: 'NeedsSingleUnit',
    message:
      `The charm restores a single unit only: ${namesOf(others)} would have to go, and ${survivor} would be left. Set restore.replicas: ` +
      `Rebuild, so that ${others.length === 1 ? 'it goes and 1 unit is' : `they go and ${others.length} units are`} added again afterwards, or do it yourself: ${command}${rest}`,
  }
}

/** Tasks wait on such a unit without end, and the others would be gone by then. */
function cannotAct(
  {name, agentStatus, workloadStatus, workloadMessage}: UnitView,
  others: readonly UnitView[],
): Blocker | undefined {
  const acts = agentStatus === 'idle' || agentStatus === 'executing'
  if (acts && workloadStatus !== 'error') return undefined
  const shown = acts ? `it is in error (${workloadMessage})` : `its agent is ${agentStatus}`
  const other = others.length === 0 ? '' : ', or name another unit in restore.unit'
  return passing(`${name} would be restored, but ${shown}: no action runs on it. Repair it${other}.`)
}

const numberOf = ({name}: UnitView): number => Number(name.slice(name.lastIndexOf('/') + 1))

const leaderOf = (units: readonly UnitView[]): UnitView | undefined => units.find(({leader}) => leader === true)

const unsupported = (message: string): Blocker => ({reason: 'Unsupported', message})

const unknownUnit = (wanted: string, units: readonly UnitView[]): Blocker =>
  unsupported(`There is no unit ${wanted} (restore.unit); there is ${namesOf(units.map(({name}) => name))}.`)

const passing = (message: string): Blocker => ({reason: 'ActionRequired', message, passing: true})

const noUnits = (application: string): Blocker =>
  passing(`${application} has no unit to restore; add one with juju add-unit or juju scale-application.`)
