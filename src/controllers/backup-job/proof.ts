import type {BackupJobStatus} from '../../api/backup-job.ts'
import type {BackupCapability} from '../../charms/profile.ts'
import type {Evidence} from '../../storage/layouts/evidence.ts'
import {openSearchStatus, verifyOpenSearch} from '../../storage/layouts/opensearch.ts'
import {pbmStatus, verifyPbm} from '../../storage/layouts/pbm.ts'
import {statusOf, verifyBackup} from '../../storage/layouts/pgbackrest.ts'
import {singleObjectStatus, verifySingleObject} from '../../storage/layouts/single-object.ts'
import {verifyXtraBackup, xtraBackupStatus} from '../../storage/layouts/xtrabackup.ts'
import {verifyZooKeeper, zooKeeperStatus} from '../../storage/layouts/zookeeper.ts'
import type {ObjectStore} from '../../storage/object-store.ts'
import type {Observed, StoreProof} from './observed.ts'

/**
 * The evidence in the store, by the layout of the charm's backups, with what it adds to the status.
 *
 * @throws StorageError when the store cannot be read; Error when nobody knows where to look
 */
export async function proofFor(
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
      return proved(await verifyPbm(store, placeOf(o, signal)), pbmStatus)
    case 'OpenSearch':
      return proved(await verifyOpenSearch(store, placeOf(o, signal)), openSearchStatus)
    case 'ZooKeeper':
      return proved(await verifyZooKeeper(store, placeOf(o, signal)), zooKeeperStatus)
    case 'SingleObject':
      return proved(await verifySingleObject(store, {...placeOf(o, signal), magics: magicsOf(o)}), singleObjectStatus)
    case 'None':
      throw new Error('how the backups of this charm lie in the store is not known, so nothing can be looked for there')
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
  return proved(evidence, complete => statusOf(complete, artefact))
}

async function xtraBackup(store: ObjectStore, o: Observed, signal: AbortSignal): Promise<StoreProof> {
  const modelName = o.status.modelName?.split('/').at(-1)
  const expect = {modelName, application: o.job.spec.application}
  const evidence = await verifyXtraBackup(store, {...placeOf(o, signal), expect})
  return proved(evidence, complete => xtraBackupStatus(complete, o.status.artefact))
}

/** Where a backup is that is found by its id. */
function placeOf(
  {status: {artefact, backupID}}: Observed,
  signal: AbortSignal,
): {path: string; backupID: string; signal: AbortSignal} {
  if (artefact === undefined || backupID === undefined) throw new Error('it is not known where the backup is')
  return {path: artefact.path, backupID, signal}
}

function magicsOf({application}: Observed): readonly string[] {
  return (application.state === 'present' ? application.profile?.backup.objectMagics : undefined) ?? []
}

function proved<Facts extends object>(
  evidence: Evidence<Facts>,
  statusOfComplete: (
    complete: {readonly kind: 'complete'; readonly message: string} & Facts,
  ) => Partial<BackupJobStatus>,
): StoreProof {
  const {message} = evidence
  switch (evidence.kind) {
    case 'complete':
      return {kind: 'complete', message, status: statusOfComplete(evidence)}
    case 'missing':
      return {kind: 'missing', message: `${message}; make a new backup`}
    case 'broken':
      return {
        ...evidence,
        message: `${message}; do not count on it: make a new backup, and find out what changed the store`,
      }
  }
}
