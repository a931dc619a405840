import type {BackupRow, ListingResult} from '../../../charms/profile.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {isPastDeadline} from './deadline.ts'
import {needs, valueOf} from './needs.ts'
import {artefactOf, factsOfRow, typeOfRow} from './record.ts'
import {isReadable, unreadableList} from './unreadable-list.ts'

/**
 * `backup.importID`: a backup that exists already is found in the list of the charm, and described and proved as one of our own.
 * Nothing is run but the listing, so it neither waits for the application nor keeps others from it.
 */
export const importTheBackup: Rule<Observed> = o => {
  const id = o.job.spec.backup.importID
  if (id === undefined || o.status.backupID !== undefined) return undefined
  const message = `Looking for backup ${id} in the list of the charm.`
  const pending = needs(o, 'Preparing', message, 'before')
  if (pending) return pending
  const listing = valueOf(o, 'before')
  if (!listing) return undefined
  if (!listing.ok) return unreadableList(o, 'before', listing.message)
  const row = listing.rows.find(one => one.id === id && one.action !== 'restore')
  return isReadable(o, row?.finished === true ? found(o, row, listing) : notUsable(o, id, row, listing.rows))
}

/** activeDeadlineSeconds end the waiting for whatever keeps it from being found. */
export const importMustNotBeTooLate: Rule<Observed> = o => {
  const {activeDeadlineSeconds, backup} = o.job.spec
  if (backup.importID === undefined || o.status.backupID !== undefined || !isPastDeadline(o)) return undefined
  const why = o.status.conditions?.find(({type}) => type === 'Succeeded')?.message ?? ''
  return finish(
    'DeadlineExceeded',
    `Backup ${backup.importID} was not found within ${activeDeadlineSeconds} s of the creation of this object. It was waiting: ${why}`,
  )
}

/** Nothing runs for it, so that it simply ends, also while it is only to be proved. */
export const cancelAnImport: Rule<Observed> = o =>
  o.job.spec.cancel !== 'No' && o.job.spec.backup.importID !== undefined && o.status.backupID !== undefined
    ? finish('Cancelled', 'The import was cancelled; nothing was run.', {
        event: {type: 'Normal', reason: 'BackupCancelled', note: 'The import was cancelled'},
      })
    : undefined

function found(o: Observed, row: BackupRow, listing: Extract<ListingResult, {ok: true}>): Step {
  const type = typeOfRow(row)
  const method = o.application.state === 'present' ? o.application.profile?.backup.method : undefined
  return wait('Verifying', `The charm lists backup ${row.id} as finished.`, {
    patch: {...factsOfRow(o, row), artefact: artefactOf(o, row, listing), type, method, taskStatus: 'completed'},
    afterMs: 0,
  })
}

function notUsable(o: Observed, id: string, row: BackupRow | undefined, rows: readonly BackupRow[]): Step {
  if (row !== undefined) {
    const how = o.application.state === 'present' ? o.application.profile?.backup.describeUnfinished(row) : undefined
    return finish('BackupNotFound', `The charm lists backup ${id} ${how ?? 'as not finished'}; it cannot be imported.`)
  }
  const finished = rows.filter(one => one.finished && one.action !== 'restore').map(one => one.id)
  const newest = finished.toSorted().slice(-5).toReversed()
  const there = newest.length === 0 ? 'it lists none' : `the newest ones are ${newest.join(', ')}`
  return finish('BackupNotFound', `The charm lists no backup ${id}; ${there}. Write the id as the charm lists it.`)
}
