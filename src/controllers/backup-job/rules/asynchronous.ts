import type {BackupCapability, BackupRow, UnitView} from '../../../charms/profile.ts'
import {isStaleAfterItsTask} from '../../../charms/stale.ts'
import type {Observed} from '../observed.ts'
import {wait, type Step} from '../step.ts'
import {asProgress, readAgain} from './needs.ts'
import {failedAttempt} from './retry.ts'

/** The list of backups is read this often while a backup runs that its task only began, ms. */
const lookAgainMs = 30_000
/** And this seldom, once it has run for long: each look is a task in Juju's history. */
const lookSeldomMs = 300_000
/** A backup that was just begun may not be listed yet for this long, ms. */
const appearsWithinMs = 120_000

/** The capability of a charm whose task has only begun the backup; undefined: the task is all there is, or it failed. */
export function begunOnly({application, status}: Observed): BackupCapability | undefined {
  const backup = application.state === 'present' ? application.profile?.backup : undefined
  const hasFailed = status.taskStatus === 'failed' || status.taskStatus === 'error'
  return backup?.completion === 'Listing' && !hasFailed ? backup : undefined
}

/** The backup that the task has begun failed, or nothing of it runs any more, as its row in the list tells. */
export function endedBadly(o: Observed, row: BackupRow, backup: BackupCapability): Step | undefined {
  if (row.running !== true)
    return failedAttempt(o, `The charm lists backup ${row.id} ${backup.describeUnfinished(row)}`, 'The backup failed')
  if (!isStaleAfterItsTask(row, {backup, units: unitsOf(o), taskEndedAt: endOfTask(o), now: o.now})) return undefined
  const words = `The charm lists backup ${row.id} as in progress, but no unit has worked on it for long; it counts as cut short`
  return failedAttempt(o, words, 'The backup failed')
}

/** It goes on; a unit says what it does, where the charm shows that. */
export function goesOn(o: Observed, row: BackupRow, backup: BackupCapability): Step {
  const busy = unitsOf(o).find(unit => backup.busyWith(unit) === 'Backup')
  const words = busy ? `${busy.name} says "${busy.workloadMessage}"` : 'the charm lists it as in progress'
  const message = `Backup ${row.id} is being made: ${words}.`
  const said = asProgress(o, {reason: 'Running', message})
  return cancelIsUnsupported(o, message) ?? readAgain(o, said, pauseOf(o, busy), 'after')
}

/**
 * While a unit says that it works, the end is seen late by a twentieth of what the backup has taken at most. Counted from when the
 * list was read: a pause that grew with the clock would never be over.
 */
function pauseOf(o: Observed, busy: UnitView | undefined): number {
  const {after} = o.readings
  if (busy === undefined || after.state !== 'ready') return lookAgainMs
  const share = Math.round((after.at - endOfTask(o)) / 20)
  return Math.min(Math.max(lookAgainMs, share), lookSeldomMs)
}

/** The backup that was begun is not in the list. Right after its begin that says nothing. */
export function notListedYet(o: Observed): Step | undefined {
  if (begunOnly(o) === undefined || o.now - endOfTask(o) > appearsWithinMs) return undefined
  const message = 'The backup was begun; waiting for it to appear in the list of the charm.'
  return readAgain(o, {reason: 'Running', message}, lookAgainMs, 'after')
}

function cancelIsUnsupported(o: Observed, goesOn: string): Step | undefined {
  const isSaid = o.status.conditions?.some(({type, status}) => type === 'CancelRefused' && status === 'True')
  if (o.job.spec.cancel === 'No' || isSaid === true) return undefined
  return wait('Running', goesOn, {...unsupportedCancel(o), afterMs: 0})
}

/** What is said of a cancel that neither Juju nor the charm can carry out. */
export function unsupportedCancel({application}: Observed) {
  const why = application.state === 'present' ? application.profile?.backup.cancelSafety.why : undefined
  const message = `The backup cannot be cancelled: ${why ?? 'the charm cannot stop it'}. It goes on to its own end.`
  return {
    conditions: [{type: 'CancelRefused', status: 'True', reason: 'Unsupported', message}],
    event: {type: 'Warning', reason: 'CancelRefused', note: message},
  } as const
}

const unitsOf = ({application}: Observed) => (application.state === 'present' ? application.view.units : [])

/** ms; where Juju has forgotten the task, when it was handed over. */
function endOfTask({status}: Observed): number {
  const ended = Date.parse(status.completionTime ?? status.enqueuedAt ?? status.intent?.time ?? '')
  return Number.isNaN(ended) ? 0 : ended
}
