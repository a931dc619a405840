/** The number at the end of a unit's name. */
export function numberOf(unit: string): number {
  return Number(unit.slice(unit.lastIndexOf('/') + 1))
}
