import {completed, failed} from '../machine.ts'
import type {TaskOutcome} from '../machine.ts'
import {formatListing} from './listing.ts'
import {outOfRange, readBackups, readTimelines} from './repository.ts'
import type {ReadFailure} from './repository.ts'
import {s3Parameters} from './s3-parameters.ts'
import {stanzaOf} from './state.ts'
import type {CharmState} from './state.ts'

const standbyRefusal =
  'Backups are not supported on a standby cluster. Run list-backups on the primary cluster instead.'

/** The action `list-backups`. @throws UncaughtCharmError on a repository without any stanza: the charm indexes the first */
export async function listBackups(state: CharmState): Promise<TaskOutcome> {
  const {host, engine, dialect, conditions} = state
  const couldNot = ({step, run}: ReadFailure): TaskOutcome =>
    failed(`Failed to list PostgreSQL backups with error: ${dialect.listError(step, run)}`)
  if (dialect.refusesStandbyCluster && conditions.standbyCluster) return failed(standbyRefusal)
  const lookup = await s3Parameters(host)
  if (!lookup.ok) return failed(lookup.message)
  const backups = await readBackups(engine)
  if (!backups.ok) return couldNot(backups)
  if (backups.stanzas === 0) throw outOfRange()
  const timelines = await readTimelines(engine)
  if (!timelines.ok) return couldNot(timelines)
  return completed({backups: formatListing(lookup.s3, stanzaOf(state), backups.backups, timelines.timelines)})
}
