import type {BackupCapability, UnitView} from './profile.ts'

/**
 * The unit that is asked for the list of backups, or undefined if there is none at present. Where any unit tells it, one
 * that answers at once: `preferred`, if it is such a one. A unit with a backup under way answers after it only.
 */
export function unitToList(
  {listOn}: Pick<BackupCapability, 'listOn'>,
  units: readonly UnitView[],
  preferred?: string,
): UnitView | undefined {
  if (listOn === 'Leader') return units.find(unit => unit.leader === true)
  const well = units.filter(unit => unit.workloadStatus === 'active' && unit.agentStatus === 'idle')
  return well.find(unit => unit.name === preferred) ?? well[0] ?? units[0]
}
