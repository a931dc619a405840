import assert from 'node:assert/strict'
import {test} from 'node:test'
import {IN_USE_FINALIZER} from '../../../../src/api/meta.ts'
import {finalizerStep} from '../../../../src/controllers/juju-model/in-use.ts'
import {databasesIn} from '../../../../src/controllers/juju-model/inventory.ts'
import {outcomeOf} from '../../../../src/controllers/juju-model/observed.ts'
import {statusOf, worthWriting} from '../../../../src/controllers/juju-model/report.ts'
import type {ApplicationStatus, FullStatus} from '../../../../src/juju/status.ts'
import {jujuModel, link, noLink, observed, otherUUID, ready, uuid} from './build.ts'

const now = '2026-11-22T12:00:00Z'
const noon = Date.parse(now)
const connected = outcomeOf({reason: 'Connected', message: 'logged in'})
const unreachable = (message: string) => outcomeOf({reason: 'Unreachable', message})

function application(name: string, charmName: string, channel: string): ApplicationStatus {
  return {
    name,
    charmURL: `ch:amd64/${charmName}-7`,
    charmName,
    revision: 7,
    channel,
    charmVersion: '',
    life: 'alive',
    status: {status: 'active', message: ''},
    workloadVersion: '',
    relations: {},
    subordinateTo: [],
    units: [],
  }
}

function fullStatus(...applications: readonly ApplicationStatus[]): FullStatus {
  return {
    model: {name: 'prod', type: 'Kubernetes', cloud: '', region: '', version: '', status: {status: '', message: ''}},
    applications: new Map(applications.map(one => [one.name, one])),
    relations: [],
  }
}

test('the inventory lists the databases that can be backed up, by name, and at most 200', () => {
  const few = fullStatus(
    application('zebra', 'postgresql', '14/stable'),
    application('web', 'wordpress', 'latest/stable'),
    application('ant', 'postgresql-k8s', '16/edge'),
  )
  assert.deepEqual(
    databasesIn(few).map(({name, profile, channel}) => `${name} ${profile} ${channel}`),
    ['ant postgresql-k8s-16 16/edge', 'zebra postgresql-14 14/stable'],
  )
  const many = Array.from({length: 250}, (_, index) => application(`db-${index}`, 'postgresql', '14/stable'))
  assert.equal(databasesIn(fullStatus(...many)).length, 200)
})

test('the UUID is pinned when the model is found, and never changes after that', () => {
  const fresh = {...jujuModel(), status: {observedGeneration: -1}}
  assert.equal(statusOf(fresh, connected, link(), undefined, now).modelUUID, uuid)
  const found = link({resolution: {kind: 'found', uuid: otherUUID, access: 'admin', ageMs: 0}})
  assert.equal(statusOf(jujuModel(), connected, found, undefined, now).modelUUID, uuid)
})

test('what cannot be seen at present stays as it was seen last', () => {
  const seen = {modelType: 'Machines', access: 'write', serverVersion: '3.6.14', databases: []} as const
  const model = jujuModel({status: {...seen, databases: []}})
  const status = statusOf(model, unreachable('down'), noLink, undefined, now)
  for (const [name, value] of Object.entries(seen)) assert.deepEqual(status[name as keyof typeof seen], value)
})

test('of an invalid spec nothing is read', () => {
  const broken = {...jujuModel(), spec: undefined as never}
  const outcome = outcomeOf({reason: 'InvalidSpec', message: 'spec: is missing'})
  assert.equal(statusOf(broken, outcome, noLink, undefined, now).conditions?.[0]?.reason, 'InvalidSpec')
})

test('the text of one outage is renewed every five minutes at most; another trouble is said at once', () => {
  const model = jujuModel({status: ready('Unreachable')})
  assert.equal(worthWriting(model, unreachable('new words'), 299_999, noon).message, '')
  assert.equal(worthWriting(model, unreachable('new words'), 300_000, noon).message, 'new words')
  assert.equal(worthWriting(model, unreachable('new words'), undefined, noon).message, 'new words')
  assert.equal(
    worthWriting(jujuModel({generation: 2, status: ready('Unreachable')}), unreachable('new words'), 1, noon).message,
    'new words',
  )
  assert.equal(worthWriting(model, connected, 1, noon).message, 'logged in')
})

test('the text of an outage that began just now is renewed sooner, and then more and more rarely', () => {
  const model = jujuModel({status: ready('Unreachable')})
  const said = (ageMs: number, lastedMs: number): string => {
    const since = new Date(noon - lastedMs).toISOString()
    const outcome = outcomeOf({reason: 'Unreachable', message: 'new words'}, since)
    return worthWriting(model, outcome, ageMs, noon).message
  }
  assert.deepEqual([said(9_999, 9_999), said(29_999, 60_000), said(299_999, 3_600_000)], ['', '', ''])
  for (const text of [said(10_000, 10_000), said(30_000, 60_000), said(300_000, 3_600_000)])
    assert.match(text, /^since \S+: new words$/)
})

function inUse(deleting: boolean, present: boolean): ReturnType<typeof jujuModel> {
  const model = jujuModel({deleting})
  return {...model, metadata: {...model.metadata, ...(present && {finalizers: [IN_USE_FINALIZER]})}}
}

const gone = {ok: false, reason: 'SecretNotFound', message: ''} as const
const refused = link({session: {kind: 'lost', since: now, fault: {reason: 'CredentialsRejected', message: ''}}})
const down = link({session: {kind: 'lost', since: now, fault: {reason: 'Unreachable', message: ''}}})

const table: readonly [
  sentence: string,
  seen: ReturnType<typeof observed>,
  expected: ReturnType<typeof finalizerStep>,
][] = [
  ['nobody needs it', observed({model: inUse(false, false)}), undefined],
  ['a job begins to need it', observed({model: inUse(false, false), held: true}), 'add'],
  ['a job needs it', observed({model: inUse(false, true), held: true}), undefined],
  ['nobody needs it any more', observed({model: inUse(false, true)}), 'remove'],
  ['deleted, and a job needs it', observed({model: inUse(true, true), held: true}), undefined],
  ['deleted before a job could hold it', observed({model: inUse(true, false), held: true}), undefined],
  ['deleted, its last job is over', observed({model: inUse(true, true)}), 'remove'],
  [
    'deleted, the Secret too, the session open',
    observed({model: inUse(true, true), held: true, target: gone}),
    undefined,
  ],
  [
    'deleted, the Secret too, the controller down',
    observed({model: inUse(true, true), held: true, target: gone, link: down}),
    undefined,
  ],
  [
    'deleted, no session, no Secret',
    observed({model: inUse(true, true), held: true, target: gone, link: noLink}),
    'release',
  ],
  ['deleted, and Juju lets nobody in', observed({model: inUse(true, true), held: true, link: refused}), 'release'],
  ['not deleted, and Juju lets nobody in', observed({model: inUse(false, true), held: true, link: refused}), undefined],
]

for (const [sentence, seen, expected] of table) {
  test(`the finalizer in-use: ${sentence}`, () => assert.equal(finalizerStep(seen), expected))
}
