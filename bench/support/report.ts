/** One figure beside the raw floor that was measured in the same run. */
export interface Figure {
  readonly what: string
  readonly figure: number
  readonly floor: number
  readonly unit: string
  /** what we want to reach, in words; never asserted */
  readonly goal: string
}

/** Prints figure, floor and their ratio; machines differ, ratios less so. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  const header = ['', 'figure', 'floor', 'ratio', 'goal']
  const rows = figures.map(({what, figure, floor, unit, goal}) => [
    what,
    `${round(figure)} ${unit}`,
    `${round(floor)} ${unit}`,
    floor === 0 ? '-' : round(figure / floor),
    goal,
  ])
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map(row => row[column]?.length ?? 0)))
  console.log(`\n${title}`)
  for (const row of [header, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
