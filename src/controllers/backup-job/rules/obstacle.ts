import {IGNORE_TASK_ANNOTATION} from '../../../api/meta.ts'
import type {EnqueueFacts, Observed} from '../observed.ts'

/** What was found in Juju right before an effect and is in its way: another owner, or something else at work; undefined: nothing. */
export function obstacleInJuju(
  {ignoredTasks}: Pick<Observed, 'ignoredTasks'>,
  {claimedBy, foreign, ignorable}: Pick<EnqueueFacts, 'claimedBy' | 'foreign' | 'ignorable'>,
): string | undefined {
  if (claimedBy !== '') return `The model is claimed by ${claimedBy}; nothing is run.`
  if (foreign === '' || ignoredTasks.includes(ignorable)) return undefined
  return `${foreign}, and that is not over; waiting for its end, or for the annotation ${IGNORE_TASK_ANNOTATION}=${ignorable}.`
}
