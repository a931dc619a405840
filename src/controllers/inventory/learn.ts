import {foreignTasks} from '../backup-job/juju-holders.ts'
import {profileOf} from '../backup-job/gather.ts'
import type {ReadOutput} from '../juju-actions/action-reader.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import {listingOf} from './listing.ts'
import type {Listings} from './listings.ts'

/** Whose list was read. */
export interface Learnt {
  readonly modelUUID: string
  readonly application: string
}

/**
 * Takes in what any reader of the charms' actions has read, so that the listing of a job serves the inventory as well.
 *
 * @returns undefined when it was no list of backups
 */
export function learn(
  {which, askedAt, output}: ReadOutput,
  models: ModelDirectory,
  listings: Listings,
): Learnt | undefined {
  const {model: modelUUID, application, action} = which
  const snapshot = models.byUUID(modelUUID)?.snapshots.latest
  const status = snapshot?.status.applications.get(application)
  const profile = status && profileOf(status)
  if (snapshot === undefined || profile?.backup.listAction !== action) return undefined
  const listed = profile.backup.parseListing(output)
  if (listed.ok) {
    const {completion} = profile.backup
    // What units say about themselves may be left over from a run that was cut short; the tasks are not.
    const busy = foreignTasks(snapshot, new Set()).some(task => task.application === application)
    listings.learn(modelUUID, application, listingOf(listed.rows, {askedAt, busy, completion}))
  } else listings.fail(modelUUID, application, listed.message)
  return {modelUUID, application}
}
