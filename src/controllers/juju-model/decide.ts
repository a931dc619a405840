import {modelMustBeOurs, ownerMustBeReadAgain} from './decide-claim.ts'
import {accessMayHaveGrown, modelMustBeFound, modelMustBeReadable, sessionMustBeOpen} from './decide-session.ts'
import {type Fault, type Observed, outcomeOf, type Rule, type StepName, type Verdict} from './observed.ts'

/** What to say of a JujuModel and what to do next. The first rule that has an opinion wins; their order is the specification. */
export function decide(observed: Observed): Verdict {
  for (const rule of rules) {
    const verdict = rule(observed)
    if (verdict !== undefined) return oneStepAtATime(verdict, observed)
  }
  return oneStepAtATime(connected(observed), observed)
}

const deletedModelsEnd: Rule = observed =>
  observed.model.metadata.deletionTimestamp !== undefined && !observed.held ? close(observed) : undefined

const specMustBeValid: Rule = observed =>
  observed.invalid === undefined ? undefined : rest(observed, {reason: 'InvalidSpec', message: observed.invalid})

const suspendedModelsRest: Rule = observed => {
  if (!observed.model.spec.suspend) return undefined
  const why = observed.held ? '; the session stays open until the running jobs have ended' : ''
  return rest(observed, {reason: 'Suspended', message: `spec.suspend is true${why}`})
}

/** Also while connected: who takes the Secret away wants the operator out. */
const credentialsMustBeThere: Rule = observed => (observed.target.ok ? undefined : rest(observed, observed.target))

/** Two sessions would be two operators for one model: each would count slots and locks on its own. */
const oldestJujuModelWorks: Rule = observed =>
  observed.elder === undefined
    ? undefined
    : rest(observed, {
        reason: 'DuplicateModel',
        message: `the older JujuModel ${observed.elder} is for the same model; delete one of the two`,
      })

const rules: readonly Rule[] = [
  deletedModelsEnd,
  specMustBeValid,
  suspendedModelsRest,
  credentialsMustBeThere,
  modelMustBeFound,
  oldestJujuModelWorks,
  sessionMustBeOpen,
  modelMustBeReadable,
  modelMustBeOurs,
]

/** Nothing is in the way. What is known of owner and access grows old, and is read again now and then. */
function connected(observed: Observed): Verdict {
  const {session} = observed.link
  if (session.kind !== 'connected') return {}
  const readOnly = session.access === 'read' ? '; with read access nothing can be started, and jobs wait' : ''
  const clock = session.clockAheadMs === undefined ? '' : `; ${describeSkew(session.clockAheadMs)}`
  const message = `logged in to Juju ${session.serverVersion} with ${session.access} access${readOnly}${clock}`
  const step: StepName | undefined = ownerMustBeReadAgain(observed) ?? accessMayHaveGrown(observed)
  return {outcome: outcomeOf({reason: 'Connected', message}), ...(step && {step})}
}

/** Times of Juju go into statuses as they are. */
function describeSkew(aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const much =
    seconds < 120
      ? `${seconds} s`
      : seconds < 7200
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`
  const way = aheadMs > 0 ? 'ahead of' : 'behind'
  return `the controller's clock is ${much} ${way} the operator's, and so are the times that come from Juju`
}

/** Not without a person: no session stays open unless a running job needs it. */
function rest(observed: Observed, fault: Fault): Verdict {
  return {...close(observed), outcome: outcomeOf({reason: fault.reason, message: fault.message})}
}

function close({held, link}: Observed): Verdict {
  const idle = link.session.kind === 'none' && link.busy === undefined
  return held || idle ? {} : {step: 'Close'}
}

/** Only closing cannot wait for the step that is under way. */
function oneStepAtATime(verdict: Verdict, {link}: Observed): Verdict {
  if (link.busy === undefined || verdict.step === 'Close') return verdict
  const {step: _, ...rest} = verdict
  return rest
}
