import {backupJobResource, backupJobSpecSchema, type BackupJob, type BackupJobStatus} from '../../src/api/backup-job.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {inParallel} from './in-parallel.ts'
import {benchNamespace} from './cluster.ts'

const time = (second: number): string => new Date(Date.UTC(2026, 0, 1, 2, 0, second)).toISOString()

/** A finished backup with everything that a real one has in its status. */
function finishedStatus(index: number): BackupJobStatus {
  const condition = {lastTransitionTime: time(60), observedGeneration: 1}
  return {
    observedGeneration: 1,
    conditions: [
      {
        type: 'Succeeded',
        status: 'True',
        reason: 'Succeeded',
        message: 'backup 2026-01-01T02:00:10Z is in the store',
        ...condition,
      },
      {
        type: 'Verified',
        status: 'True',
        reason: 'FoundInStore',
        message: 'found with its WAL 000000010000000000000004',
        ...condition,
      },
    ],
    attempt: 1,
    grantedAt: time(1),
    intent: {
      action: 'create-backup',
      unit: 'postgresql/1',
      time: time(2),
      highestOperationID: String(index),
      newestBackupID: '2025-12-31T02:00:10Z',
      parameters: {type: 'full'},
    },
    unit: 'postgresql/1',
    operationID: String(index + 1),
    taskID: String(index + 2),
    taskStatus: 'completed',
    enqueuedAt: time(3),
    startTime: time(4),
    completionTime: time(60),
    lastMessage: 'backup created',
    log: Array.from(
      {length: 10},
      (_, line) => `2026-01-01T02:00:${10 + line}Z P00   INFO: backup file ${line} of 1100 (32KB, 1%)`,
    ),
    backupID: '2026-01-01T02:00:10Z',
    method: 'Physical',
    type: 'Full',
    timeline: '1',
    lsnStart: '0/4000028',
    lsnStop: '0/4000138',
    walStart: '000000010000000000000004',
    walStop: '000000010000000000000004',
    sizeBytes: 23_068_672,
    repositorySizeBytes: 3_145_728,
    engineVersion: '16.9',
    charm: 'postgresql',
    revision: 843,
    channel: '16/stable',
    modelName: 'admin/prod',
    modelUUID: '6f0de9ad-7e44-4c8b-8b67-0e0a4e6ef6b2',
    artefact: {
      storage: 's3',
      endpoint: 'https://s3.example.com',
      region: 'eu-central-1',
      bucket: 'backups',
      path: '/prod',
      stanza: 'prod.postgresql',
      label: '20260101-020010F',
      logPath: 'prod/backup/6f0de9ad/2026-01-01T02:00:10Z/backup.log',
    },
  }
}

/** Creates finished jobs, `job-0` to `job-<count - 1>`. */
export async function seedFinishedJobs(client: KubeClient, count: number): Promise<void> {
  await inParallel(count, 32, async index => {
    const job: BackupJob = {
      apiVersion: 'charmkeeper.dev/v1alpha1',
      kind: 'BackupJob',
      metadata: {name: jobName(index), namespace: benchNamespace},
      spec: backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'postgresql', storageRef: {name: 's3'}}),
    }
    await client.create(backupJobResource, benchNamespace, job)
    const patch = [{op: 'add', path: '/status', value: finishedStatus(index)}] as const
    await client.jsonPatch(backupJobResource, {namespace: benchNamespace, name: jobName(index)}, patch, {
      subresource: 'status',
    })
  })
}

export function jobName(index: number): string {
  return `job-${index}`
}
