import type {BackupJobStatus} from '../../../api/backup-job.ts'
import {explain} from '../../../charms/classify.ts'
import {checkParentBefore, newestBackupID, nextParent} from '../../../charms/new-backup.ts'
import type {BackupRow} from '../../../charms/profile.ts'
import {checkParameters, describeFaults, type Scalar} from '../../../juju/parameters.ts'
import type {ApplicationView, Observed} from '../observed.ts'
import {finish, read, wait, type Rule, type Step} from '../step.ts'
import {explained} from './charm-words.ts'
import {ageOf, needs, needsFresh, readAgain, valueOf} from './needs.ts'
import {obstacleInJuju} from './obstacle.ts'
import {modelOfBackup} from './record.ts'
import {wantedType} from './state.ts'
import {failedAttempt} from './retry.ts'

/** The list and the mark of one intent are at most so far apart, ms. */
const apartMs = 10_000
/** No unit for so long, ms, does not pass by itself. */
const unitPatienceMs = 30 * 60_000
/** So long after its creation, ms, a job believes that the charm has not heard of its store yet: its hooks take seconds. */
const integratingMs = 60_000
/** Readings that failed so often in a row are not waited for any longer. */
const TRIES = 3

/** The charm refuses to list, in words that no second try changes. */
export const mustBeListed: Rule<Observed> = o => {
  if (o.application.state !== 'present' || !o.application.profile || o.readings.before.state !== 'failed')
    return undefined
  const {classifyFailure, failureTexts} = o.application.profile.backup
  const {message} = o.readings.before
  const note = `Nothing was run: the backups could not be listed: ${explain(failureTexts, message)}`
  const event = {type: 'Warning', reason: 'ListingRefused', note} as const
  switch (classifyFailure(message)) {
    case 'Standby':
      return finish('StandbyCluster', note, {event})
    case 'StorageNotConfigured':
      return mayStillBeIntegrating(o)
        ? needs(o, 'Preparing', 'The charm does not know its store yet; listing the backups again', 'before')
        : finish('StorageNotConfigured', note, {event})
    case 'WrongUnit':
    case 'Transient':
    case 'Permanent':
    case 'Unknown':
      return undefined
  }
}

/** Juju shows an integration before the charm has heard of it, so a job that was made together with it waits for that. */
function mayStillBeIntegrating({now, job}: Observed): boolean {
  return now - Date.parse(job.metadata.creationTimestamp ?? '') < integratingMs
}

/** The listing before: what is in it cannot be ours afterwards. Who the primary is helps the choice, no more. */
export const listBefore: Rule<Observed> = o => {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const {failureTexts, primaryAction} = o.application.profile.backup
  const {before, primary} = o.readings
  const refused = mustBeListed(o)
  if (refused) return refused
  if (before.state === 'failed' && before.failures >= TRIES)
    return failedAttempt(o, explained(failureTexts, before.message), 'The backups could not be listed')
  const asksForPrimary = primaryAction !== undefined && !(primary.state === 'failed' && primary.failures >= TRIES)
  const names = asksForPrimary ? (['before', 'primary'] as const) : (['before'] as const)
  const pending = needsFresh(o, 'Listing the backups that exist.', ...names)
  if (pending) return pending
  const listing = valueOf(o, 'before')
  return listing?.ok === false ? failedAttempt(o, listing.message, 'The list of backups cannot be read') : undefined
}

/** A differential or incremental backup needs a full one to build on, and the parent that was declared. */
export const parentMustBeTheNewest: Rule<Observed> = o => {
  const asked = wantedType(o.job.spec, o.status)
  if (asked === 'Full') return undefined
  const rows = finishedRows(o)
  if (o.parent.state === 'succeeded') return declaredParent(o, rows, asked, o.parent.backupID)
  return nextParent(rows, asked) === undefined || !rows.some(row => row.action === 'full')
    ? withoutParent(o, asked)
    : undefined
}

function declaredParent(
  o: Observed,
  rows: readonly BackupRow[],
  type: 'Differential' | 'Incremental',
  wanted: string,
): Step | undefined {
  const check = checkParentBefore(rows, type, wanted)
  if (check.ok) return undefined
  const message = `The declared parent, BackupJob ${o.job.spec.backup.parentJobRef?.name}, does not fit: ${check.message}. Nothing was run.`
  return finish('ParentMismatch', message, {
    conditions: [{type: 'ParentMismatch', status: 'True', reason: check.reason, message}],
    event: {type: 'Warning', reason: 'ParentMismatch', note: message},
  })
}

function withoutParent(o: Observed, asked: 'Differential' | 'Incremental'): Step {
  if (!o.job.spec.backup.fullIfNoParent)
    return finish(
      'BackupNotFound',
      `There is no finished full backup to build a ${asked} one on; make a Full one first, or set backup.fullIfNoParent.`,
    )
  return wait(
    'Preparing',
    `There is no finished full backup to build on, so a full one is made (backup.fullIfNoParent).`,
    {
      patch: {type: 'Full'},
      event: {
        type: 'Normal',
        reason: 'FullBackupFirst',
        note: `No full backup to build a ${asked} one on: making a full one`,
      },
      afterMs: 0,
    },
  )
}

const finishedRows = (o: Observed): readonly BackupRow[] => {
  const listing = valueOf(o, 'before')
  return listing?.ok ? listing.rows.filter(row => row.finished && row.action !== 'restore') : []
}

