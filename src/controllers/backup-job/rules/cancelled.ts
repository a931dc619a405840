import type {Observed} from '../observed.ts'
import {finish, type Rule, type Step} from '../step.ts'
import {needs, valueOf} from './needs.ts'

/** So often the store is asked what a cancelled run has left; then it is said that nobody knows. */
const tries = 2

/** Juju's word for a cancelled task is final; what it left behind is never counted as a backup of ours. */
export const aCancelledTaskMadeNothing: Rule<Observed> = o => {
  const {taskStatus} = o.status
  if (taskStatus === 'cancelled') return cancelled(o, 'It had not begun.')
  return taskStatus === 'aborted' ? (lookForLeftovers(o) ?? cancelled(o, `It had begun: ${leftBehind(o)}`)) : undefined
}

function cancelled({job}: Observed, left: string): Step {
  const unasked = job.spec.cancel === 'No'
  const message = `${unasked ? 'Somebody cancelled it in Juju' : 'Cancelled on request'}. ${left}`
  return finish('Cancelled', message, {
    event: {type: unasked ? 'Warning' : 'Normal', reason: 'BackupCancelled', note: message},
  })
}

/** The store itself is asked, where one is named and it can be read. */
function lookForLeftovers(o: Observed): Step | undefined {
  const {leftovers} = o.readings
  const layout = o.application.state === 'present' ? o.application.profile?.backup.layout : undefined
  if (o.storage.state !== 'ready' || layout === undefined || layout === 'None') return undefined
  if (leftovers.state === 'failed' && leftovers.failures >= tries) return undefined
  return needs(o, 'Cancelling', 'The task is over; looking what it has left in the store.', 'leftovers')
}

function leftBehind(o: Observed): string {
  const found = valueOf(o, 'leftovers')
  if (found !== undefined) return `${found.names ?? 'nothing of it is in the store'}. None of it is ever restored.`
  const leaves = o.application.state === 'present' ? o.application.profile?.backup.cancelSafety.leaves : undefined
  return leaves ?? 'the store may hold an unfinished backup.'
}
