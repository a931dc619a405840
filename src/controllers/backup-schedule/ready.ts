import type {BackupScheduleReason, BackupScheduleSpec} from '../../api/backup-schedule.ts'
import type {PatternProblem} from '../../calendar/index.ts'
import type {ReadyState} from '../../runtime/conditions.ts'

/** What decides about Ready. */
export interface ReadyQuestion {
  readonly spec: Pick<BackupScheduleSpec, 'suspend' | 'schedule' | 'timeZone' | 'jobTemplate'>
  readonly pattern?: PatternProblem | undefined
  /** what the windows get wrong, or what no slot of the pattern can meet */
  readonly windows?: PatternProblem | undefined
  /** what the API server said of the child */
  readonly refused?: string | undefined
  readonly model: {readonly ready: true} | {readonly ready: false; readonly message: string}
  readonly storage: {readonly ready: true} | {readonly ready: false; readonly message: string}
  /** RFC 3339, of the next child that the windows allow */
  readonly next?: string | undefined
  readonly waiting?: {readonly slot: string; readonly until: string} | undefined
}

export interface Ready {
  readonly state: ReadyState
  readonly reason: BackupScheduleReason
  readonly message: string
}

const stalled = (reason: BackupScheduleReason, message: string): Ready => ({state: 'Stalled', reason, message})
const reconciling = (reason: BackupScheduleReason, message: string): Ready => ({state: 'Reconciling', reason, message})

/** The condition Ready: the first rule that applies. What a person has to mend comes before what time will. Pure. */
export function readyOf(question: ReadyQuestion): Ready {
  const {spec, pattern, windows, refused, model, storage, next, waiting} = question
  if (pattern !== undefined) return stalled(pattern.reason, pattern.message)
  if (windows !== undefined) return stalled(windows.reason, windows.message)
  if (spec.suspend)
    return {state: 'Ready', reason: 'Suspended', message: 'suspended: slots are skipped until spec.suspend is false'}
  if (refused !== undefined)
    return stalled('TemplateRefused', `the API server refuses a BackupJob of spec.jobTemplate: ${refused}`)
  if (!model.ready) return reconciling('ModelNotReady', `${model.message}${waitingWords(waiting)}`)
  if (!storage.ready) return reconciling('StorageNotReady', storage.message)
  return {state: 'Ready', reason: 'Scheduled', message: nextWords(next)}
}

const nextWords = (next: string | undefined): string =>
  next === undefined
    ? 'no backup is planned: spec.windows allow none of the coming slots; change one of the two'
    : `the next backup is due at ${next}`

function waitingWords(waiting: ReadyQuestion['waiting']): string {
  if (waiting === undefined) return ''
  return `; the slot of ${waiting.slot} waits for it until ${waiting.until}`
}
