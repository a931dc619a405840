import {backupScheduleSpecSchema, type BackupSchedule} from '../../src/api/backup-schedule.ts'
import {tenantNamespace} from '../../test/env/provision.ts'
import {modelName} from './fleet-models.ts'

/** Databases over which schedules are spread, one after the other. */
export interface Spread {
  readonly models: number
  /** in each model */
  readonly applications: number
}

/** Names of the schedules: `nightly-0`, `nightly-1`, ... */
export const scheduleName = (index: number): string => `nightly-${index}`

/** Where the schedule with this number makes its backups: all models first, then their second application. */
export function targetOf(index: number, {models, applications}: Spread): {model: number; application: string} {
  return {model: index % models, application: `db${Math.floor(index / models) % applications}`}
}

/** A schedule that comes due once a day, at the minute of this time. @param dueAt ms since the epoch */
export function scheduleOf(index: number, dueAt: number, spread: Spread): BackupSchedule {
  const {model, application} = targetOf(index, spread)
  const due = new Date(dueAt)
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata: {name: scheduleName(index), namespace: tenantNamespace},
    spec: backupScheduleSpecSchema.parse({
      schedule: `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`,
      jobTemplate: {spec: {modelRef: {name: modelName(model)}, application}},
    }),
  }
}
