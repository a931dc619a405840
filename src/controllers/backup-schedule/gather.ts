import type {BackupSchedule} from '../../api/backup-schedule.ts'
import {checkPattern, checkWindows, checkWithin, stableJitterMs} from '../../calendar/index.ts'
import {refreshEvidence} from '../../charms/refreshing.ts'
import type {Store} from '../../runtime/store.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ModelDirectory, ModelLookup} from '../juju-model/directory.ts'
import type {Archives} from './archives.ts'
import {scheduleIndexes} from './cache.ts'
import {childrenKeyOf, isTrueChild} from './child.ts'
import type {Observed, Readiness} from './observed.ts'

export interface GatherDeps {
  readonly jobs: Store<CachedBackupJob>
  readonly schedules: Store<BackupSchedule>
  readonly archives: Archives
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
}

/** Everything that is decided on, from caches: nothing is asked of anybody, so that a slot is not held up. */
export function gather(
  {jobs, schedules, archives, models, storages}: GatherDeps,
  schedule: BackupSchedule,
  around: Pick<Observed, 'now' | 'refused' | 'created' | 'memo'>,
): Observed {
  const {namespace = '', name} = schedule.metadata
  const {jobTemplate, jitterSeconds} = schedule.spec
  const {modelRef, application, storageRef} = jobTemplate.spec
  const model = models.lookup(namespace, modelRef.name)
  const jitterMs = stableJitterMs(`${namespace}/${name}`, jitterSeconds)
  return {
    ...around,
    schedule,
    ...problemsOf(schedule, {...around, jitterMs}),
    others: othersOf(schedules, schedule),
    ofApplication: jobs.byIndex('byApplication', `${namespace}/${modelRef.name}/${application}`),
    // A copy that a person made under another name is none of ours.
    children: jobs.byIndex('bySchedule', childrenKeyOf(schedule)).filter(job => isTrueChild(job, schedule.metadata)),
    named: child => jobs.get(`${namespace}/${child}`),
    model: modelReadiness(modelRef.name, model),
    storage: storageRef === undefined ? {ready: true} : storageReadiness(storages, namespace, storageRef.name),
    refreshing: isRefreshing(model, application),
    archive: archives.view(schedule),
    jitterMs,
  }
}

function othersOf(schedules: Store<BackupSchedule>, schedule: BackupSchedule): readonly BackupSchedule[] {
  const [application = ''] = scheduleIndexes.byApplication(schedule)
  return schedules.byIndex('byApplication', application).filter(({metadata}) => metadata.uid !== schedule.metadata.uid)
}

/**
 * What is wrong with pattern, zone or windows that the API server could not know, or with the two together. What was found right
 * once is not looked at again: it is a part of every look at every schedule.
 */
function problemsOf(
  {spec, status, metadata}: BackupSchedule,
  {now, jitterMs, memo}: Pick<Observed, 'now' | 'jitterMs' | 'memo'>,
): Pick<Observed, 'pattern' | 'windows'> {
  const known = status?.pattern
  const isKnown = known?.schedule === spec.schedule && known.timeZone === spec.timeZone
  const pattern = isKnown ? undefined : checkPattern(spec.schedule, spec.timeZone, memo)
  if (pattern !== undefined) return {pattern}
  if (spec.windows === undefined || (isKnown && status?.observedGeneration === metadata.generation)) return {}
  const {schedule, timeZone, windows} = spec
  const [wrong] = checkWindows(windows, now, timeZone, memo)
  if (wrong === undefined) return {windows: checkWithin({schedule, timeZone, windows, delayMs: jitterMs}, now, memo)}
  return {windows: {reason: 'InvalidSchedule', message: `spec.windows[${wrong.index}]: ${wrong.message}`}}
}

function modelReadiness(name: string, model: ModelLookup): Readiness {
  if (!model.found) return {ready: false, message: model.message}
  if (!model.ready) return model.expected ? {ready: true} : notReady(`JujuModel ${name}`, model)
  if (model.handle.access !== 'read') return {ready: true}
  return {
    ready: false,
    message: `the operator may only read the model ${model.handle.modelName}; give its user write access`,
  }
}

function storageReadiness(storages: StorageDirectory, namespace: string, name: string): Readiness {
  const storage = storages.lookup(namespace, name)
  if (!storage.found) return {ready: false, message: storage.message}
  return storage.ready || storage.expected ? {ready: true} : notReady(`BackupStorage ${name}`, storage)
}

const notReady = (what: string, {reason, message}: {readonly reason: string; readonly message: string}): Readiness => ({
  ready: false,
  message: `${what} is ${reason}: ${message}`,
})

function isRefreshing(model: ModelLookup, name: string): boolean {
  if (!model.found || !model.ready) return false
  const application = model.handle.snapshots.latest?.status.applications.get(name)
  return application !== undefined && refreshEvidence(application) !== undefined
}
