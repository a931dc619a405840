import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {jujuModelReasons} from '../../../../src/api/juju-model.ts'
import {decide} from '../../../../src/controllers/juju-model/decide.ts'
import type {Fault, LinkView, Observed, Verdict} from '../../../../src/controllers/juju-model/observed.ts'
import {connectedAs, jujuModel, link, noLink, observed, other, otherUUID, ready, self, uuid} from './build.ts'

/** A verdict in one line: `Reason/state -> Step`. */
function short({outcome, step}: Verdict): string {
  const said = outcome === undefined ? 'say nothing' : `${outcome.reason}/${outcome.state}`
  return step === undefined ? said : `${said} -> ${step}`
}

const fault = (reason: Fault['reason']): Fault => ({reason, message: `because ${reason}`})
const lost = (reason: Fault['reason'], changes: Partial<LinkView> = {}): LinkView =>
  link({
    session: {kind: 'lost', fault: fault(reason), since: '2026-11-22T12:00:00Z'},
    claim: {kind: 'unknown'},
    ...changes,
  })
const failed = (reason: Fault['reason'], ageMs = 1_000): LinkView['resolution'] => ({
  kind: 'failed',
  fault: fault(reason),
  since: '2026-11-22T12:00:00Z',
  ageMs,
  retryAfterMs: 4_000,
})
const unpinned = jujuModel({status: {modelUUID: undefined}})
const read = (owner: string, ageMs = 0): LinkView['claim'] => ({kind: 'read', owner, ageMs})
const takingOver = (generation: number, status = {}): Observed['model'] =>
  jujuModel({generation, spec: {takeOver: other}, status})

