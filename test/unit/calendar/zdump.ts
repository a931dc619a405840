import {readFileSync} from 'node:fs'
import path from 'node:path'

/** A change of the clocks as zdump prints it; offsets in ms. */
export interface Change {
  readonly zone: string
  readonly at: number
  readonly before: number
  readonly after: number
}

const line = /^(?<zone>\S+)\s+\w{3} (?<time>\w{3} [ \d]\d [\d:]{8} \d{4}) UT = .* gmtoff=(?<offset>-?\d+)$/

/** The changes in zdump.txt whose offset changes: each is two lines, the second before it and the first of it. */
export function readChanges(): readonly Change[] {
  const rows = readFileSync(path.join(import.meta.dirname, 'zdump.txt'), 'utf8')
    .split('\n')
    .flatMap(text => {
      const found = line.exec(text)?.groups
      if (found === undefined) return []
      return [
        {zone: found['zone'] ?? '', time: Date.parse(`${found['time']} UTC`), offset: Number(found['offset']) * 1000},
      ]
    })
  return rows
    .flatMap((row, index) => {
      const last = rows[index - 1]
      if (index % 2 === 0 || last === undefined) return []
      return [{zone: row.zone, at: row.time, before: last.offset, after: row.offset}]
    })
    .filter(({before, after}) => before !== after)
}
