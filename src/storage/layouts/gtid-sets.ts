/** Transactions of one server or group, from one number to another, both included. */
interface Interval {
  readonly source: string
  readonly from: number
  readonly to: number
}

/** Each member of a group takes its numbers out of blocks of this length (`group_replication_gtid_assignment_block_size`). */
const BLOCK = 1_000_000

/** A set of MySQL's transactions that grows, as binary logs are read one after the other. */
export class GtidSet {
  /** By source: what was seen, joined and in order. */
  readonly #seen = new Map<string, {from: number; to: number}[]>()

  /**
   * Adds the transactions of the next log, and says whether they follow those before without a gap. A new primary begins
   * a block of numbers of its own, which is none.
   *
   * @param text as MySQL writes it: `uuid:1-5:7,uuid:1`; one that cannot be read never follows
   */
  add(text: string): {readonly follows: boolean} {
    const intervals = parse(text)
    if (intervals === undefined) return {follows: false}
    const first = this.#seen.size === 0
    const follows = intervals.every(({source, from}) => first || from % BLOCK === 1 || this.#reaches(source, from))
    for (const interval of intervals) this.#join(interval)
    return {follows}
  }

  #reaches(source: string, from: number): boolean {
    return (this.#seen.get(source) ?? []).some(seen => seen.from <= from && from <= seen.to + 1)
  }

  #join({source, from, to}: Interval): void {
    const joined = {from, to}
    const apart = (this.#seen.get(source) ?? []).filter(seen => {
      if (seen.to + 1 < from || to + 1 < seen.from) return true
      joined.from = Math.min(joined.from, seen.from)
      joined.to = Math.max(joined.to, seen.to)
      return false
    })
    this.#seen.set(source, [...apart, joined])
  }
}

function parse(text: string): readonly Interval[] | undefined {
  const sets = text.split(',').map(set => set.trim().split(':'))
  const intervals = sets.flatMap(([source = '', ...ranges]) =>
    ranges.map(range => {
      const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(range.trim()) ?? []
      return {source: source.toLowerCase(), from: Number.parseInt(from, 10), to: Number.parseInt(to, 10)}
    }),
  )
  const readable = intervals.length >= sets.length && intervals.every(({from, to}) => from >= 1 && to >= from)
  return readable ? intervals : undefined
}
