import {restoreSchema, type RestoreSpec} from '../../../../../src/api/backup-job-restore.ts'
import type {BackupRow, CharmProfile} from '../../../../../src/charms/profile.ts'
import {profileFor} from '../../../../../src/charms/profiles.ts'
import type {RestoreCapability} from '../../../../../src/charms/restore.ts'
import {
  planRestore,
  type PlanQuestion,
  type RestorePlan,
} from '../../../../../src/controllers/backup-job/restore/plan.ts'
import {application, unit} from '../builders.ts'

export const now = Date.parse('2026-08-04T12:00:00Z')
export const modelUUID = '2dd2f5e4-1111-4222-8333-444455556666'

/** A row of a backup of the day, as pgBackRest lists it: begun at two o'clock, over nine seconds later. */
export const backup = (day: string, over: Partial<BackupRow> = {}): BackupRow => ({
  id: `${day}T02:00:00Z`,
  action: 'full',
  finished: true,
  timeline: '1',
  startTime: `${day}T02:00:00Z`,
  finishTime: `${day}T02:00:09Z`,
  ...over,
})

/** The row with which a timeline begins. */
export const restored = (id: string, timeline: string): BackupRow => ({
  id,
  action: 'restore',
  finished: true,
  startTime: id,
  timeline,
})

export const days = ['2026-08-01', '2026-08-02', '2026-08-03', '2026-08-04'] as const

/** Restore as the API server would hold it. */
export function restoreSpec(spec: Record<string, unknown> = {}): RestoreSpec {
  return restoreSchema.parse({replicas: 'Rebuild', ...spec})
}

const postgresql = profileFor({
  name: 'postgresql',
  channel: '16/stable',
  charmUrl: 'ch:amd64/postgresql-843',
  actions: ['create-backup', 'list-backups', 'get-primary', 'restore'],
})

/** The profile of PostgreSQL 16, changed where a test says so. */
export function profile(change: Partial<RestoreCapability> = {}, over: Partial<CharmProfile> = {}): CharmProfile {
  if (postgresql?.restore === undefined) throw new Error('PostgreSQL 16 cannot restore')
  return {...postgresql, restore: {...postgresql.restore, ...change}, ...over}
}

/** `spec` as a user writes it; `old` is laid over it unchecked, as in an object that is older than a rule. */
export type Given = Partial<Omit<PlanQuestion, 'spec'>> & {spec?: Record<string, unknown>; old?: Partial<RestoreSpec>}

/** PostgreSQL 16 on machines, three units, a backup each night; changed where a test says so. */
export function question({spec, old, ...over}: Given = {}): PlanQuestion {
  return {
    application: 'postgresql',
    spec: {...restoreSpec(spec), ...old},
    hooks: {pre: 0, post: 0},
    profile: profile(),
    view: application(),
    kubernetes: false,
    modelUUID,
    rows: days.map(day => backup(day)),
    source: {state: 'none'},
    known: [],
    reach: undefined,
    foreignStorage: undefined,
    durations: [],
    now,
    ...over,
  }
}

export const plan = (given: Given = {}): RestorePlan => planRestore(question(given))

/** What a plan comes to: the parameters of the action, or what is in the way. */
export function says(given: Given = {}): string {
  const {blockers, parameters} = plan(given)
  if (blockers.length > 0) return blockers.map(({reason, message}) => `${reason}: ${message}`).join('\n')
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

export {application, unit}
