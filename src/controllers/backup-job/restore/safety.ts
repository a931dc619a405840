import type {Observed, SafetyQuestion} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {specOf} from './planning.ts'
import {safetyBackupName} from './safety-backup.ts'
import {within} from './sentences.ts'
import {begin, end, isOpen, note, stepOf, wasSent} from './story.ts'

/** What keeps a safety backup from being made may pass for so long, ms, before the restore goes on without it. */
const patienceMs = 10 * 60_000
/** So many characters of its question are shown, so that there is room for what to do. */
const shownOfQuestion = 400

/** A backup of the present data is made and proved before anything is changed; it works under the grant of this restore. */
export const takeSafetyBackup: Rule<Observed> = o => {
  if (!isOpen(o, 'SafetyBackup') || o.restore === undefined) return undefined
  const name = o.status.restore?.safetyBackupJob ?? safetyBackupName(o.job)
  const {safety} = o.restore
  if (stepOf(o, 'SafetyBackup')?.startedAt === undefined || safety.state === 'none' || safety.state === 'missing')
    return create(o, name)
  switch (safety.state) {
    case 'open':
      if (safety.asks !== undefined) return asking(o, name, safety.asks)
      return wait('Running', `BackupJob ${name} backs up the present data first.`)
    case 'succeeded':
      return wait('Running', `The present data is backed up as ${safety.backupID}.`, {
        patch: end(o, 'SafetyBackup', `BackupJob ${name} succeeded: backup ${safety.backupID}`),
        afterMs: 0,
      })
    case 'failed':
    case 'foreign':
      return withoutIt(o, safety.message)
  }
}

function create(o: Observed, name: string): Step {
  const begun = stepOf(o, 'SafetyBackup')?.startedAt !== undefined
  const message = `Backing up the present data first, as BackupJob ${name}.`
  const patch = begun ? {} : {patch: begin(o, 'SafetyBackup', {safetyBackupJob: name})}
  return {do: 'createChild', name, report: {reason: 'Running', message, ...patch}}
}

/** Nobody looks for a question at an object that was made on the way: the restore asks itself, or does without. */
function asking(o: Observed, name: string, {since, mayRun, isCancelled, ...question}: SafetyQuestion): Step {
  const message = within(shownOfQuestion, question.message)
  const said = `BackupJob ${name}, which backs up the present data first, needs a person: ${message}`
  if (mayRun) return wait('ActionRequired', `${said} The restore goes on when it has ended.`)
  if (specOf(o).safetyBackup === 'Required')
    return wait(
      'ActionRequired',
      `${said} The restore goes on by itself once the backup is made. To restore without it, set spec.cancel of this restore to IfSafe and create another one with restore.safetyBackup: Skip and a new requestID; nothing was changed so far.`,
    )
  if (isCancelled) return wait('Running', `BackupJob ${name} was asked to end; the restore goes on without it.`)
  const left = since + patienceMs - o.now
  if (left > 0)
    return wait('Running', `${said} The restore goes on without it if that lasts for ${patienceMs / 60_000} minutes.`, {
      afterMs: left,
    })
  const event = {
    type: 'Warning',
    reason: 'SafetyBackupGivenUp',
    note: `BackupJob ${name} is asked to end, and the restore goes on without it (restore.safetyBackup is IfPossible): ${message}`,
  } as const
  const report = {reason: 'Running', message: event.note, patch: note(o, 'SafetyBackup', message), event} as const
  return {do: 'cancelChild', name, report}
}

/** A restore that ends leaves no safety backup behind that waits for a person, and holds the application meanwhile. */
export const letTheSafetyBackupGo: Rule<Observed> = o => {
  const ends = o.deleting || o.job.spec.cancel !== 'No'
  const name = o.status.restore?.safetyBackupJob
  const safety = o.restore?.safety
  if (!ends || name === undefined || wasSent(o) || !isOpen(o, 'SafetyBackup')) return undefined
  if (safety?.state !== 'open' || safety.asks === undefined || safety.asks.mayRun || safety.asks.isCancelled)
    return undefined
  return {
    do: 'cancelChild',
    name,
    report: {reason: 'Running', message: `The restore ends; so does BackupJob ${name}, which has not begun.`},
  }
}

function withoutIt(o: Observed, why: string): Step {
  if (specOf(o).safetyBackup === 'Required')
    return finish('SafetyBackupFailed', `The present data could not be backed up: ${why}. Nothing was changed.`)
  const asked = stepOf(o, 'SafetyBackup')?.evidence
  const evidence = `none was made: ${why}${asked === undefined ? '' : `, as this restore asked; before: ${asked}`}`
  const said = `The present data is not backed up: ${why}; the restore goes on (restore.safetyBackup is IfPossible)`
  return wait('Running', `${said}.`, {
    patch: end(o, 'SafetyBackup', evidence),
    event: {type: 'Warning', reason: 'SafetyBackupFailed', note: said},
    afterMs: 0,
  })
}
