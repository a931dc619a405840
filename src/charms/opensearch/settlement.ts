import type {SettleQuestion, Settlement} from '../restore.ts'
import {settleByStatus} from '../settling.ts'
import {busyWith} from './statuses.ts'

const ends: readonly string[] = ['restore is complete', 'success', 'success_with_warning']

/** The task says how it ended; where shards are still on their way when it does, the statuses say the rest. */
export function settlement(question: SettleQuestion): Settlement {
  const status = textOf(question.output['status'])
  if (ends.includes(status.toLowerCase())) {
    const note = textOf(question.output['note'])
    const said = `the task on ${question.unit} says "${status}"`
    return {state: 'Done', evidence: note === '' ? said : `${said}, and: ${note}`}
  }
  const isRunning: Parameters<typeof settleByStatus>[0]['isRunning'] = shown => busyWith(shown) === 'Restore'
  return settleByStatus({isRunning, failures: []}, question)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
