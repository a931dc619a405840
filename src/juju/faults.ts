import {EndpointNotAllowed} from '../net/endpoint-policy.ts'
import {ConnectionLost, JujuError, ModelMigrated, NotTrusted, Unreachable, Unsupported} from './errors.ts'

/** Why a model cannot be used: the reasons of JujuModel's Ready condition that come from Juju (api.md). */
export type FaultReason =
  | 'Unreachable'
  | 'CertificateNotTrusted'
  | 'CredentialsRejected'
  | 'ModelNotFound'
  | 'ModelMigrated'
  | 'InsufficientAccess'
  | 'UnsupportedController'
  | 'ControllerUpgrading'
  | 'EndpointNotAllowed'

export interface Fault {
  readonly reason: FaultReason
  /** what is wrong and what to do about it, for a person */
  readonly message: string
  /** true: only a person can mend it, so there is no point in trying often */
  readonly final: boolean
}

/** What each reason asks of a person; put behind what happened. */
const advice: Readonly<Record<FaultReason, string>> = {
  Unreachable: 'Charmkeeper keeps trying; check spec.controller.endpoints and the way to the controller',
  CertificateNotTrusted:
    'set spec.controller.caCertificate to the CA of this controller (`juju show-controller`, ca-cert), or remove it when the certificate is a public one',
  CredentialsRejected:
    'check the Secret of spec.controller.credentialsRef, and that the user exists and is not disabled; Juju 3 says the same of a model that is hidden from the user',
  ModelNotFound: 'check spec.model, and grant the user access with `juju grant <user> write <model>`',
  ModelMigrated: 'point spec.controller at that controller',
  InsufficientAccess: 'grant it with `juju grant <user> write <model>`',
  UnsupportedController: 'Charmkeeper works with Juju 3 and 4; upgrade the controller',
  ControllerUpgrading: 'Charmkeeper goes on when the upgrade is over',
  EndpointNotAllowed: "ask for the address in the operator's --allowed-endpoints, or use another",
}

const waits: ReadonlySet<FaultReason> = new Set(['Unreachable', 'ControllerUpgrading'])

/** What is known of an error: `does` and `final` where they are not those of the reason. */
interface Judgement {
  readonly reason: FaultReason
  readonly says: string
  readonly does?: string | undefined
  readonly final?: boolean | undefined
}

/** Which reason of JujuModel's Ready condition an error of this house stands for; what is not known counts as Unreachable. */
export function classify(error: unknown): Fault {
  const {reason, says, does = advice[reason], final = !waits.has(reason)} = judge(error)
  return {reason, message: `${says}; ${does}`, final}
}

/** Whether Juju says that the whole controller is being upgraded, so that no other model of it is better off. */
export function saysUpgrading({code, message}: JujuError): boolean {
  return code === 'upgrade in progress' || /\bmaintenance in progress\b/.test(message)
}

/** Whether Juju refuses only for now: the same call may be taken later, and it says nothing about what was asked for. */
export function saysLater(error: JujuError): boolean {
  const meaning = meaningOf(error)
  return saysUpgrading(error) || meaning === migrating || meaning === busy
}

function judge(error: unknown): Judgement {
  if (error instanceof JujuError) return judgeReply(error)
  if (error instanceof NotTrusted) return {reason: 'CertificateNotTrusted', says: error.message}
  if (error instanceof EndpointNotAllowed) return {reason: 'EndpointNotAllowed', says: error.message}
  if (error instanceof ModelMigrated) return {reason: 'ModelMigrated', says: error.message}
  if (error instanceof Unsupported) return {reason: 'UnsupportedController', says: error.message}
  if (error instanceof Unreachable) return {reason: 'Unreachable', says: `no endpoint answered: ${error.message}`}
  if (error instanceof ConnectionLost) return {reason: 'Unreachable', says: `the connection was lost: ${error.message}`}
  return {reason: 'Unreachable', says: error instanceof Error ? error.message : String(error)}
}

