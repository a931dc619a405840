import {claimStep, ownerMaxAgeMs} from '../../juju/owner.ts'
import {getCondition} from '../../runtime/conditions.ts'
import {type Claim, type Observed, outcomeOf, type Rule, type StepName, type Verdict} from './observed.ts'

const claimRetryMs = 10_000

/** One operator per model (api.md rule 13). Who can only read claims nothing. */
export const modelMustBeOurs: Rule = observed => {
  const {session, claim} = observed.link
  if (session.kind !== 'connected' || session.access === 'read') return undefined
  if (claim.kind === 'failed') return afterAFailure(claim)
  if (claim.kind === 'withheld') return readAgain(claim)
  const step = claimStep(claim, observed.self, owner => mayTakeOver(observed, owner))
  switch (step.kind) {
    case 'Read':
      return {step: 'ReadOwner'}
    case 'Write':
      return {step: 'WriteOwner'}
    case 'Wait':
      return {againMs: step.ms}
    case 'Owned':
      return undefined
    case 'Foreign': {
      const outcome = outcomeOf({reason: 'ClaimedElsewhere', message: claimedBy(observed, step.owner)})
      return {outcome, ...(step.stale && {step: 'ReadOwner'})}
    }
  }
}

/** Another operator may have taken the model over, or given it back. */
export function ownerMustBeReadAgain({link: {session, claim}}: Observed): StepName | undefined {
  const claims = session.kind === 'connected' && session.access !== 'read'
  return claims && claim.kind === 'read' && claim.ageMs >= ownerMaxAgeMs ? 'ReadOwner' : undefined
}

function afterAFailure(claim: Claim & {kind: 'failed'}): Verdict {
  return {outcome: outcomeOf(claim.fault), ...readAgain(claim)}
}

function readAgain({ageMs}: {readonly ageMs: number}): Verdict {
  const restMs = claimRetryMs - ageMs
  return restMs > 0 ? {againMs: restMs} : {step: 'ReadOwner'}
}

/**
 * A takeOver counts once per edit of the spec. Two operators that name each other would else take the model back and forth
 * for ever.
 */
function mayTakeOver(observed: Observed, owner: string): boolean {
  return observed.model.spec.takeOver === owner && !takeOverIsUsedUp(observed)
}

function takeOverIsUsedUp({model: {metadata, status}, link}: Observed): boolean {
  if (link.claimedGeneration === metadata.generation) return true
  const ready = getCondition(status?.conditions, 'Ready')
  const settled = ready?.reason === 'Connected' || ready?.reason === 'ClaimedElsewhere'
  return settled && ready.observedGeneration === metadata.generation
}

function claimedBy({model}: Observed, owner: string): string {
  const how =
    model.spec.takeOver === owner
      ? 'it came back after spec.takeOver had been judged; to displace it, empty spec.takeOver and set it again'
      : `to displace it, set spec.takeOver to "${owner}"`
  return `another operator works on this model: ${owner}; ${how}`
}