const table: readonly [sentence: string, changes: Partial<Observed>, expected: string][] = [
  ['a connected model that is ours', {}, 'Connected/Ready'],
  ['a new model is looked up first', {model: unpinned, link: noLink}, 'say nothing -> Resolve'],
  [
    'a model by UUID needs no look-up',
    {model: jujuModel({spec: {model: {uuid}}}), link: noLink},
    'say nothing -> Open',
  ],
  ['a pinned model is opened at once', {link: noLink}, 'say nothing -> Open'],
  ['while it connects nothing is said', {link: link({session: {kind: 'connecting'}})}, 'say nothing'],
  [
    'a failed look-up is said, and tried again later',
    {model: unpinned, link: {...noLink, resolution: failed('Unreachable')}},
    'Unreachable/Reconciling',
  ],
  [
    'a failed look-up is tried again when its time has come',
    {model: unpinned, link: {...noLink, resolution: failed('ModelNotFound', 4_000)}},
    'ModelNotFound/Stalled -> Resolve',
  ],
  [
    'an owner that only a leader may write says nothing of Juju',
    {link: link({claim: {kind: 'withheld', ageMs: 9_999}})},
    'say nothing',
  ],
  [
    'and is read again after a pause',
    {link: link({claim: {kind: 'withheld', ageMs: 10_000}})},
    'say nothing -> ReadOwner',
  ],
  ['a lost session is said', {link: lost('Unreachable')}, 'Unreachable/Reconciling'],
  ['a wrong CA needs a person', {link: lost('CertificateNotTrusted')}, 'CertificateNotTrusted/Stalled'],
  ['Juju 2.9 needs a person', {link: lost('UnsupportedController')}, 'UnsupportedController/Stalled'],
  ['an upgrade of the controller passes', {link: lost('ControllerUpgrading')}, 'ControllerUpgrading/Reconciling'],
  ['a migrated model needs a person', {link: lost('ModelMigrated')}, 'ModelMigrated/Stalled'],
  ['a forbidden address needs a person', {link: lost('EndpointNotAllowed')}, 'EndpointNotAllowed/Stalled'],
  [
    'a refused login may mean anything, so the controller is asked',
    {link: lost('CredentialsRejected', {resolution: {kind: 'none'}})},
    'say nothing -> Resolve',
  ],
  [
    'an old answer of the controller explains nothing',
    {link: lost('CredentialsRejected', {resolution: failed('CredentialsRejected', 30_000)})},
    'say nothing -> Resolve',
  ],
  [
    'the controller refuses the login, too',
    {link: lost('CredentialsRejected', {resolution: failed('CredentialsRejected')})},
    'CredentialsRejected/Stalled',
  ],
  [
    'the controller knows no such model',
    {link: lost('CredentialsRejected', {resolution: failed('ModelNotFound')})},
    'ModelNotFound/Stalled',
  ],
  [
    'the name belongs to another model now',
    {link: lost('ModelNotFound', {resolution: {kind: 'found', uuid: otherUUID, access: 'admin', ageMs: 1}})},
    'ModelReplaced/Stalled',
  ],
  ['the user sees the model but may not enter', {link: lost('CredentialsRejected')}, 'InsufficientAccess/Stalled'],
  [
    'a controller that cannot be asked leaves the fault as it is',
    {link: lost('CredentialsRejected', {resolution: failed('Unreachable')})},
    'CredentialsRejected/Stalled',
  ],
  [
    'a session to another UUID than the pinned one goes',
    {link: link({sessionUUID: otherUUID})},
    'say nothing -> Close',
  ],
  [
    'a missing Secret ends an open session',
    {target: {ok: false, ...fault('SecretNotFound')}},
    'SecretNotFound/Stalled -> Close',
  ],
  [
    'a missing Secret leaves the session to the job that needs it',
    {target: {ok: false, ...fault('SecretNotFound')}, held: true},
    'SecretNotFound/Stalled',
  ],
  ['a suspended model is closed', {model: jujuModel({spec: {suspend: true}})}, 'Suspended/Ready -> Close'],
  [
    'a suspended model with a running job is not',
    {model: jujuModel({spec: {suspend: true}}), held: true},
    'Suspended/Ready',
  ],
  ['the younger of two is a duplicate', {elder: 'team-b/prod'}, 'DuplicateModel/Stalled -> Close'],
  ['a spec that breaks a rule', {invalid: 'spec.model: write one', link: noLink}, 'InvalidSpec/Stalled'],
  ['a deleted model is closed without a word', {model: jujuModel({deleting: true})}, 'say nothing -> Close'],
  ['a deleted model that is in use works on', {model: jujuModel({deleting: true}), held: true}, 'Connected/Ready'],
  [
    'with read access nothing is claimed',
    {link: link({session: connectedAs('read'), claim: {kind: 'unknown'}})},
    'Connected/Ready',
  ],
  [
    'rights that were granted later are looked for',
    {link: link({session: connectedAs('read'), resolution: {kind: 'found', uuid, access: 'read', ageMs: 600_000}})},
    'Connected/Ready -> Resolve',
  ],
  [
    'rights that were granted later are taken up',
    {
      link: link({
        session: connectedAs('read', 9_000),
        resolution: {kind: 'found', uuid, access: 'write', ageMs: 1_000},
      }),
    },
    'Connected/Ready -> Reconnect',
  ],
  [
    'a model that cannot be read is of no use',
    {link: link({session: {...connectedAs('write'), readingFault: {...fault('ControllerUpgrading'), since: ''}}})},
    'ControllerUpgrading/Reconciling',
  ],
  ['the owner is read first', {link: link({claim: {kind: 'unknown'}})}, 'say nothing -> ReadOwner'],
  ['a free model is claimed', {link: link({claim: read('')})}, 'say nothing -> WriteOwner'],
  ['a claim is not believed at once', {link: link({claim: {kind: 'written', ageMs: 4_999}})}, 'say nothing'],
  [
    'a claim is read again after a poll',
    {link: link({claim: {kind: 'written', ageMs: 5_000}})},
    'say nothing -> ReadOwner',
  ],
  [
    'our own claim is read again now and then',
    {link: link({claim: read(self, 60_000)})},
    'Connected/Ready -> ReadOwner',
  ],
  ['somebody else owns the model', {link: link({claim: read(other)})}, 'ClaimedElsewhere/Stalled'],
  ['it may be given back', {link: link({claim: read(other, 60_000)})}, 'ClaimedElsewhere/Stalled -> ReadOwner'],
  [
    'takeOver names the owner',
    {model: takingOver(2, ready('ClaimedElsewhere', 1)), link: link({claim: read(other)})},
    'say nothing -> WriteOwner',
  ],
  ['takeOver names another', {model: takingOver(2), link: link({claim: read('c/d/e')})}, 'ClaimedElsewhere/Stalled'],
  [
    'a takeOver that was used does not fight',
    {model: takingOver(2, ready('Connected', 2)), link: link({claim: read(other)})},
    'ClaimedElsewhere/Stalled',
  ],
  [
    'nor does it after an outage',
    {model: takingOver(2, ready('Unreachable', 2)), link: link({claim: read(other), claimedGeneration: 2})},
    'ClaimedElsewhere/Stalled',
  ],
  [
    'a claim that could not be read',
    {link: link({claim: {kind: 'failed', fault: fault('ControllerUpgrading'), ageMs: 1}})},
    'ControllerUpgrading/Reconciling',
  ],
  [
    'is read again',
    {link: link({claim: {kind: 'failed', fault: fault('ControllerUpgrading'), ageMs: 10_000}})},
    'ControllerUpgrading/Reconciling -> ReadOwner',
  ],
]

test('what passes by itself says since when it has not', () => {
  const said = decide(observed({link: lost('Unreachable')})).outcome
  assert.equal(said?.message, 'since 2026-11-22T12:00:00Z: because Unreachable')
  assert.equal(
    decide(observed({link: lost('UnsupportedController')})).outcome?.message,
    'because UnsupportedController',
  )
})

for (const [sentence, changes, expected] of table) {
  test(`a JujuModel: ${sentence}`, () => assert.equal(short(decide(observed(changes))), expected))
}

