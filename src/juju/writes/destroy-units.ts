import {destroyUnits as sendDestroy} from '../restore-units.ts'
import {unitsOf, type UnitsSeen} from './units.ts'
import {defineWrite, didNotHappen, happened, unknown} from './write.ts'

export interface DestroyUnitsTarget {
  readonly application: string
  /** names; never all units of the application */
  readonly units: readonly string[]
  readonly destroyStorage: boolean
}

/**
 * Removes units on machines, for a restore that rebuilds the replicas; nothing else may import this. Proved by their life: gone
 * or going, or all alive. The result is the units that go.
 */
export const destroyUnits = defineWrite({
  name: 'destroy units',
  repeat: 'WhenProved',
  application: ({application}: DestroyUnitsTarget) => application,
  before: () => Promise.resolve({}),
  send: async (caller, {units, destroyStorage}, options): Promise<readonly string[]> => {
    const removals = [...(await sendDestroy(caller, units, {destroyStorage}, options))]
    const [refused] = removals.flatMap(([, removal]) => (removal.accepted ? [] : [removal.error]))
    const going = removals.flatMap(([unit, {accepted}]) => (accepted ? [unit] : []))
    if (refused !== undefined && going.length === 0) throw refused
    return going
  },
  read: (_caller, {target}, status): Promise<UnitsSeen> => Promise.resolve(unitsOf(status, target.application)),
  proves: ({target: {units}}, seen) => {
    const alive = units.filter(unit => seen[unit] === 'alive')
    if (alive.length === 0) return happened<readonly string[]>(units)
    return alive.length === units.length
      ? didNotHappen
      : unknown(`${alive.join(', ')} stayed, the others go or are gone`)
  },
})
