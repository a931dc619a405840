import {createHash} from 'node:crypto'
import {backupJobSpecSchema} from '../../../api/backup-job.ts'
import {backupJobResource, type BackupJob} from '../../../api/index.ts'
import {GROUP, RESTORE_ANNOTATION, VERSION} from '../../../api/meta.ts'
import type {KubeClient} from '../../../kube/client.ts'
import {isAlreadyExists, isConflict, isInvalid, isNotFound} from '../../../kube/errors.ts'

/** The name of the BackupJob that a restore takes first: always the same for one restore, at most 63 characters. */
export function safetyBackupName({metadata}: Pick<BackupJob, 'metadata'>): string {
  const hash = createHash('sha256')
    .update(metadata.uid ?? '')
    .digest('hex')
  const start = metadata.name.slice(0, 40).replace(/[^a-z0-9]+$/, '')
  return `${start}-safety-${hash.slice(0, 10)}`
}

/** The safety backup as an object: a full one, proved as far as the restore itself asks. */
export function safetyBackup(restore: BackupJob, name: string): BackupJob {
  const {modelRef, application, storageRef, verify, priority} = restore.spec
  const {namespace, uid = ''} = restore.metadata
  return {
    apiVersion: `${GROUP}/${VERSION}`,
    kind: 'BackupJob',
    metadata: {name, ...(namespace === undefined ? {} : {namespace}), annotations: {[RESTORE_ANNOTATION]: uid}},
    spec: backupJobSpecSchema.parse({
      type: 'Backup',
      modelRef,
      application,
      ...(storageRef === undefined ? {} : {storageRef}),
      verify: verify === 'None' ? 'Auto' : verify,
      priority,
    }),
  }
}

/** Creates it; one that is there already is left as it is. @throws ApiError */
export async function createSafetyBackup(
  client: KubeClient,
  restore: BackupJob,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const {namespace} = restore.metadata
  try {
    await client.create(backupJobResource, namespace, safetyBackup(restore, name), {signal})
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}

/** Asks it to end, unless it runs by now. One that is gone, or is another's, is left to the next look. @throws ApiError */
export async function cancelSafetyBackup(
  client: KubeClient,
  {metadata: {namespace, uid = ''}}: BackupJob,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const restoreUid = `/metadata/annotations/${RESTORE_ANNOTATION.replaceAll('/', '~1')}`
  try {
    await client.jsonPatch(
      backupJobResource,
      {namespace, name},
      [
        {op: 'test', path: restoreUid, value: uid},
        {op: 'add', path: '/spec/cancel', value: 'IfSafe'},
      ],
      {signal},
    )
  } catch (error) {
    if (!isInvalid(error) && !isNotFound(error) && !isConflict(error)) throw error
  }
}
