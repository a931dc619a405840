import type {Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {specOf} from './planning.ts'
import {safetyBackupName} from './safety-backup.ts'
import {begin, end, isOpen, stepOf} from './story.ts'

/** A backup of the present data is made and proved before anything is changed; it works under the grant of this restore. */
export const takeSafetyBackup: Rule<Observed> = o => {
  if (!isOpen(o, 'SafetyBackup') || o.restore === undefined) return undefined
  const name = o.status.restore?.safetyBackupJob ?? safetyBackupName(o.job)
  const {safety} = o.restore
  if (stepOf(o, 'SafetyBackup')?.startedAt === undefined || safety.state === 'none' || safety.state === 'missing')
    return create(o, name)
  switch (safety.state) {
    case 'open':
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

function withoutIt(o: Observed, why: string): Step {
  if (specOf(o).safetyBackup === 'Required')
    return finish('SafetyBackupFailed', `The present data could not be backed up: ${why}. Nothing was changed.`)
  const note = `The present data is not backed up: ${why}; the restore goes on (restore.safetyBackup is IfPossible)`
  return wait('Running', `${note}.`, {
    patch: end(o, 'SafetyBackup', `none was made: ${why}`),
    event: {type: 'Warning', reason: 'SafetyBackupFailed', note},
    afterMs: 0,
  })
}
