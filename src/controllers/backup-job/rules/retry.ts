import type {BackupJobStatus} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Finish, type StatusPatch, type Wait} from '../step.ts'

/** A new attempt starts from nothing but what was learnt: the unsuitable units, the number of attempts, and that there was one. */
export const forgetAttempt: StatusPatch = {
  intent: undefined,
  unit: undefined,
  operationID: undefined,
  taskID: undefined,
  taskStatus: undefined,
  grantedAt: undefined,
  backupID: undefined,
  lastMessage: undefined,
}

/** Nothing of the attempt happened in Juju: its intent is void, and it does not count. */
export const withdrawAttempt = ({attempt = 1}: BackupJobStatus): StatusPatch => ({
  intent: undefined,
  unit: undefined,
  attempt: attempt > 1 ? attempt - 1 : undefined,
})

/** Units that are on their way out are looked at again after this, ms. */
const settlesMs = 30_000

/** 10 s, 20 s, 40 s ... at most 6 minutes, as Kubernetes' Job does. */
const retryDelayMs = (failures: number): number => Math.min(10_000 * 2 ** Math.max(0, failures - 1), 360_000)

/**
 * What follows a failure that says nothing about the job itself: another attempt while backoffLimit allows, else the end, with
 * the charm's own words.
 */
export function failedAttempt(o: Observed, words: string, what: string): Wait | Finish {
  const started = o.status.intent !== undefined
  const attempt = (o.status.attempt ?? 0) + (started ? 0 : 1)
  const failures = Math.max(1, attempt - (o.status.unsuitableUnits?.length ?? 0))
  const limit = o.job.spec.backoffLimit
  if (failures > limit) {
    const tries = attempt > 1 ? ` (attempt ${attempt})` : ''
    return finish('Failed', `${what}${tries}: ${words}`, {
      patch: {attempt},
      event: {type: 'Warning', reason: 'BackupFailed', note: `${what}: ${words}`},
    })
  }
  const delay = retryDelayMs(failures)
  return wait('RetryBackoff', `${what}: ${words}. Attempt ${attempt + 1} follows.`, {
    patch: {...forgetAttempt, attempt, retryTime: new Date(o.now + delay).toISOString()},
    event: {type: 'Warning', reason: 'BackupRetried', note: `${what}: ${words}; trying again in ${delay / 1000} s`},
    afterMs: delay,
  })
}

/** The charm refused this unit before it began: the next best one is tried at once; it does not count as a failure. */
export function anotherUnit(o: Observed, words: string): Wait | Finish {
  const unit = o.status.unit ?? o.status.intent?.unit ?? ''
  const before = o.status.unsuitableUnits ?? []
  if (isUnsettled(o, unit)) {
    const note = `${unit} cannot make the backup while units are on their way out: ${words}`
    return wait('RetryBackoff', `${note}. It is asked again.`, {
      patch: {
        ...forgetAttempt,
        unsuitableUnits: [...before, {unit, message: words, unsettled: true}],
        retryTime: new Date(o.now + settlesMs).toISOString(),
      },
      event: {type: 'Normal', reason: 'UnitUnsuitable', note},
      afterMs: settlesMs,
    })
  }
  const unsuitable = [...before, {unit, message: words}]
  if (o.job.spec.backup.unit !== undefined)
    return finish('Failed', `${unit} cannot make the backup: ${words}`, {
      event: {type: 'Warning', reason: 'BackupFailed', note: `${unit} cannot make the backup: ${words}`},
    })
  return wait('RetryBackoff', `${unit} cannot make the backup: ${words}. Trying another unit.`, {
    patch: {...forgetAttempt, unsuitableUnits: unsuitable, retryTime: undefined},
    event: {type: 'Normal', reason: 'UnitUnsuitable', note: `${unit} cannot make the backup: ${words}`},
    afterMs: 0,
  })
}

/**
 * The charm goes by the units that it counts itself, those on their way out among them. That it refuses the only unit that Juju shows
 * means that some were there a moment ago; once.
 */
function isUnsettled({application, status}: Observed, unit: string): boolean {
  if (application.state !== 'present') return false
  const {leaving, units} = application.view
  const wasAskedAgain = status.unsuitableUnits?.some(one => one.unit === unit && one.unsettled === true) ?? false
  return leaving.length > 0 || (units.length === 1 && !wasAskedAgain)
}
