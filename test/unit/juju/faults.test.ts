import assert from 'node:assert/strict'
import test from 'node:test'
import * as errors from '../../../src/juju/errors.ts'
import {classify, type FaultReason} from '../../../src/juju/faults.ts'
import {EndpointNotAllowed} from '../../../src/net/endpoint-policy.ts'

const login = (message: string, code: string) => new errors.JujuError('Admin.Login', message, code)
const call = (message: string, code: string) => new errors.JujuError('Action.EnqueueOperation', message, code)
const migrated = new errors.ModelMigrated({
  controllerAlias: 'other',
  controllerUUID: '',
  addresses: ['10.0.0.9:17070'],
  caCertificate: '',
})

const faults: readonly [string, unknown, FaultReason, RegExp][] = [
  [
    'a wrong password',
    login('invalid entity name or password', 'unauthorized access'),
    'CredentialsRejected',
    /Secret/,
  ],
  [
    'a user without access to the model',
    login('permission denied', 'unauthorized access'),
    'InsufficientAccess',
    /juju grant/,
  ],
  [
    'a call that needs more rights',
    call('permission denied', 'unauthorized access'),
    'InsufficientAccess',
    /juju grant/,
  ],
  ['an unknown model (4.x)', login('unknown model: "x"', 'model not found'), 'ModelNotFound', /spec\.model/],
  ['a migrated model', migrated, 'ModelMigrated', /controller "other" at 10\.0\.0\.9:17070/],
  ['a redirect seen by a call', call('redirection required', 'redirection required'), 'ModelMigrated', /./],
  [
    'a controller that is being upgraded',
    call('upgrade in progress', 'upgrade in progress'),
    'ControllerUpgrading',
    /goes on/,
  ],
  ['a login during an upgrade', login('login failed - maintenance in progress', ''), 'ControllerUpgrading', /goes on/],
  [
    'a client id for a controller that is not JAAS',
    login('not supported', 'not supported'),
    'CredentialsRejected',
    /JAAS/,
  ],
  ['an external user', login('asks for a macaroon', 'macaroon discharge required'), 'CredentialsRejected', /Secret/],
  ['a login that expired', call('login expired', 'login expired'), 'CredentialsRejected', /Secret/],
  ['Juju 2.9', new errors.Unsupported('Juju 2.9.49 is too old'), 'UnsupportedController', /2\.9\.49.*upgrade/],
  ['a foreign certificate', new errors.NotTrusted('a:1', 'self-signed'), 'CertificateNotTrusted', /a:1.*caCertificate/],
  [
    'an address that is not allowed',
    new EndpointNotAllowed('a', '127.0.0.1', 'loopback'),
    'EndpointNotAllowed',
    /--allowed-endpoints/,
  ],
  [
    'no endpoint that answers',
    new errors.Unreachable([{endpoint: 'a:1', message: 'ECONNREFUSED'}]),
    'Unreachable',
    /a:1: ECONNREFUSED/,
  ],
  ['a lost connection', new errors.ConnectionLost('closed (1006)', true), 'Unreachable', /1006/],
  [
    'a time-out',
    new errors.CallTimeout('Client.FullStatus', 60_000),
    'Unreachable',
    /FullStatus was not answered within 60 s/,
  ],
  [
    'a reply that makes no sense',
    new errors.UnexpectedReply('Client.FullStatus', 'model'),
    'Unreachable',
    /FullStatus/,
  ],
  [
    'a model that is being migrated',
    call('model migration in progress', 'model migration in progress'),
    'ControllerUpgrading',
    /on its way to another controller/,
  ],
  ['excessive contention', call('try again', 'try again'), 'Unreachable', /try again/],
  ['anything else', new TypeError('x is not a function'), 'Unreachable', /x is not a function/],
  ['what is no error at all', 'boom', 'Unreachable', /boom/],
]
for (const [what, error, reason, says] of faults) {
  test(`${what} is ${reason}, and the message says what to do`, () => {
    const fault = classify(error)
    assert.equal(fault.reason, reason)
    assert.match(fault.message, says)
    assert.equal(fault.final, reason !== 'Unreachable' && reason !== 'ControllerUpgrading')
  })
}

