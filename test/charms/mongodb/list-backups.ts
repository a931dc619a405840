import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {listingOf} from './listing.ts'
import {parseStatus} from './pbm-state.ts'
import type {MongodbState} from './state.ts'
import {updateStatus} from './status.ts'

/** The action `list-backups`, on any unit. @throws UncaughtCharmError while the first backup of all runs unreported */
export async function listBackups(state: MongodbState, task: CharmTask): Promise<TaskOutcome> {
  const {engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'list-backups')
  if (refusal !== undefined) return failed(refusal)
  const run = await engine.status(task.unit)
  const status = run.ok ? parseStatus(run.output) : undefined
  if (status === undefined) return failed(dialect.listingError(run.output))
  const backups = listingOf(status)
  if (dialect.showsAfterListing) await updateStatus(state, task.unit)
  return completed({backups})
}
