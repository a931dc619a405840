import {setImmediate as nextTurn} from 'node:timers/promises'

/**
 * A family with a series or more for each of many objects. It writes its own lines: with prom-client ten thousand objects would
 * hold up the event loop, and so whatever falls due just then, for a fifth of a second.
 */
export interface WrittenFamily {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  /** Labels as they stand between the braces, with their values. */
  samples(): Iterable<readonly [labels: string, value: number]>
}

/** So many lines are written before others have a turn. */
const linesPerTurn = 1_000

/** The families in Prometheus' text format, each line ended. */
export async function writeFamilies(families: readonly WrittenFamily[]): Promise<string> {
  const lines: string[] = []
  for (const family of families) {
    const {name, help, type} = family
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [labels, value] of family.samples()) {
      lines.push(`${name}{${labels}} ${value}`)
      if (lines.length % linesPerTurn === 0) await nextTurn()
    }
    lines.push('')
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
