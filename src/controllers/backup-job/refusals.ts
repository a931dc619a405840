import {JujuError} from '../../juju/errors.ts'
import {saysLater} from '../../juju/faults.ts'

/** Juju refused, and the same call may be taken later: it says nothing about the job. */
export function passesByItself(error: unknown): boolean {
  return error instanceof JujuError && (saysLater(error) || hasNoActionsYet(error))
}

/** What an error says, for a person; where Juju's own words mislead, with what they mean. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!(error instanceof JujuError) || !hasNoActionsYet(error)) return error.message
  return `Juju has not downloaded the charm of the application yet (it says: ${error.message.replace(/\.$/, '')})`
}

/** Juju 4 downloads a charm once an application uses it; until then it knows no action of it, and says so of the whole charm. */
function hasNoActionsYet({code, message}: JujuError): boolean {
  return code === 'not found' && message.startsWith('no actions defined for charm ')
}
