import type {BackupJobStatus} from '../../../api/backup-job.ts'
import type {RestoreTarget} from '../../../charms/restore.ts'
import type {Observed} from '../observed.ts'
import {valueOf} from '../rules/needs.ts'
import {artefactOf, typeOfRow} from '../rules/record.ts'

/** Where the chosen backup is, as far as the listing tells. */
export function chosenArtefact(o: Observed, backupID: string): BackupJobStatus['artefact'] {
  const listing = valueOf(o, 'before')
  if (listing?.ok !== true) return undefined
  const row = listing.rows.find(one => one.id === backupID && one.action !== 'restore')
  return row && artefactOf(o, row, listing)
}

/**
 * The restore as if the backup that it has chosen were one of its own making, so that the same proof serves both. Whose model has
 * made it is left open: it may be that of a cluster that is lost.
 */
export function chosenAsOwn(o: Observed): Observed {
  const backupID = o.status.restore?.chosenBackupID
  if (backupID === undefined) throw new Error('no backup is chosen yet')
  const listing = valueOf(o, 'before')
  const row = listing?.ok === true ? listing.rows.find(one => one.id === backupID) : undefined
  const type = row && typeOfRow(row)
  const artefact = chosenArtefact(o, backupID)
  return {...o, status: {...o.status, backupID, artefact, type, modelUUID: undefined, modelName: undefined}}
}

/** What the restore brings back, as it stands in the status. */
export function targetOf({status}: Pick<Observed, 'status'>): RestoreTarget {
  const {chosenBackupID, moment, timeline} = status.restore ?? {}
  return {backupID: chosenBackupID, moment, timelineID: timeline}
}
