import {explain} from '../../../charms/classify.ts'

/**
 * The words with which a charm failed, and what they mean to a person; where they are not the charm's own, who says more. No full
 * stop at the end of the latter.
 *
 * @param taskID of the task that failed; undefined: it was one that only read
 */
export function explained(texts: Parameters<typeof explain>[0], words: string, taskID?: string): string {
  const said = explain(texts, words)
  const bare = explain([], words)
  if (said !== bare) return said
  const task = taskID === undefined ? '' : `with juju show-task ${taskID}, and `
  return `${bare.replace(/\.$/, '')}. Look ${task}at juju debug-log`
}
