import {EndpointNotAllowed} from '../net/endpoint-policy.ts'
import {
  ConnectionLost,
  JujuError,
  ModelMigrated,
  NotTrusted,
  Unreachable,
  UnexpectedReply,
  Unsupported,
} from './errors.ts'

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

/** Which reason of JujuModel's Ready condition an error of this house stands for; what is not known counts as Unreachable. */
export function classify(error: unknown): Fault {
  const [reason, message] = judge(error)
  return {reason, message: `${message}; ${advice[reason]}`, final: !waits.has(reason)}
}

function judge(error: unknown): readonly [FaultReason, string] {
  if (error instanceof JujuError) return judgeReply(error)
  if (error instanceof NotTrusted) return ['CertificateNotTrusted', error.message]
  if (error instanceof EndpointNotAllowed) return ['EndpointNotAllowed', error.message]
  if (error instanceof ModelMigrated) return ['ModelMigrated', error.message]
  if (error instanceof Unsupported) return ['UnsupportedController', error.message]
  if (error instanceof Unreachable) return ['Unreachable', `no endpoint answered: ${error.message}`]
  if (error instanceof ConnectionLost) return ['Unreachable', `the connection was lost: ${error.message}`]
  if (error instanceof UnexpectedReply) return ['Unreachable', error.message]
  return ['Unreachable', error instanceof Error ? error.message : String(error)]
}

/** Juju's codes (reference: rpc/params/apierror.go) -> reason. */
const reasonOfCode: Readonly<Record<string, FaultReason>> = {
  'model not found': 'ModelNotFound',
  'no credentials provided': 'CredentialsRejected',
  'session token invalid': 'CredentialsRejected',
  'login expired': 'CredentialsRejected',
  'access required': 'CredentialsRejected',
  'user not found': 'CredentialsRejected',
  'macaroon discharge required': 'CredentialsRejected',
  'redirection required': 'ModelMigrated',
  'upgrade in progress': 'ControllerUpgrading',
  'not implemented': 'UnsupportedController',
}

function judgeReply(error: JujuError): readonly [FaultReason, string] {
  const said = `the controller said: ${error.message}`
  const atLogin = error.method.startsWith('Admin.')
  if (/maintenance in progress/.test(error.message)) return ['ControllerUpgrading', said]
  if (error.code === 'unauthorized access') return [refusalOf(error, atLogin), said]
  if (atLogin && /^not (supported|implemented)$/.test(error.code)) {
    return [
      'CredentialsRejected',
      `${said}. A controller of JAAS takes client-id and client-secret, any other a username and a password`,
    ]
  }
  return [reasonOfCode[error.code] ?? 'Unreachable', said]
}

/** One code for two things: the text tells a user who was not recognised from one who may not. */
function refusalOf(error: JujuError, atLogin: boolean): FaultReason {
  if (!atLogin || error.message === 'permission denied') return 'InsufficientAccess'
  return 'CredentialsRejected'
}
