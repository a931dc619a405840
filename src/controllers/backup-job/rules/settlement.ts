import type {BackupType} from '../../../api/backup-job.ts'
import {newBackup, type NewBackup} from '../../../charms/new-backup.ts'
import type {BackupRow, ListingResult} from '../../../charms/profile.ts'
import type {Observed, StoreProof} from '../observed.ts'
import {finish, wait, type ExtraCondition, type Rule, type StatusPatch, type Step} from '../step.ts'
import type {ReadingName} from '../observed.ts'
import {begunOnly, endedBadly, goesOn, notListedYet} from './asynchronous.ts'
import {blind} from './blind.ts'
import {explained} from './charm-words.ts'
import {needs, valueOf} from './needs.ts'
import {isPastDeadline} from './deadline.ts'
import {artefactOf, factsOfRow, parentCondition, tooLate} from './record.ts'
import {anotherUnit, failedAttempt} from './retry.ts'
import {sizeAnomaly} from './size-anomaly.ts'
import {PRUNED, taskIsOver, verification, VOUCHED, wantedType} from './state.ts'
import {isReadable, unreadableList} from './unreadable-list.ts'

/** The charm refused before it began, in words that we know: the listing has nothing of ours, so it is not asked. */
export const aRefusalIsNoBackup: Rule<Observed> = o => {
  if (!failed(o) || o.application.state !== 'present' || !o.application.profile) return undefined
  const words = o.status.lastMessage ?? ''
  const explained = explainedTo(o, words)
  const event = {type: 'Warning' as const, reason: 'BackupFailed', note: explained}
  switch (o.application.profile.backup.classifyFailure(words)) {
    case 'WrongUnit':
      return anotherUnit(o, words)
    case 'Permanent':
      return finish('Failed', explained, {event})
    case 'Standby':
      return finish('StandbyCluster', explained, {event})
    case 'StorageNotConfigured':
      return finish('StorageNotConfigured', explained, {event})
    case 'Transient':
    case 'Unknown':
      return undefined
  }
}

const failed = (o: Observed): boolean => o.status.taskStatus === 'failed' || o.status.taskStatus === 'error'

/**
 * The task's word is no proof in either direction: `backup created` may belong to a row that says failed, and a failed task may
 * have left a complete backup. The listing after the end decides, against what was listed before.
 */
export const findTheBackup: Rule<Observed> = o => {
  if (!taskIsOver(o.status) || o.status.backupID !== undefined) return undefined
  const cannotSee = blind(o)
  if (cannotSee) return unlessTooLate(o, cannotSee)
  if (o.application.state !== 'present' || !o.application.profile)
    return o.application.state === 'absent'
      ? finish('ApplicationNotFound', `Application ${o.job.spec.application} was removed while its backup ran.`)
      : wait('Verifying', 'Waiting for the status of the Juju model.')
  const extra = o.storage.state === 'none' ? (['destination'] as const) : []
  const pending = needs(o, 'Verifying', 'Looking for the new backup in the list of the charm.', 'after', ...extra)
  if (pending) return hasFailed(o, 'after', ...extra) ? unlessTooLate(o, pending) : pending
  const listing = valueOf(o, 'after')
  if (!listing) return undefined
  return listing.ok
    ? isReadable(o, judgeListing(o, listing))
    : unlessTooLate(o, unreadableList(o, 'after', listing.message))
}

const hasFailed = (o: Observed, ...names: readonly ReadingName[]): boolean =>
  names.some(name => o.readings[name].state === 'failed')

/**
 * The evidence cannot be had at present. activeDeadlineSeconds end that waiting too; evidence that can be had is looked at first,
 * however late it is.
 */
function unlessTooLate<S extends Step | undefined>(o: Observed, step: S): S | Step {
  if (!isPastDeadline(o) || step === undefined || !('report' in step)) return step
  const {activeDeadlineSeconds: seconds, backup} = o.job.spec
  const what =
    backup.importID === undefined
      ? `Task ${o.status.taskID} is over, but its backup was not proved within ${seconds} s`
      : `Backup ${backup.importID} was not proved within ${seconds} s of the creation of this object`
  const message = `${what}: ${step.report.message}`
  return finish('DeadlineExceeded', message, {event: {type: 'Warning', reason: 'DeadlineExceeded', note: message}})
}

