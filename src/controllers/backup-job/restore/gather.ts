import type {BackupJob} from '../../../api/index.ts'
import {labelValue, RESTORE_ANNOTATION, SCHEDULE_LABEL} from '../../../api/meta.ts'
import type {Store} from '../../../runtime/store.ts'
import type {CachedBackupJob} from '../cache.ts'
import {hasSucceeded, lastDurations, newestFirst, siblingsOf} from '../history.ts'
import type {RestoreFacts, SafetyView} from '../observed.ts'
import {isFinished} from '../rules/state.ts'
import type {KnownBackup, SourceView} from './plan.ts'

type Jobs = Store<CachedBackupJob>

/** What the caches know for a restore. */
export function restoreFacts(jobs: Jobs, job: BackupJob): RestoreFacts {
  const siblings = siblingsOf(jobs, job)
  return {
    source: sourceView(jobs, job, siblings),
    known: siblings.flatMap(known),
    durations: lastDurations(siblings),
    safety: safetyView(jobs, job),
  }
}

function sourceView(jobs: Jobs, job: BackupJob, siblings: readonly CachedBackupJob[]): SourceView {
  const source = job.spec.restore?.source
  if (source?.backupJobRef !== undefined) return sourceJob(jobs, job, source.backupJobRef.name)
  if (source?.scheduleRef !== undefined) return newestOfSchedule(siblings, source.scheduleRef.name)
  return {state: 'none'}
}

function sourceJob(jobs: Jobs, job: BackupJob, name: string): SourceView {
  const found = jobs.get(`${job.metadata.namespace}/${name}`)
  if (found === undefined) return {state: 'missing', message: `BackupJob ${name} does not exist in this namespace`}
  if (found.spec.type !== 'Backup') return {state: 'missing', message: `BackupJob ${name} is a restore, not a backup`}
  if (!isFinished(found.status)) return {state: 'open', message: `BackupJob ${name} is not finished yet`}
  const {backupID, modelUUID} = found.status ?? {}
  if (!hasSucceeded(found) || backupID === undefined)
    return {state: 'missing', message: `BackupJob ${name} did not end with a backup`}
  return {state: 'found', job: name, backupID, application: found.spec.application, modelUUID: modelUUID ?? ''}
}

function newestOfSchedule(siblings: readonly CachedBackupJob[], name: string): SourceView {
  const label = labelValue(name)
  const made = siblings.filter(
    one => one.metadata.labels?.[SCHEDULE_LABEL] === label && one.spec.type === 'Backup' && hasSucceeded(one),
  )
  const [newest] = newestFirst(made)
  const {backupID, modelUUID} = newest?.status ?? {}
  if (newest === undefined || backupID === undefined)
    return {
      state: 'missing',
      message: `no successful BackupJob of this application has the label ${SCHEDULE_LABEL}=${label}`,
    }
  return {
    state: 'found',
    job: newest.metadata.name,
    backupID,
    application: newest.spec.application,
    modelUUID: modelUUID ?? '',
  }
}

/** What the objects of Kubernetes say about a backup that may be listed. */
function known({metadata, spec, status}: CachedBackupJob): readonly KnownBackup[] {
  if (spec.type !== 'Backup' || status?.backupID === undefined) return []
  const {backupID, engineVersion} = status
  // That of an import says when it was imported.
  const completionTime = spec.backup.importID === undefined ? status.completionTime : undefined
  return [{backupID, job: metadata.name, engineVersion, completionTime, unusable: whyUnusable(spec, status)}]
}

/** Without a BackupStorage the list of now is newer than what was seen in it before. */
function whyUnusable(
  {storageRef}: BackupJob['spec'],
  {conditions = []}: NonNullable<BackupJob['status']>,
): string | undefined {
  if (storageRef !== undefined && conditions.some(({type, status}) => type === 'DataPresent' && status === 'False'))
    return 'it is gone from where it was'
  if (conditions.some(({type, status}) => type === 'Verified' && status === 'False')) return 'it was found to be broken'
  return undefined
}

function safetyView(jobs: Jobs, job: BackupJob): SafetyView {
  const name = job.status?.restore?.safetyBackupJob
  if (name === undefined) return {state: 'none'}
  const child = jobs.get(`${job.metadata.namespace}/${name}`)
  if (child === undefined) return {state: 'missing'}
  if (child.metadata.annotations?.[RESTORE_ANNOTATION] !== job.metadata.uid)
    return {state: 'foreign', message: `another BackupJob has the name ${name}`}
  if (!isFinished(child.status)) return openSafety(child)
  const {backupID, conditions} = child.status ?? {}
  if (hasSucceeded(child) && backupID !== undefined) return {state: 'succeeded', backupID}
  const end = conditions?.find(({type}) => type === 'Succeeded')
  return {state: 'failed', message: `BackupJob ${name} ended with ${end?.reason ?? 'no backup'}`}
}

function openSafety({spec, status}: CachedBackupJob): SafetyView {
  const stalled = status?.conditions?.find(({type}) => type === 'Stalled')
  if (stalled?.status !== 'True') return {state: 'open'}
  const {message, lastTransitionTime} = stalled
  const mayRun = status?.intent !== undefined || status?.operationID !== undefined
  const asks = {message, since: Date.parse(lastTransitionTime), mayRun, isCancelled: spec.cancel !== 'No'}
  return {state: 'open', asks}
}
