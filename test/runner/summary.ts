/** What one row of the closing table says. */
export interface Outcome {
  readonly name: string
  readonly tests: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
  /** why the row is red although no test failed, such as an empty layer */
  readonly problem?: string
}

export function isGreen(outcome: Outcome): boolean {
  return outcome.failed === 0 && outcome.problem === undefined
}

/** The closing table: one row per step or layer, the total last, and the reason of each red row below it. */
export function summaryTable(outcomes: readonly Outcome[]): string {
  const header = ['layer', 'tests', 'pass', 'fail', 'skip', 'seconds', '']
  const rows = [...outcomes, total(outcomes)].map(cells)
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const problems = outcomes.flatMap(o => (o.problem === undefined ? [] : [`${o.name}: ${o.problem}`]))
  return [line(header).trimEnd(), ...rows.map(row => line(row).trimEnd()), ...problems].join('\n')
}

function cells(o: Outcome): string[] {
  const counts = [o.tests, o.passed, o.failed, o.skipped].map(String)
  return [o.name, ...counts, o.seconds.toFixed(1), isGreen(o) ? 'ok' : 'FAILED']
}

function total(outcomes: readonly Outcome[]): Outcome {
  const sum = (pick: (o: Outcome) => number) => outcomes.reduce((all, o) => all + pick(o), 0)
  const row = {
    name: 'total',
    tests: sum(o => o.tests),
    passed: sum(o => o.passed),
    failed: sum(o => o.failed),
    skipped: sum(o => o.skipped),
    seconds: sum(o => o.seconds),
  }
  return outcomes.every(isGreen) ? row : {...row, problem: 'a row above is red'}
}
