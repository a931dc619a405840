import type {BackupCapability} from '../../charms/profile.ts'
import {statusOf, verifyBackup} from '../../storage/layouts/pgbackrest.ts'
import {verifyXtraBackup, xtraBackupStatus} from '../../storage/layouts/xtrabackup.ts'
import type {ObjectStore} from '../../storage/object-store.ts'
import type {Observed, StoreProof} from './observed.ts'

/**
 * The evidence in the store, by the layout of the charm's backups, with what it adds to the status.
 *
 * @throws StorageError when the store cannot be read; Error when the status does not tell where to look
 */
export function proofFor(
  layout: BackupCapability['layout'],
  store: ObjectStore,
  o: Observed,
  signal: AbortSignal,
): Promise<StoreProof> {
  switch (layout) {
    case 'pgBackRest':
      return pgBackRest(store, o, signal)
    case 'XtraBackup':
      return xtraBackup(store, o, signal)
    case 'PBM':
    case 'OpenSearch':
    case 'ZooKeeper':
    case 'SingleObject':
    case 'None':
      throw new Error(`a backup in the layout ${layout} cannot be looked for in the store`)
  }
}

async function pgBackRest(store: ObjectStore, o: Observed, signal: AbortSignal): Promise<StoreProof> {
  const {artefact, modelUUID} = o.status
  if (artefact?.stanza === undefined || artefact.label === undefined)
    throw new Error('the listing does not tell where in the repository the backup is')
  const {path, stanza, label, logPath} = artefact
  const expect = {
    ...(modelUUID === undefined ? {} : {modelUUID}),
    ...(logPath === undefined ? {} : {logPath}),
    type: o.status.type ?? o.job.spec.backup.type,
  }
  const evidence = await verifyBackup(store, {path, stanza, label, expect, signal})
  if (evidence.kind !== 'complete') return evidence
  return {kind: 'complete', message: evidence.message, status: statusOf(evidence, artefact)}
}

async function xtraBackup(store: ObjectStore, o: Observed, signal: AbortSignal): Promise<StoreProof> {
  const {artefact, backupID, modelName} = o.status
  if (artefact === undefined || backupID === undefined) throw new Error('it is not known where the backup is')
  const model = modelName?.split('/').at(-1)
  const expect = {application: o.job.spec.application, ...(model === undefined ? {} : {modelName: model})}
  const evidence = await verifyXtraBackup(store, {path: artefact.path, backupID, expect, signal})
  if (evidence.kind !== 'complete') return evidence
  return {kind: 'complete', message: evidence.message, status: xtraBackupStatus(evidence, artefact)}
}
