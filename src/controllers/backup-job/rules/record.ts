import type {BackupArtefact, BackupType} from '../../../api/backup-job.ts'
import {checkParentAfter} from '../../../charms/new-backup.ts'
import type {BackupRow, ListingResult} from '../../../charms/profile.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import {normalPath} from '../../../storage/location.ts'
import type {Observed} from '../observed.ts'
import type {ExtraCondition, StatusPatch} from '../step.ts'
import {valueOf} from './needs.ts'

const typeOf: Readonly<Partial<Record<BackupRow['action'], BackupType>>> = {
  full: 'Full',
  differential: 'Differential',
  incremental: 'Incremental',
}

/** The type of a listed backup, in the words of the API; undefined where the charm does not tell it. */
export const typeOfRow = ({action}: BackupRow): BackupType | undefined => typeOf[action]

/** In which model the backup is made. It is written down before it begins, as the JujuModel may be suspended before it ends. */
export const modelOfBackup = ({model}: Observed): StatusPatch =>
  model.state === 'ready' ? {modelName: model.modelName, modelUUID: model.modelUUID} : {}

/** What the row of the listing, and Juju's status, say about the backup: enough to restore it without the application. */
export function factsOfRow(o: Observed, row: BackupRow): StatusPatch {
  const view = o.application.state === 'present' ? o.application.view : undefined
  return {
    backupID: row.id,
    parentBackupID: row.reference,
    lsnStart: row.lsnStart,
    lsnStop: row.lsnStop,
    timeline: row.timeline,
    engineVersion: view?.workloadVersion && trimMessage(view.workloadVersion, 64),
    charm: view && trimMessage(view.charm, 64),
    revision: view?.revision,
    channel: view?.channel && trimMessage(view.channel, 128),
    base: view?.base,
    ...modelOfBackup(o),
  }
}

/** Where the backup is. Bucket and path are the charm's own words; the endpoint is the store's, or the integrator's. */
export function artefactOf(
  o: Observed,
  row: BackupRow,
  listing: Extract<ListingResult, {ok: true}>,
): BackupArtefact | undefined {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const where = o.storage.state === 'ready' ? o.storage : valueOf(o, 'destination')
  const known = where && 'endpoint' in where ? where : undefined
  const path = listing.path ?? normalPath(known?.path)
  const {modelName = ''} = {...o.status, ...modelOfBackup(o)}
  return {
    ...(o.job.spec.storageRef === undefined ? {} : {storage: o.job.spec.storageRef.name}),
    ...(known === undefined ? {} : {endpoint: known.endpoint, region: known.region}),
    bucket: listing.bucket ?? known?.bucket ?? '',
    path,
    ...o.application.profile.backup.artefact({
      backupID: row.id,
      rows: listing.rows,
      path,
      modelName: modelName.split('/').at(-1) ?? '',
      application: o.job.spec.application,
    }),
  }
}

/** A declared parent is compared with what the charm says the backup was built on. */
export function parentCondition(o: Observed, row: BackupRow): ExtraCondition[] {
  if (o.parent.state !== 'succeeded') return []
  const check = checkParentAfter(row, o.parent.backupID)
  return check.ok ? [] : [{type: 'ParentMismatch', status: 'True', reason: check.reason, message: check.message}]
}

/** A cancel that came after the end changes nothing, and that is said. */
export function tooLate(o: Observed): ExtraCondition[] {
  if (o.job.spec.cancel === 'No' || o.status.conditions?.some(c => c.type === 'CancelRefused')) return []
  return [
    {
      type: 'CancelRefused',
      status: 'True',
      reason: 'TooLate',
      message: 'The task had ended before the cancel arrived.',
    },
  ]
}
