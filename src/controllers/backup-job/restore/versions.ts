import type {Blocker} from './plan.ts'
import {within} from './sentences.ts'

/** Whether a backup fits the version that runs; `blocker` if the database cannot read it. */
interface Fit {
  readonly said: string
  readonly blocker: Blocker | undefined
}

/**
 * Compares the version that made the backup with the one that runs. How many parts of a version make a series, within which a
 * database reads its older backups, is as many as the name of the engine has: `PostgreSQL 16`, `MySQL 8.0`. So it is with etcd 3.5
 * and 3.6: a snapshot is restored with the minor version that made it (github.com/etcd-io/etcd/issues/13070).
 */
export function fitOf(engine: string, made: string | undefined, runs: string | undefined): Fit {
  const [from, to] = [partsOf(made), partsOf(runs)]
  if (made === undefined || from === undefined)
    return fits(
      `Not known: no BackupJob here tells which version made the backup${runs === undefined ? '' : `; ${runs} runs`}.`,
    )
  if (runs === undefined || to === undefined)
    return fits(`Not known: ${made} made the backup, and the application does not tell which version runs.`)
  const series = partsOf(engine)?.length ?? 1
  const other = order(from.slice(0, series), to.slice(0, series))
  if (other !== 0) return otherSeries(made, runs)
  const minor = order(from, to)
  if (minor === 0) return fits(`${made} made the backup, and ${runs} runs.`)
  if (minor < 0) return fits(`${made} made the backup, and the newer ${runs} runs, which reads it.`)
  return fits(
    `${made} made the backup, and the older ${runs} runs: it is not promised that it reads the backup. Refresh the application first if you can.`,
  )
}

function otherSeries(made: string, runs: string): Fit {
  const message =
    `${made} made the backup, and ${runs} runs: a database of another series cannot read it. ` +
    `Restore it into an application of the series that made it.`
  return {said: within(512, message), blocker: {reason: 'Unsupported', message}}
}

const fits = (said: string): Fit => ({said: within(512, said), blocker: undefined})

/** The numbers of the first version in a text; undefined: there is none. */
function partsOf(text: string | undefined): readonly number[] | undefined {
  return /\d+(\.\d+)*/
    .exec(text ?? '')?.[0]
    .split('.')
    .map(Number)
}

/** Negative: the first is older. Parts that one of them does not tell are not compared. */
function order(one: readonly number[], other: readonly number[]): number {
  const differs = one.findIndex((part, index) => other[index] !== undefined && other[index] !== part)
  return differs === -1 ? 0 : (one[differs] ?? 0) - (other[differs] ?? 0)
}