/** The last look before the effect: where to run, Juju's clock and highest operation id, and whose model this is. */
export const enqueueOnce: Rule<Observed> = o => {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const {profile, view} = o.application
  const chosen = profile.backup.chooseUnit({
    units: view.units,
    tls: view.tls,
    unsuitable: whoRefuses(o.status, view),
    primary: valueOf(o, 'primary'),
    wanted: o.job.spec.backup.unit,
  })
  if (!chosen.ok && mayChange(o.status, view)) return waitForUnitsToGo(o, view.leaving, chosen.message)
  if (!chosen.ok) return chosen.passing ? waitForAUnit(o, chosen.message) : noUnit(chosen.message)
  const pending = needsFresh(o, `Will run on ${chosen.unit}: ${chosen.why}.`, 'charm', 'destination', 'enqueueFacts')
  if (pending) return pending
  const facts = valueOf(o, 'enqueueFacts')
  if (!facts) return undefined
  // A backup that somebody makes between the list and the mark would look like ours: neither of them shows it.
  if (ageOf(o, 'before') - ageOf(o, 'enqueueFacts') > apartMs)
    return read('Preparing', 'Listing the backups once more.', 'before')
  const message = obstacleInJuju(o, facts)
  // The list is read again as well: who is at work may make a backup.
  if (message !== undefined) return readAgain(o, {reason: 'Preparing', message}, 15_000, 'enqueueFacts', 'before')
  return enqueue(o, chosen.unit, facts)
}

type Leaving = Pick<ApplicationView, 'leaving'>

/** What a unit refused while others were on their way out, it may do when they are gone. */
const whoRefuses = ({unsuitableUnits = []}: BackupJobStatus, {leaving}: Leaving): string[] =>
  unsuitableUnits.filter(({unsettled}) => unsettled !== true || leaving.length > 0).map(({unit}) => unit)

const mayChange = ({unsuitableUnits = []}: BackupJobStatus, {leaving}: Leaving): boolean =>
  leaving.length > 0 && unsuitableUnits.some(({unsettled}) => unsettled === true)

function waitForUnitsToGo(o: Observed, leaving: readonly string[], why: string): Step {
  const message = `No unit can make the backup until ${leaving.join(', ')} ${leaving.length === 1 ? 'has' : 'have'} gone: ${why}.`
  const waited = o.now - Date.parse(o.status.grantedAt ?? '')
  if (!(waited > unitPatienceMs)) return wait('Preparing', message, {afterMs: 30_000})
  const hint =
    'Look at juju status; juju resolved, or juju remove-unit --force, helps a unit that hangs. The backup goes on then.'
  return wait('ActionRequired', `${message} ${hint}`, {afterMs: 30_000})
}

function noUnit(why: string): Step {
  const note = `No unit can make the backup: ${why}`
  return finish('Failed', note, {event: {type: 'Warning', reason: 'BackupFailed', note}})
}

/**
 * Units come back, and Juju shows another leader within minutes; what lasts longer needs a person. A charm that goes on refusing
 * the only unit that it may be asked on has failed.
 */
function waitForAUnit(o: Observed, why: string): Step {
  const {grantedAt, unsuitableUnits = []} = o.status
  const waited = o.now - Date.parse(grantedAt ?? '')
  const message = `No unit can make the backup now: ${why}`
  if (!(waited > unitPatienceMs)) return wait('Preparing', message, {afterMs: 30_000})
  const refusal = unsuitableUnits.at(-1)
  if (refusal === undefined)
    return wait('ActionRequired', `${message}. Mend it; the backup goes on then.`, {afterMs: 30_000})
  const step = failedAttempt(o, `${why}; it said: ${refusal.message}`, 'No unit made the backup')
  return {...step, report: {...step.report, patch: {...step.report.patch, unsuitableUnits: undefined}}}
}

function enqueue(
  o: Observed,
  unit: string,
  facts: {highestOperationID: string; controllerTime: string},
): Step | undefined {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const {backup} = o.application.profile
  const type = wantedType(o.job.spec, o.status)
  const listing = valueOf(o, 'before')
  const checked = checkedParameters(o, backup.createAction, backup.parameters({type}))
  if (!checked.ok) return finish('Unsupported', checked.message, {event: unsupported(checked.message)})
  const plan = {
    unit,
    action: backup.createAction,
    parameters: checked.parameters,
    highestOperationID: facts.highestOperationID,
    controllerTime: facts.controllerTime,
    newestBackupID: listing?.ok ? newestBackupID(listing.rows) : '',
  }
  const message = `Starting ${backup.createAction} (${type.toLowerCase()}) on ${unit}.`
  return {
    do: 'enqueue',
    plan,
    report: {reason: 'Preparing', message, patch: {type, method: backup.method, ...modelOfBackup(o)}},
  }
}

type Checked =
  | {readonly ok: true; readonly parameters: Readonly<Record<string, Scalar>>}
  | {readonly ok: false; readonly message: string}

/** What is sent, defaults included, by the schema of the very charm that is deployed: Juju 4 checks nothing itself. */
function checkedParameters(o: Observed, action: string, given: Readonly<Record<string, string>>): Checked {
  const charm = o.application.state === 'present' ? o.application.view.charmURL : ''
  const spec = valueOf(o, 'charm')?.actions.get(action)
  if (!spec) return {ok: false, message: `Nothing was run: ${charm} has no action ${action}.`}
  const checked = checkParameters(spec, given)
  if (checked.ok) return {ok: true, parameters: {...checked.defaults, ...checked.parameters}}
  return {
    ok: false,
    message: `Nothing was run: ${action} of ${charm} does not take it: ${describeFaults(checked.faults)}.`,
  }
}

const unsupported = (why: string) => ({type: 'Warning' as const, reason: 'Unsupported', note: why})
