import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import type {Condition} from '../../api/meta.ts'
import type {Logger} from '../../observability/log.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventInput} from '../../runtime/event.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {timeOf} from './child.ts'
import type {Account} from './slots.ts'

/** Conditions whose changes are told here. */
const toldConditions = ['Ready', 'Fresh', 'Archiving'] as const

/** Tells what became of slots and what turned, once the status says so: one event and one line each. */
export class Announcer {
  readonly #recorder: EventRecorder

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder
  }

  announce(before: BackupSchedule, status: BackupScheduleStatus, accounts: readonly Account[], log: Logger): void {
    for (const account of accounts) this.#slot(before, account, log)
    for (const type of toldConditions) this.#turned(before, status, type, log)
  }

  #slot(schedule: BackupSchedule, account: Account, log: Logger): void {
    const {outcome, reason, slot, count, job, message} = account
    log.info('a slot has its outcome', {slot: timeOf(slot), count, outcome, reason, job})
    this.#recorder.event(schedule, eventOf(account, message))
  }

  #turned(schedule: BackupSchedule, status: BackupScheduleStatus, type: string, log: Logger): void {
    const old = getCondition(schedule.status?.conditions, type)
    const now = getCondition(status.conditions, type)
    if (now === undefined || (old?.reason === now.reason && old.status === now.status)) return
    log.info('the BackupSchedule changed', {condition: type, from: old?.reason, to: now.reason})
    const {reason, message} = now
    this.#recorder.event(schedule, {type: isBad(now) ? 'Warning' : 'Normal', reason, action: 'Watching', note: message})
  }
}

const isBad = ({status}: Condition): boolean => status === 'False'

function eventOf({outcome, reason, slot, count, job}: Account, message: string | undefined): EventInput {
  const time = timeOf(slot)
  if (outcome !== 'Skipped') {
    const note =
      outcome === 'Ran' ? `${job} was created for the slot ${time}` : `${job} was created late for the slot ${time}`
    return {type: 'Normal', reason: outcome === 'Ran' ? 'SlotRan' : 'SlotRanLate', action: 'Scheduling', note}
  }
  const note = `${whichOf(count, time)} skipped, ${reason}: ${message}`
  return {type: reason === 'Suspended' ? 'Normal' : 'Warning', reason: 'SlotSkipped', action: 'Scheduling', note}
}

function whichOf(count: number, time: string): string {
  if (count === 0) return 'the run for spec.runNow'
  return count === 1 ? `the slot ${time}` : `${count} slots up to ${time}`
}
