import {getCondition} from '../../runtime/conditions.ts'
import {type Claim, type Observed, outcomeOf, type Rule, type StepName} from './observed.ts'

/** How long somebody else has to overwrite what we wrote before we believe in it, in ms: one fast poll. */
export const claimSettleMs = 5_000
/** How old the owner that we read may be, in ms. Effects ask again anyway. */
export const ownerMaxAgeMs = 60_000
const claimRetryMs = 10_000

/**
 * One operator per model (api.md rule 13). Juju has no compare-and-set: whoever writes waits, reads again, and counts as the
 * owner only then. Who can only read claims nothing.
 */
export const modelMustBeOurs: Rule = observed => {
  const {session, claim} = observed.link
  if (session.kind !== 'connected' || session.access === 'read') return undefined
  if (claim.kind === 'unknown') return {step: 'ReadOwner'}
  if (claim.kind === 'failed') return afterAFailure(claim)
  if (claim.kind === 'written') return confirm(claim)
  if (claim.owner === observed.self) return undefined
  if (claim.owner === '' || mayTakeOver(observed, claim.owner)) return {step: 'WriteOwner'}
  const step = ownerMustBeReadAgain(observed)
  const outcome = outcomeOf({reason: 'ClaimedElsewhere', message: claimedBy(observed, claim.owner)})
  return {outcome, ...(step && {step})}
}

/** Another operator may have taken the model over, or given it back. */
export function ownerMustBeReadAgain({link: {session, claim}}: Observed): StepName | undefined {
  const claims = session.kind === 'connected' && session.access !== 'read'
  return claims && claim.kind === 'read' && claim.ageMs >= ownerMaxAgeMs ? 'ReadOwner' : undefined
}

function afterAFailure(claim: Claim & {kind: 'failed'}): ReturnType<Rule> {
  const outcome = outcomeOf(claim.fault)
  const restMs = claimRetryMs - claim.ageMs
  return restMs > 0 ? {outcome, againMs: restMs} : {outcome, step: 'ReadOwner'}
}

function confirm(claim: Claim & {kind: 'written'}): ReturnType<Rule> {
  const restMs = claimSettleMs - claim.ageMs
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
