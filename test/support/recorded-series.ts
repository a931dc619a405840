/** A target at the moment when Prometheus asked it. */
export interface Scrape {
  /** wall clock, ms since the epoch; several targets may be asked at the same one */
  readonly at: number
  /** labels of the target, such as pod and instance */
  readonly target: Readonly<Record<string, string>>
  /** what it answered; undefined: nothing */
  readonly page: string | undefined
}

export interface RecordingOptions {
  /** wall clock that becomes promtool's time 0, ms since the epoch; must be that of the first scrape */
  readonly start: number
  /** between two scrapes, ms */
  readonly step: number
  /** the metrics that are wanted */
  readonly names: ReadonlySet<string>
}

/**
 * Pages of metrics as `input_series` of a promtool test: for each series its values, one a step. A series that is not on the next
 * page of its target is stale, as for Prometheus. Times in the values are moved along, as promtool's time begins with 0.
 */
export function recordedSeries(
  scrapes: readonly Scrape[],
  {start, step, names}: RecordingOptions,
): Readonly<Record<string, string>> {
  const end = Math.max(...scrapes.map(({at}) => at))
  const length = Math.round((end - start) / step) + 1
  const series = new Map<string, string[]>()
  for (const {at, target, page = ''} of scrapes) {
    const index = Math.round((at - start) / step)
    for (const [name, value] of samplesOf(page, {target, start, names})) {
      const values = series.get(name) ?? Array.from({length}, () => '_')
      series.set(name, values)
      values[index] = value
    }
  }
  return Object.fromEntries([...series].map(([name, values]) => [name, notationOf(values)]))
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/

function* samplesOf(
  page: string,
  {target, start, names}: Pick<RecordingOptions, 'start' | 'names'> & Pick<Scrape, 'target'>,
): Generator<[series: string, value: string]> {
  const own = Object.entries(target).map(([label, value]) => `${label}="${value}"`)
  for (const text of page.split('\n')) {
    const [, name = '', labels = '', value = ''] = line.exec(text) ?? []
    if (!names.has(name)) continue
    const all = [...(labels === '' ? [] : [labels]), ...own].join(',')
    const moved = /_time(stamp)?_seconds$/.test(name) ? String(Number(value) - start / 1000) : value
    yield [`${name}{${all}}`, moved]
  }
}

/** promtool's notation; equal neighbours as one. */
function notationOf(values: readonly string[]): string {
  const marked = values.map((value, index) =>
    value === '_' && index > 0 && values[index - 1] !== '_' ? 'stale' : value,
  )
  const runs: {value: string; count: number}[] = []
  for (const value of marked) {
    const last = runs.at(-1)
    if (last?.value === value && value !== 'stale') last.count += 1
    else runs.push({value, count: 1})
  }
  return runs.map(({value, count}) => runOf(value, count)).join(' ')
}

/** `5x3` is 5 and three more, `_x3` is three gaps. */
function runOf(value: string, count: number): string {
  if (count === 1) return value
  return value === '_' ? `_x${count}` : `${value}x${count - 1}`
}