const codes: readonly [code: string, reason: FaultReason, final: boolean, says: RegExp][] = [
  ['not found', 'ModelNotFound', true, /spec\.model/],
  ['model not found', 'ModelNotFound', true, /spec\.model/],
  ['user not found', 'CredentialsRejected', true, /credentialsRef/],
  ['unauthorized access', 'InsufficientAccess', true, /juju grant/],
  ['no credentials provided', 'CredentialsRejected', true, /credentialsRef/],
  ['session token invalid', 'CredentialsRejected', true, /get a new one/],
  ['login expired', 'CredentialsRejected', true, /credentialsRef/],
  ['access required', 'CredentialsRejected', true, /credentialsRef/],
  ['macaroon discharge required', 'CredentialsRejected', true, /local user/],
  ['redirection required', 'ModelMigrated', true, /spec\.controller/],
  ['upgrade in progress', 'ControllerUpgrading', false, /upgrade is over/],
  ['model migration in progress', 'ControllerUpgrading', false, /goes on when that is over/],
  ['try again', 'Unreachable', false, /keeps trying/],
  ['excessive contention', 'Unreachable', false, /keeps trying/],
  ['not yet available; try again later', 'Unreachable', false, /keeps trying/],
  ['deadline exceeded', 'Unreachable', false, /keeps trying/],
  ['lease claim denied', 'Unreachable', false, /keeps trying/],
  ['operation is blocked', 'InsufficientAccess', true, /enable-command/],
  ['not implemented', 'UnsupportedController', true, /upgrade the controller/],
  ['not supported', 'UnsupportedController', true, /upgrade the controller/],
  ['bad request', 'UnsupportedController', true, /does not understand/],
  ['not valid', 'UnsupportedController', true, /does not understand/],
  ['incompatible base', 'UnsupportedController', true, /does not understand/],
  ['quota limit exceeded', 'InsufficientAccess', true, /quota/],
  ['application should not have units', 'UnsupportedController', true, /does not understand/],
  ['machine not found', 'UnsupportedController', true, /does not understand/],
  ['invalid tag', 'UnsupportedController', true, /does not understand/],
  ['tag kind not supported', 'UnsupportedController', true, /does not understand/],
  ['already exists', 'Unreachable', false, /keeps trying/],
  ['action no longer available', 'Unreachable', false, /keeps trying/],
  ['stopped', 'Unreachable', false, /keeps trying/],
  ['dead', 'Unreachable', false, /keeps trying/],
  ['not leader', 'Unreachable', false, /keeps trying/],
  ['a code of a later Juju', 'Unreachable', true, /words of Juju/],
  ['', 'Unreachable', false, /words of Juju/],
]
for (const [code, reason, final, says] of codes) {
  test(`the code "${code}" of a call is ${reason}, ${final ? 'for a person' : 'and passes'}`, () => {
    const fault = classify(call('words of Juju', code))
    assert.deepEqual([fault.reason, fault.final], [reason, final])
    assert.match(fault.message, says)
    assert.match(fault.message, /the controller said: words of Juju/)
  })
}

const texts: readonly [message: string, reason: FaultReason, final: boolean][] = [
  ['login failed - maintenance in progress', 'ControllerUpgrading', false],
  ['migration in progress, model is importing', 'ControllerUpgrading', false],
  ['unknown model: "x"', 'ModelNotFound', true],
  ['permission denied', 'InsufficientAccess', true],
  ['invalid entity name or password', 'CredentialsRejected', true],
  ['json: cannot unmarshal array into Go value of type params.ApplicationGet', 'UnsupportedController', true],
  ['runtime error: index out of range', 'Unreachable', false],
]
for (const [message, reason, final] of texts) {
  test(`the text "${message}" without a code is ${reason}`, () => {
    const fault = classify(call(message, ''))
    assert.deepEqual([fault.reason, fault.final], [reason, final])
  })
}

const outcomes: readonly [string, unknown, boolean][] = [
  ['a lost connection after the request was sent', new errors.ConnectionLost('x', true), true],
  ['a connection lost before', new errors.ConnectionLost('x', false), false],
  ['a time-out', new errors.CallTimeout('x', 1), true],
  ['a reply that nobody understands', new errors.UnexpectedReply('x', 'y'), true],
  ["Juju's refusal", call('no', ''), false],
  ['a missing facade', new errors.Unsupported('x'), false],
]
for (const [what, error, maybe] of outcomes) {
  test(`S1.5 after ${what} the effect ${maybe ? 'may have' : 'has not'} happened`, () => {
    assert.equal(errors.mayHaveHappened(error), maybe)
  })
}
