import {type Fault, type Observed, outcomeOf, type Rule, type StepName, type Verdict} from './observed.ts'

/** A look at the controller explains a failed login for this long, in ms. */
const diagnosisMaxAgeMs = 30_000
/** How often rights that were granted later are looked for, in ms. */
const accessMaxAgeMs = 600_000

/** The UUID that this JujuModel stands for: what the spec says, what was pinned, or what was found just now. */
export function modelUUIDOf({spec, status}: Observed['model'], found?: string): string | undefined {
  return spec.model.uuid ?? status?.modelUUID ?? found
}

/** A name is looked up once; from then on its UUID is pinned in the status. */
export const modelMustBeFound: Rule = ({model, link}) => {
  const {resolution} = link
  const found = resolution.kind === 'found' ? resolution.uuid : undefined
  if (modelUUIDOf(model, found) !== undefined) return undefined
  if (resolution.kind !== 'failed') return {step: 'Resolve'}
  const restMs = resolution.retryAfterMs - resolution.ageMs
  const outcome = outcomeOf(resolution.fault, resolution.since)
  return restMs > 0 ? {outcome, againMs: restMs} : {outcome, step: 'Resolve'}
}

/** The session comes back by itself after a fault; what the fault means may take a look at the controller. */
export const sessionMustBeOpen: Rule = observed => {
  const {session, sessionUUID, resolution} = observed.link
  if (session.kind === 'none') return {step: 'Open'}
  const found = resolution.kind === 'found' ? resolution.uuid : undefined
  if (sessionUUID !== modelUUIDOf(observed.model, found)) return {step: 'Close'}
  if (session.kind === 'connecting') return {}
  if (session.kind === 'connected') return undefined
  const said = outcomeOf(session.fault, session.since)
  return mayMeanThatTheModelIsGone(session.fault) ? explain(observed, session.fault) : {outcome: said}
}

/** A login alone is no use: a controller in an upgrade lets in and refuses, a revoked right shows in the calls. */
export const modelMustBeReadable: Rule = ({link: {session}}) =>
  session.kind === 'connected' && session.readingFault !== undefined
    ? {outcome: outcomeOf(session.readingFault, session.readingFault.since)}
    : undefined

const hidden: ReadonlySet<string> = new Set(['ModelNotFound', 'CredentialsRejected', 'InsufficientAccess'])

/** Juju 3 answers alike whether the password is wrong, the model is gone, or the user may not see it. */
function mayMeanThatTheModelIsGone(fault: Fault): boolean {
  return hidden.has(fault.reason)
}

function explain({model, link}: Observed, fault: Fault): Verdict {
  const {resolution} = link
  if (resolution.kind === 'none' || resolution.ageMs >= diagnosisMaxAgeMs) return {step: 'Resolve'}
  if (resolution.kind === 'failed') {
    const conclusive = hidden.has(resolution.fault.reason) ? resolution.fault : fault
    return {outcome: outcomeOf(conclusive)}
  }
  const pinned = modelUUIDOf(model)
  if (pinned !== undefined && resolution.uuid !== pinned) return {outcome: replaced(model, pinned, resolution.uuid)}
  if (fault.reason !== 'CredentialsRejected') return {outcome: outcomeOf(fault)}
  const message = 'the user may log in to the controller and sees the model, but the login to the model is refused'
  return {outcome: outcomeOf({reason: 'InsufficientAccess', message})}
}

function replaced(model: Observed['model'], pinned: string, now: string): ReturnType<typeof outcomeOf> {
  const message =
    `the model ${model.spec.model.name} was created anew: this JujuModel stands for ${pinned}, the name now for ${now}; ` +
    'create a new JujuModel for it'
  return outcomeOf({reason: 'ModelReplaced', message})
}

/** A session keeps the rights of its login: with more granted since, it has to be made anew. */
export function accessMayHaveGrown({link: {session, resolution}}: Observed): StepName | undefined {
  if (session.kind !== 'connected') return undefined
  if (resolution.kind === 'none') return 'Resolve'
  if (session.access !== 'read') return undefined
  if (resolution.ageMs >= accessMaxAgeMs) return 'Resolve'
  const grown = resolution.kind === 'found' && (resolution.access === 'write' || resolution.access === 'admin')
  return grown && resolution.ageMs < session.ageMs ? 'Reconnect' : undefined
}
