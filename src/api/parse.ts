import type {z} from 'zod'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from './backup-job.ts'
import {backupScheduleResource, backupScheduleSpecSchema, type BackupSchedule} from './backup-schedule.ts'
import {backupStorageResource, backupStorageSpecSchema, type BackupStorage} from './backup-storage.ts'
import {jujuModelResource, jujuModelSpecSchema, type JujuModel} from './juju-model.ts'
import type {KubeObject, ResourceType} from './meta.ts'

/** `path` is where the first broken rule sits, as in `spec.controller.endpoints[0]`. */
export type Parsed<T> = {ok: true; value: T} | {ok: false; path: string; message: string}

/**
 * Checks an object at the edge of the cache, once per resourceVersion: it may be older than a rule of the CRD.
 *
 * Only the spec is checked: the status has one writer, us, and the API server holds it to the same schema.
 */
export const parseJujuModel = parser<JujuModel>(jujuModelResource, jujuModelSpecSchema)
export const parseBackupStorage = parser<BackupStorage>(backupStorageResource, backupStorageSpecSchema)
export const parseBackupJob = parser<BackupJob>(backupJobResource, backupJobSpecSchema)
export const parseBackupSchedule = parser<BackupSchedule>(backupScheduleResource, backupScheduleSpecSchema)

function parser<T extends KubeObject>(resource: ResourceType, spec: z.ZodType): (raw: unknown) => Parsed<T> {
  return raw => {
    if (!isObject(raw) || !isObject(raw['metadata'])) return {ok: false, path: '', message: `not a ${resource.kind}`}
    const parsed = spec.safeParse(raw['spec'])
    if (parsed.success) return {ok: true, value: {...raw, spec: parsed.data} as unknown as T}
    const [issue] = parsed.error.issues
    return {ok: false, path: formatPath(['spec', ...(issue?.path ?? [])]), message: issue?.message ?? 'is not valid'}
  }
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
