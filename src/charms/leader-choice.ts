import type {UnitChoice, UnitQuestion, UnitView} from './profile.ts'
import {condition, isHealthy, names, number, refuse} from './unit-choice.ts'

/** For charms whose backups only the leader makes. */
export function chooseLeader({units, wanted, unsuitable}: UnitQuestion): UnitChoice {
  const why = 'the charm makes backups on the leader only'
  const problem = whyNoUnit(units, wanted)
  if (problem) return problem
  const leader = units.find(unit => unit.leader === true)
  if (leader === undefined) return refuse(true, `Juju shows no leader among ${names(units)}: ${why}`)
  if (wanted !== undefined && wanted !== leader.name)
    return refuse(false, `${wanted} is not the leader, ${leader.name} is: ${why}`)
  // The leadership may have moved on since the status was read; a later status shows the new leader.
  if (unsuitable.includes(leader.name))
    return refuse(true, `${leader.name} refused, although Juju shows it as the leader: ${why}`)
  return isHealthy(leader)
    ? {ok: true, unit: leader.name, why: `it is the leader; ${why}`}
    : refuse(true, `the leader is not healthy: ${condition(leader)}; ${why}`)
}

/** For charms that make a backup on any unit: an idle one that is not the leader, if there is one. */
export function chooseAny({units, wanted, unsuitable}: UnitQuestion): UnitChoice {
  const problem = whyNoUnit(units, wanted)
  if (problem) return problem
  const left = units.filter(unit => !unsuitable.includes(unit.name) && (wanted === undefined || unit.name === wanted))
  if (left.length === 0) return refuse(false, `the charm refused the backup on ${unsuitable.join(', ')}`)
  const [best] = left.filter(isHealthy).sort(byPreference)
  if (best === undefined) return refuse(true, `no unit is healthy: ${left.map(condition).join(', ')}`)
  return {ok: true, unit: best.name, why: 'the charm makes backups on any unit'}
}

function whyNoUnit(units: readonly UnitView[], wanted: string | undefined): UnitChoice | undefined {
  if (units.length === 0) return refuse(true, 'the application has no units')
  return wanted === undefined || units.some(unit => unit.name === wanted)
    ? undefined
    : refuse(false, `there is no unit ${wanted}; there are ${names(units)}`)
}

function byPreference(a: UnitView, b: UnitView): number {
  const busy = (unit: UnitView): number => (unit.agentStatus === 'idle' ? 0 : 1)
  const leads = (unit: UnitView): number => (unit.leader === true ? 1 : 0)
  return busy(a) - busy(b) || leads(a) - leads(b) || number(a) - number(b)
}
