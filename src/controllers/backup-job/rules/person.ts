import {RESOLVE_ANNOTATION} from '../../../api/meta.ts'
import type {Answer, Observed} from '../observed.ts'
import {finish, wait, type Rule, type Step} from '../step.ts'
import {forgetAttempt} from './retry.ts'
import {taskIsOver, VOUCHED} from './state.ts'

const answers: readonly string[] = ['Happened', 'DidNotHappen', 'Abandon'] satisfies Answer[]

/** The answer in `<intent time>=<answer>`, if it is one and is about the intent of now. */
export function parseAnswer(annotation: string | undefined, intentTime: string | undefined): Answer | undefined {
  const split = annotation?.lastIndexOf('=') ?? -1
  if (annotation === undefined || intentTime === undefined || split < 0) return undefined
  const answer = annotation.slice(split + 1)
  if (annotation.slice(0, split) !== intentTime || !answers.includes(answer)) return undefined
  return answer as Answer
}

/** Stops and shows the exact command with which a person answers. */
export function askAPerson(o: Observed, why: string): Step {
  const time = o.status.intent?.time ?? ''
  const {namespace, name} = o.job.metadata
  const command = `kubectl -n ${namespace} annotate --overwrite backupjob ${name} ${RESOLVE_ANNOTATION}=${time}=Happened`
  return wait('OutcomeUnknown', `${why}. Answer with: ${command} (or =DidNotHappen, or =Abandon)`, {
    event: {type: 'Warning', reason: 'OutcomeUnknown', note: why},
  })
}

/** What a person says about an uncertain effect is believed. */
export const believeAPerson: Rule<Observed> = o => {
  if (o.answer === undefined || o.status.intent === undefined) return undefined
  if (o.answer === 'Abandon') return abandoned(o)
  const uncertain = o.status.operationID === undefined && !taskIsOver(o.status)
  if (!uncertain) return undefined
  if (o.answer === 'Happened')
    return wait('Verifying', 'A person says that the backup ran; it is looked for in the listing.', {
      patch: {taskStatus: VOUCHED, unit: o.status.intent.unit},
      afterMs: 0,
    })
  return wait('Preparing', 'A person says that nothing ran; the backup is prepared again.', {
    patch: {...forgetAttempt, attempt: undefined},
    afterMs: 0,
  })
}

const abandoned = (o: Observed): Step =>
  finish(
    'Failed',
    `A person abandoned it (${RESOLVE_ANNOTATION}). Task ${o.status.taskID ?? 'unknown'} in Juju no longer holds the application.`,
    {
      event: {type: 'Warning', reason: 'BackupAbandoned', note: 'A person resolved it as abandoned'},
    },
  )