const skews: readonly [aheadMs: number, words: RegExp][] = [
  [45_400, /; the controller's clock is 45 s ahead of the operator's, and so are the times that come from Juju$/],
  [-300_000, /; the controller's clock is 5 min behind the operator's, and so are /],
  [7_200_000, /clock is 2 h ahead of/],
]
for (const [clockAheadMs, words] of skews)
  test(`a controller's clock that is ${clockAheadMs} ms ahead is said, and keeps nobody from working`, () => {
    const {outcome} = decide(observed({link: link({session: {...connectedAs('write'), clockAheadMs}})}))
    assert.equal(outcome?.reason, 'Connected')
    assert.match(outcome.message, words)
  })

test('a controller that refuses to be read says since when it does', () => {
  const readingFault = {...fault('ControllerUpgrading'), since: '2026-11-22T12:00:00Z'}
  const {outcome} = decide(observed({link: link({session: {...connectedAs('write'), readingFault}})}))
  assert.equal(outcome?.message, 'since 2026-11-22T12:00:00Z: because ControllerUpgrading')
})

const reason = fc.constantFrom(...(Object.keys(jujuModelReasons) as Fault['reason'][]))
const anyFault = reason.filter(one => one !== 'Connected' && one !== 'Suspended').map(fault)
const ageMs = fc.nat(1_000_000)
const owner = fc.constantFrom('', self, other)
const anyLink: fc.Arbitrary<LinkView> = fc.record({
  busy: fc.constantFrom(undefined, 'Resolve', 'ReadOwner', 'WriteOwner'),
  resolution: fc.oneof(
    fc.constant({kind: 'none'} as const),
    fc.record({
      kind: fc.constant('found' as const),
      uuid: fc.constantFrom(uuid, otherUUID),
      access: fc.constantFrom('read', 'write', ''),
      ageMs,
    }),
    fc.record({
      kind: fc.constant('failed' as const),
      fault: anyFault,
      since: fc.constant(''),
      ageMs,
      retryAfterMs: ageMs,
    }),
  ),
  session: fc.oneof(
    fc.constant({kind: 'none'} as const),
    fc.constant({kind: 'connecting'} as const),
    fc.record({kind: fc.constant('lost' as const), fault: anyFault, since: fc.constant('')}),
    fc.constantFrom('read' as const, 'write' as const, 'admin' as const).map(access => connectedAs(access)),
  ),
  sessionUUID: fc.constantFrom(uuid, otherUUID),
  claim: fc.oneof(
    fc.constant({kind: 'unknown'} as const),
    fc.record({kind: fc.constant('read' as const), owner, ageMs}),
    fc.record({kind: fc.constant('written' as const), ageMs}),
    fc.record({kind: fc.constant('failed' as const), fault: anyFault, ageMs}),
  ),
  claimedGeneration: fc.constantFrom(undefined, 1, 2),
})
const anyObserved: fc.Arbitrary<Observed> = fc.record({
  model: fc
    .record({
      deleting: fc.boolean(),
      generation: fc.constantFrom(1, 2),
      spec: fc.record({suspend: fc.boolean(), takeOver: fc.constantFrom('', other)}),
      status: fc.oneof(
        reason.map(said => ready(said)),
        fc.constant({modelUUID: undefined}),
      ),
    })
    .map(jujuModel),
  self: fc.constant(self),
  held: fc.boolean(),
  target: fc.oneof(
    fc.constant({ok: true} as const),
    anyFault.map(one => ({ok: false as const, ...one})),
  ),
  elder: fc.constantFrom(undefined, 'team-b/prod'),
  link: anyLink,
})

test('a JujuModel is Connected only with an open session that is ours or may only read', () => {
  fc.assert(
    fc.property(anyObserved, seen => {
      const {session, claim, sessionUUID} = seen.link
      if (decide(seen).outcome?.reason !== 'Connected') return
      assert.equal(session.kind, 'connected')
      assert.equal(seen.elder, undefined)
      assert.equal(seen.model.spec.suspend, false)
      assert.equal(
        sessionUUID,
        seen.model.status?.modelUUID ?? (seen.link.resolution.kind === 'found' && seen.link.resolution.uuid),
      )
      const readOnly = session.kind === 'connected' && session.access === 'read'
      assert.ok(readOnly || (claim.kind === 'read' && claim.owner === self))
    }),
  )
})

test('a JujuModel is claimed only when nobody owns it, or when takeOver names the owner', () => {
  fc.assert(
    fc.property(anyObserved, seen => {
      if (decide(seen).step !== 'WriteOwner') return
      const {claim} = seen.link
      assert.ok(claim.kind === 'read' && (claim.owner === '' || claim.owner === seen.model.spec.takeOver))
    }),
  )
})

test('a session that a job holds is closed only to open another, and one step runs at a time', () => {
  fc.assert(
    fc.property(anyObserved, seen => {
      const {step} = decide(seen)
      if (seen.link.busy !== undefined) assert.ok(step === undefined || step === 'Close')
      if (!seen.held || step !== 'Close') return
      const readOnly = seen.link.session.kind === 'connected' && seen.link.session.access === 'read'
      assert.ok(readOnly || seen.link.sessionUUID !== seen.model.status?.modelUUID)
    }),
  )
})
