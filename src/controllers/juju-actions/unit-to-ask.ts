/** As much of a unit as tells whether it will answer. */
export interface AskedUnit {
  readonly name: string
  readonly workloadStatus: string
  readonly agentStatus: string
}

/**
 * Any unit can tell what a read-only action asks for; one that is well answers soonest.
 *
 * @param preferred taken where it is well
 * @returns undefined only without units
 */
export function unitToAsk(units: readonly AskedUnit[], preferred?: string): string | undefined {
  const well = units.filter(unit => unit.workloadStatus === 'active' && unit.agentStatus === 'idle')
  return (well.find(unit => unit.name === preferred) ?? well[0] ?? units[0])?.name
}