function judgeReply(error: JujuError): Judgement {
  const says = `the controller said: ${error.message}`
  const atLogin = error.method.startsWith('Admin.')
  if (saysUpgrading(error)) return {reason: 'ControllerUpgrading', says}
  if (error.code === 'unauthorized access') return {reason: refusalOf(error, atLogin), says}
  if (atLogin && /^not (supported|implemented)$/.test(error.code)) return {reason: 'CredentialsRejected', says, ...jaas}
  const known = meaningOf(error)
  return known === undefined ? {reason: 'Unreachable', says, final: error.code !== ''} : {...known, says}
}

/** One code for two things: the text tells a user who was not recognised from one who may not. */
function refusalOf(error: JujuError, atLogin: boolean): FaultReason {
  if (!atLogin || error.message === 'permission denied') return 'InsufficientAccess'
  return 'CredentialsRejected'
}

type Meaning = Omit<Judgement, 'says'>

const jaas = {
  does: 'a controller of JAAS takes client-id and client-secret, any other a username and a password',
} as const
const external: Meaning = {
  reason: 'CredentialsRejected',
  does: 'an external user needs a browser to log in: put a local user, or client-id and client-secret of JAAS, into the Secret',
}
const expired: Meaning = {
  reason: 'CredentialsRejected',
  does: 'the session token is not valid, or not any more: get a new one, or use client-id and client-secret, which do not expire',
}
const migrating: Meaning = {
  reason: 'ControllerUpgrading',
  does: 'the model is on its way to another controller; Charmkeeper goes on when that is over',
}
const busy: Meaning = {reason: 'Unreachable', does: 'that passes; Charmkeeper keeps trying'}
/** Of one task, unit or watcher, and of this moment; the next reading sees what has become of it. */
const overtaken: Meaning = {...busy}
const blocked: Meaning = {
  reason: 'InsufficientAccess',
  does: 'changes to this model are disabled; see `juju disabled-commands` and `juju enable-command`',
}
const overQuota: Meaning = {reason: 'InsufficientAccess', does: "ask the controller's administrator for a higher quota"}
const refused: Meaning = {
  reason: 'UnsupportedController',
  does: 'this controller does not understand, or does not take, what Charmkeeper asks for; see which versions are supported',
}

/** Juju's codes (reference: rpc/params/apierror.go). A code that is not here is one that trying again does not mend. */
const meaningOfCode: Readonly<Record<string, Meaning>> = {
  'not found': {reason: 'ModelNotFound'},
  'model not found': {reason: 'ModelNotFound'},
  'user not found': {reason: 'CredentialsRejected'},
  'no credentials provided': {reason: 'CredentialsRejected'},
  'session token invalid': expired,
  'login expired': {reason: 'CredentialsRejected'},
  'access required': {reason: 'CredentialsRejected'},
  'macaroon discharge required': external,
  'redirection required': {reason: 'ModelMigrated'},
  'model migration in progress': migrating,
  'try again': busy,
  'excessive contention': busy,
  'not yet available; try again later': busy,
  'deadline exceeded': busy,
  'lease claim denied': busy,
  'operation is blocked': blocked,
  'quota limit exceeded': overQuota,
  'not implemented': {reason: 'UnsupportedController'},
  'not supported': {reason: 'UnsupportedController'},
  'bad request': refused,
  'not valid': refused,
  'incompatible base': refused,
  'application should not have units': refused,
  'machine not found': refused,
  'invalid tag': refused,
  'tag kind not supported': refused,
  'already exists': overtaken,
  'action no longer available': overtaken,
  stopped: overtaken,
  dead: overtaken,
  'not leader': overtaken,
}

/** Texts that come without a code. Any other may pass, so it is not taken for final. */
const meaningOfText: readonly (readonly [RegExp, Meaning])[] = [
  [/^migration in progress, model is /, migrating],
  [/^unknown model\b/, {reason: 'ModelNotFound'}],
  [/^permission denied$/, {reason: 'InsufficientAccess'}],
  [/^invalid entity name or password$/, {reason: 'CredentialsRejected'}],
  [/^json: cannot unmarshal /, refused],
]

/** The text of a migration counts with any code. */
function meaningOf({code, message}: JujuError): Meaning | undefined {
  const byText = meaningOfText.find(([text]) => text.test(message))?.[1]
  return code === '' || byText === migrating ? byText : meaningOfCode[code]
}