function judgeListing(o: Observed, listing: Extract<ListingResult, {ok: true}>): Step | undefined {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const type = wantedType(o.job.spec, o.status)
  const found = ourBackup(o, listing.rows, type)
  if (found === 'unseen') return wait('Verifying', `Waiting to see what task ${o.status.taskID} says that it made.`)
  if (found.kind === 'several') return ambiguous(found.rows)
  if (found.kind === 'none') return unlessTooLate(o, notListedYet(o)) ?? nothingListed(o, type)
  const others = valueOf(o, 'after')?.otherTasks ?? []
  if (o.status.taskStatus !== 'completed' && others.length > 0) return maybeOfAnother(o, found.row, others)
  if (!found.row.finished || isUnproved(o, found.row)) return unfinished(o, found.row)
  return wait('Verifying', `The charm lists the new backup ${found.row.id} as finished.`, {
    patch: {...factsOfRow(o, found.row), artefact: artefactOf(o, found.row, listing), ...endOfBegun(o)},
    conditions: parentCondition(o, found.row),
    weight: 'Brief',
    afterMs: 0,
  })
}

/** The end of a backup that its task only began is when it is seen to be over. */
const endOfBegun = (o: Observed): StatusPatch =>
  begunOnly(o) === undefined ? {} : {completionTime: new Date(o.now).toISOString()}

/** By the id that the task itself tells, where the charm does so; else the row that was not there before. */
function ourBackup(o: Observed, rows: readonly BackupRow[], type: BackupType): NewBackup | 'unseen' {
  const reported = reportedID(o)
  if (reported === 'unseen') return reported
  if (reported === undefined) return newBackup(rows, {newestBefore: o.status.intent?.newestBackupID ?? '', type})
  const row = rows.find(one => one.id === reported)
  return row === undefined ? {kind: 'none'} : {kind: 'one', row}
}

/** `unseen`: after a restart the task is not in a snapshot yet. */
function reportedID({application, status, task}: Observed): string | undefined {
  const read = application.state === 'present' ? application.profile?.backup.reportedID : undefined
  if (read === undefined || status.taskStatus !== 'completed') return undefined
  if (task.state === 'unseen') return 'unseen'
  return task.state === 'seen' ? read(task.task.output) : undefined
}

function ambiguous(rows: readonly BackupRow[]): Step {
  const message = `Several new backups are listed (${rows.map(row => row.id).join(', ')}); which one is ours cannot be known.`
  return finish('Ambiguous', message, {event: {type: 'Warning', reason: 'Ambiguous', note: message}})
}

/** Ours did not say that it made a backup, and somebody else made one at the same time: the row may be theirs. */
function maybeOfAnother(o: Observed, {id}: BackupRow, others: readonly string[]): Step {
  const ours = `task ${o.status.taskID ?? 'unknown'} (${o.status.taskStatus})`
  const message = `Backup ${id} is new, but may be that of task ${others.join(', ')} and not of ours, ${ours}. Look at both with juju show-task; a new BackupJob makes another backup.`
  return finish('Ambiguous', message, {event: {type: 'Warning', reason: 'Ambiguous', note: message}})
}

function nothingListed(o: Observed, type: string): Step {
  const words = o.status.lastMessage ?? ''
  if (failed(o)) return failedAttempt(o, explainedTo(o, words), 'The backup failed')
  if (o.status.taskStatus === PRUNED || o.status.taskStatus === VOUCHED)
    return failedAttempt(o, 'the charm lists no new backup', 'The task is over')
  const message = `The task is completed (${words || 'no message'}), but the charm lists no new ${type.toLowerCase()} backup.`
  return notProved(message, 'MissingInListing')
}

/** A row without a state is listed from its begin: without the word of its task, only the store could tell that it is whole. */
const isUnproved = (o: Observed, row: BackupRow): boolean =>
  row.stateless === true && o.status.taskStatus !== 'completed' && verification(o.job.spec) !== 'Store'

/** Where the task itself says that it failed, another attempt may help; where it says the opposite, nothing can be believed. */
function unfinished(o: Observed, row: BackupRow): Step | undefined {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const begun = begunOnly(o)
  if (begun) return endedBadly(o, row, begun) ?? unlessTooLate(o, goesOn(o, row, begun))
  const listed = `The charm lists backup ${row.id} ${o.application.profile.backup.describeUnfinished(row)}`
  if (o.status.taskStatus === 'completed') return notProved(`${listed}. It cannot be restored.`, 'ListedAsFailed')
  const words = failed(o) ? explainedTo(o, o.status.lastMessage ?? '') : 'The task is over, its outcome is not known'
  return failedAttempt(o, `${words.replace(/\.$/, '')}. ${listed}`, 'The backup failed')
}

