import {backupJobSpecSchema, type BackupJob, type BackupJobStatus} from '../../../../src/api/backup-job.ts'
import {
  backupScheduleSpecSchema,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../../../src/api/backup-schedule.ts'
import {SLOT_ANNOTATION, type Condition, type ConditionStatus} from '../../../../src/api/meta.ts'
import type {CachedBackupJob} from '../../../../src/controllers/backup-job/cache.ts'

const created = '2026-11-01T00:00:00Z'

export function condition(type: string, status: ConditionStatus, reason: string): Condition {
  return {type, status, reason, message: '', lastTransitionTime: created}
}

/** A job of a schedule as the cache has it once it is over. */
export interface Run {
  /** its slot; the job ends ten minutes later */
  readonly slot: string
  /** reason of Succeeded; undefined: it goes on */
  readonly end?: string | undefined
  /** reason of Verified */
  readonly verified?: 'FoundInStore' | 'FoundInListing' | 'BrokenInStore' | 'NotAsked' | undefined
  readonly gone?: boolean
  readonly type?: 'Full' | 'Differential' | 'Incremental'
  readonly parent?: string
  readonly metadata?: Partial<BackupJob['metadata']>
  readonly backup?: object
  readonly spec?: object
}

const statusOfReason = {
  FoundInStore: 'True',
  FoundInListing: 'True',
  BrokenInStore: 'False',
  NotAsked: 'Unknown',
} as const

export function run({
  slot,
  end = 'Succeeded',
  verified,
  gone,
  type = 'Full',
  parent,
  metadata,
  backup,
  spec,
}: Run): CachedBackupJob {
  const isOver = end !== 'Running'
  const conditions = [
    condition('Succeeded', isOver ? (end === 'Succeeded' ? 'True' : 'False') : 'Unknown', end),
    ...(verified === undefined ? [] : [condition('Verified', statusOfReason[verified], verified)]),
    ...(gone === undefined ? [] : [condition('DataPresent', gone ? 'False' : 'True', gone ? 'Missing' : 'Present')]),
  ]
  const status: BackupJobStatus = {
    observedGeneration: 1,
    conditions,
    type,
    ...(end === 'Succeeded' && {backupID: slot}),
    ...(parent !== undefined && {parentBackupID: parent}),
    ...(isOver && {completionTime: tenMinutesAfter(slot)}),
  }
  const name = metadata?.name ?? `nightly-${Date.parse(slot) / 60_000}`
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {
      namespace: 'team-a',
      uid: name,
      creationTimestamp: slot,
      ...metadata,
      name,
      annotations: {[SLOT_ANNOTATION]: slot, ...metadata?.annotations},
    },
    spec: backupJobSpecSchema.parse({
      modelRef: {name: 'prod'},
      application: 'postgresql',
      ...(backup && {backup}),
      ...spec,
    }),
    status,
  }
}

export const tenMinutesAfter = (slot: string): string =>
  new Date(Date.parse(slot) + 600_000).toISOString().replace('.000', '')

export function schedule(
  name: string,
  spec: object = {},
  status: Partial<BackupScheduleStatus> = {},
  template: object = {},
): BackupSchedule {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata: {name, namespace: 'team-a', uid: name, generation: 1, creationTimestamp: created},
    spec: backupScheduleSpecSchema.parse({
      schedule: '0 2 * * *',
      jobTemplate: {spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...template}},
      ...spec,
    }),
    status: {observedGeneration: 1, ...status},
  }
}
