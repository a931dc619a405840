import type {StatusView} from './profile.ts'
import type {SettleQuestion, Settlement, TimedUnitView} from './restore.ts'

/** How a charm shows, in the statuses of its units and of the application, that a restore goes on or has failed. */
export interface RestoreStatuses {
  readonly isRunning: (shown: StatusView) => boolean
  /** Texts of failures, each with what a person does next. Compared without regard to case. */
  readonly failures: readonly {readonly text: string; readonly next: string}[]
  /** What a status that looks well does not prove. */
  readonly unproved?: string
}

/**
 * How an asynchronous restore stands that only the statuses tell: it goes on while any unit says so, has failed when one
 * says that, and is over when the unit that began it has become active since.
 */
export function settleByStatus({isRunning, failures, unproved}: RestoreStatuses, question: SettleQuestion): Settlement {
  const unit = question.units.find(({name}) => name === question.unit)
  if (unit === undefined) return unitIsGone(question.unit)
  const broken = question.units.find(hookFails)
  if (broken) return inError(broken)
  const application = {...question.application, name: 'the application', workloadSince: question.application.since}
  const shown = [unit, ...question.units.filter(one => one !== unit), application]
  for (const one of shown.filter(each => isAfter(each.workloadSince, question))) {
    const failure = failures.find(({text}) => one.workloadMessage.toLowerCase().includes(text.toLowerCase()))
    if (failure) return {state: 'Failed', message: `${says(one)}. ${failure.next}`}
  }
  const restoring = shown.find(isRunning)
  if (restoring)
    return {state: 'Running', message: says(restoring), stuck: `If it says so for long: ${look(question.unit)}`}
  if (unit.workloadStatus === 'active' && isAfter(unit.workloadSince, question)) return becameActive(unit, unproved)
  return {
    state: 'Running',
    message: `${says(unit)}, which tells nothing about the restore yet.`,
    stuck: `No status since the restore was begun shows its end. ${look(question.unit)}`,
  }
}

/** The unit has shown itself active after the task had begun the restore. */
export function becameActive(unit: TimedUnitView, unproved?: string): Settlement {
  const evidence = `${says(unit)}, since ${new Date(unit.workloadSince ?? 0).toISOString()}, after the task had begun the restore`
  return {state: 'Done', evidence: unproved === undefined ? evidence : `${evidence}; ${unproved}`}
}

export function unitIsGone(unit: string): Settlement {
  return {
    state: 'Running',
    message: `${unit} is not in the status of the model.`,
    stuck: `${unit}, on which the restore was begun, is gone. If it was removed, restore again on a unit that is there.`,
  }
}

export const hookFails = ({workloadStatus, agentStatus}: TimedUnitView): boolean =>
  workloadStatus === 'error' || agentStatus === 'error'

export function inError(unit: TimedUnitView): Settlement {
  return {
    state: 'Running',
    message: `${says(unit)}, an error of its hook in Juju.`,
    stuck: `A hook of ${unit.name} fails, so the charm cannot go on. See juju debug-log --include ${unit.name}, mend the cause, then: juju resolved ${unit.name}`,
  }
}

/** Whether a status was set after the task's end; one whose time is not shown is no evidence. */
export const isAfter = (since: number | undefined, {taskEndedAt}: SettleQuestion): boolean =>
  since !== undefined && since >= taskEndedAt

export const says = ({name, workloadStatus, workloadMessage}: StatusView & {readonly name: string}): string =>
  workloadMessage === '' ? `${name} is ${workloadStatus}` : `${name} is ${workloadStatus}: "${workloadMessage}"`

const look = (unit: string): string =>
  `The charm shows it at its next update-status (model option update-status-hook-interval, 5 minutes by default); see juju debug-log --include ${unit}`
