import type {Observed} from '../observed.ts'
import {needs, readAgain, valueOf} from '../rules/needs.ts'
import {finish, read, type Rule} from '../step.ts'
import {listPatienceMs, listTries} from './planning.ts'
import {stepOf} from './story.ts'

/** A listing that cannot be read is read again after this, ms. */
const listAgainMs = 60_000

/**
 * A charm may expire old backups whenever it makes a new one (PostgreSQL does), so the safety backup may have been the end of the
 * very backup that is to come back. Nothing is changed yet then.
 */
export const theChosenMustStillBeThere: Rule<Observed> = o => {
  const made = stepOf(o, 'SafetyBackup')?.finishedAt
  const {chosenBackupID, ledgerTime} = o.status.restore ?? {}
  if (made === undefined || chosenBackupID === undefined || ledgerTime !== undefined) return undefined
  const message = `Looking whether backup ${chosenBackupID} is still listed after the safety backup.`
  const {before} = o.readings
  if (before.state === 'ready' && before.at < Date.parse(made)) return read('Running', message, 'before')
  const pending = needs(o, 'Running', message, 'before')
  const listing = valueOf(o, 'before')
  const isGivenUp = before.state === 'failed' && before.failures >= listTries
  const unread = isGivenUp ? before.message : listing?.ok === false ? listing.message : undefined
  if (unread !== undefined && o.now - Date.parse(made) > listPatienceMs)
    return finish(
      'Failed',
      `The backups cannot be listed since the safety backup was made: ${unread}. Nothing was changed.`,
    )
  if (pending) return pending
  if (listing?.ok === false)
    return readAgain(o, {reason: 'Running', message: `${message} ${listing.message}`}, listAgainMs, 'before')
  if (listing === undefined) return undefined
  if (listing.rows.some(row => row.id === chosenBackupID && row.finished && row.action !== 'restore')) return undefined
  return finish(
    'BackupNotFound',
    `Backup ${chosenBackupID} is not listed any more since the safety backup was made: the charm has expired it. Nothing was changed. Choose another one, or let the charm keep backups for longer.`,
  )
}
