import {randomUUID} from 'node:crypto'
import {backupJobResource, backupJobSpecSchema, type BackupJob, type BackupJobStatus} from '../../src/api/backup-job.ts'
import type {BackupSchedule} from '../../src/api/backup-schedule.ts'
import {childOf} from '../../src/controllers/backup-schedule/child.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {Etcd} from './etcd.ts'

/** A run of a schedule that is over. */
export interface PastRun {
  readonly schedule: BackupSchedule
  /** ms since the epoch */
  readonly slot: number
  readonly modelUUID: string
  readonly succeeded: boolean
}

/**
 * Writes past runs with everything that real ones have in their status, straight into etcd: one is made through the API server,
 * and the others are copies of what it has stored, each with its own names, times and ids.
 */
export async function seedPastRuns(
  {client, etcdUrl}: {readonly client: KubeClient; readonly etcdUrl: string},
  count: number,
  runOf: (index: number) => PastRun,
): Promise<void> {
  const etcd = new Etcd(etcdUrl)
  const first = jobOf(runOf(0))
  const key = {namespace: first.metadata.namespace, name: first.metadata.name}
  await client.create(backupJobResource, key.namespace, first)
  const patch = [{op: 'add', path: '/status', value: finishedStatus(runOf(0), 0)}] as const
  await client.jsonPatch(backupJobResource, key, patch, {subresource: 'status'})
  const stored = JSON.parse(await etcd.get(storedUnder(first))) as BackupJob
  await etcd.putAll(count - 1, index => {
    const run = runOf(index + 1)
    const job = jobOf(run)
    const creationTimestamp = seconds(run.slot)
    const metadata = {...stored.metadata, ...job.metadata, uid: randomUUID(), creationTimestamp}
    const status = finishedStatus(run, index + 1)
    return {key: storedUnder(job), value: JSON.stringify({...stored, metadata, spec: job.spec, status})}
  })
}

const storedUnder = ({metadata}: BackupJob): string =>
  `/registry/${backupJobResource.group}/${backupJobResource.plural}/${metadata.namespace}/${metadata.name}`

/** The child of the schedule, with the finalizer gone as it is in the end. */
function jobOf({schedule, slot}: PastRun): BackupJob {
  const child = childOf(schedule, {slot})
  const {finalizers: _gone, ...metadata} = child.metadata
  return {...child, metadata, spec: backupJobSpecSchema.parse(child.spec)}
}

/** RFC 3339 without a fraction. */
const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** @param index makes what Juju and the store count different in each */
function finishedStatus({schedule, slot, modelUUID, succeeded}: PastRun, index: number): BackupJobStatus {
  const {application} = schedule.spec.jobTemplate.spec
  const time = (after: number): string => new Date(slot + after * 1000 + (index % 1000)).toISOString()
  const backupID = seconds(slot + 10_000)
  const condition = {lastTransitionTime: seconds(slot + 60_000), observedGeneration: 1}
  const outcome = succeeded
    ? ({status: 'True', reason: 'Succeeded', message: `backup ${backupID} is in the store`} as const)
    : ({status: 'False', reason: 'Failed', message: `the action of ${application}/1 failed: disk full`} as const)
  const hex = index.toString(16).toUpperCase().padStart(8, '0')
  const backup = {
    backupID,
    timeline: '1',
    lsnStart: `0/${hex}28`,
    lsnStop: `0/${hex}38`,
    walStart: `0000000100000000${hex}`,
    walStop: `0000000100000000${hex}`,
    sizeBytes: 23_068_672 + index,
    repositorySizeBytes: 3_145_728 + index,
    artefact: {
      storage: 's3-backups',
      endpoint: 'https://s3.example.com',
      region: 'eu-central-1',
      bucket: 'backups',
      path: `/${application}`,
      stanza: `${application}.postgresql`,
      label: `${backupID.replace(/[-:Z]/g, '').replace('T', '-')}F`,
      logPath: `${application}/backup/${modelUUID}/${backupID}/backup.log`,
    },
  }
  return {
    observedGeneration: 1,
    conditions: [
      {type: 'Succeeded', ...outcome, ...condition},
      ...(succeeded
        ? [
            {
              type: 'Verified',
              status: 'True',
              reason: 'FoundInStore',
              message: `found ${backupID}`,
              ...condition,
            } as const,
          ]
        : []),
    ],
    attempt: 1,
    grantedAt: time(1),
    intent: {
      action: 'create-backup',
      unit: `${application}/1`,
      time: time(2),
      highestOperationID: String(3 * index),
      newestBackupID: seconds(slot - 86_400_000),
      parameters: {type: 'full'},
    },
    unit: `${application}/1`,
    operationID: String(3 * index + 1),
    taskID: String(3 * index + 2),
    taskStatus: succeeded ? 'completed' : 'failed',
    enqueuedAt: time(3),
    startTime: time(4),
    completionTime: time(60),
    lastMessage: succeeded ? 'backup created' : 'disk full',
    log: Array.from({length: 10}, (_, line) => `${time(10 + line)} P00   INFO: backup file ${line} of 1100 (32KB, 1%)`),
    method: 'Physical',
    type: 'Full',
    ...(succeeded ? backup : {}),
    engineVersion: '16.9',
    charm: 'postgresql',
    revision: 843,
    channel: '16/stable',
    modelName: 'admin/prod',
    modelUUID,
  }
}