const explainedTo = ({application, status}: Observed, words: string): string =>
  explained((application.state === 'present' && application.profile?.backup.failureTexts) || [], words, status.taskID)

const notProved = (
  message: string,
  reason: 'MissingInListing' | 'ListedAsFailed' | 'MissingInStore' | 'BrokenInStore',
): Step =>
  finish('VerificationFailed', message, {
    conditions: [{type: 'Verified', status: 'False', reason, message}],
    event: {type: 'Warning', reason: 'VerificationFailed', note: message},
  })

/** The last word: the store itself, where one is named; else the listing. */
export const proveIt: Rule<Observed> = o => {
  if (!taskIsOver(o.status) || o.status.backupID === undefined) return undefined
  switch (verification(o.job.spec)) {
    case 'None':
      return succeeded(o, {type: 'Verified', status: 'Unknown', reason: 'NotAsked', message: 'spec.verify is None'})
    case 'Listing': {
      const message = `the charm lists backup ${o.status.backupID} as finished`
      return succeeded(o, {type: 'Verified', status: 'True', reason: 'FoundInListing', message})
    }
    case 'Store':
      return lookIntoTheStore(o)
  }
}

function lookIntoTheStore(o: Observed): Step | undefined {
  const name = o.job.spec.storageRef?.name
  if (o.storage.state === 'missing')
    return finish(
      'StorageUnavailable',
      `The charm lists backup ${o.status.backupID}, but BackupStorage ${name} is gone, so it cannot be proved.`,
    )
  if (o.storage.state !== 'ready') {
    const why = o.storage.state === 'unready' ? `is ${o.storage.reason}: ${o.storage.message}` : 'is not ready'
    const message = `BackupStorage ${name} ${why}`
    const unproved = {type: 'Verified', status: 'Unknown', reason: 'StoreUnavailable', message} as const
    return unlessTooLate(o, wait('Verifying', message, {conditions: [unproved]}))
  }
  const pending = needs(o, 'Verifying', `Looking for backup ${o.status.backupID} in the store.`, 'store')
  if (pending) return hasFailed(o, 'store') ? unlessTooLate(o, pending) : pending
  const evidence = valueOf(o, 'store')
  if (!evidence) return undefined
  if (evidence.kind !== 'complete')
    return notProved(evidence.message, evidence.kind === 'missing' ? 'MissingInStore' : 'BrokenInStore')
  return succeeded(o, {type: 'Verified', status: 'True', reason: 'FoundInStore', message: evidence.message}, evidence)
}

function succeeded(
  o: Observed,
  verified: {type: 'Verified'; status: 'True' | 'Unknown'; reason: string; message: string},
  evidence?: Extract<StoreProof, {kind: 'complete'}>,
): Step {
  const complaint = failed(o)
    ? ` The task itself failed after the backup was complete: ${explainedTo(o, o.status.lastMessage ?? '')}`
    : ''
  const how =
    o.job.spec.backup.importID === undefined ? `was made on ${o.status.unit}` : 'was imported; nothing was run'
  const message = `Backup ${o.status.backupID} ${how}: ${verified.message}.${complaint}`
  return finish('Succeeded', message, {
    conditions: [verified, ...isPresent(verified), ...tooLate(o), ...unusualSize(o, evidence)],
    ...(evidence ? {patch: evidence.status} : {}),
    event: {type: 'Normal', reason: 'BackupSucceeded', note: message},
  })
}

/** Only what was proved in the store has a size to compare. */
function unusualSize(o: Observed, evidence: Extract<StoreProof, {kind: 'complete'}> | undefined): ExtraCondition[] {
  const {sizeBytes, repositorySizeBytes} = evidence?.status ?? {}
  const anomaly = sizeAnomaly(sizeBytes ?? repositorySizeBytes, o.lastSizes)
  return anomaly === undefined ? [] : [anomaly]
}

/** What was proved just now is there; from then on the inventory follows it. */
function isPresent({status, message}: {status: 'True' | 'Unknown'; message: string}): ExtraCondition[] {
  return status === 'True' ? [{type: 'DataPresent', status, reason: 'Present', message}] : []
}
