import assert from 'node:assert/strict'
import test from 'node:test'
import {addCharm, addPendingResources} from '../../../../src/juju/writes/add-charm.ts'
import {setAnnotations} from '../../../../src/juju/writes/annotations.ts'
import {cancel} from '../../../../src/juju/writes/cancel.ts'
import {destroyUnits} from '../../../../src/juju/writes/destroy-units.ts'
import {createSecret, grantSecret, updateSecret} from '../../../../src/juju/writes/secrets.ts'
import {setCharm, type CharmSeen} from '../../../../src/juju/writes/set-charm.ts'
import {setConfig, unsetConfig} from '../../../../src/juju/writes/settings.ts'
import {addUnits, scaleApplication, type UnitsSeen} from '../../../../src/juju/writes/units.ts'
import {mayBeSentAgain} from '../../../../src/juju/writes/write.ts'
import {intentOf, later, task, words} from './builders.ts'

const application = 'postgresql'

const tasks: readonly [status: string | undefined, kind: string][] = [
  ['pending', 'DidNotHappen'],
  ['running', 'DidNotHappen'],
  ['aborting', 'Happened'],
  ['cancelled', 'Happened'],
  ['aborted', 'Happened'],
  ['completed', 'Happened'],
  ['failed', 'Happened'],
  [undefined, 'Unknown'],
]
for (const [status, kind] of tasks) {
  test(`S1.11 cancel of a task that is now ${status ?? 'not known'}: ${kind}; the same again does no harm`, () => {
    const state = status === undefined ? undefined : task({status})
    const verdict = cancel.proves(intentOf({taskID: '11'}, {}), state, later)
    assert.equal(verdict.kind, kind)
    assert.equal(mayBeSentAgain(cancel, verdict), kind !== 'Happened')
  })
}

const annotationRows: readonly [what: string, seen: Record<string, string>, kind: string][] = [
  ['ours', {owner: 'me', old: ''}, 'Happened'],
  ['as before', {owner: '', old: 'x'}, 'DidNotHappen'],
  ["somebody else's", {owner: 'you', old: 'x'}, 'Unknown'],
  ['half ours', {owner: 'me', old: 'x'}, 'Unknown'],
]
for (const [what, values, kind] of annotationRows) {
  test(`annotations that are ${what}: ${kind}`, () => {
    const intent = intentOf({entity: {application}, values: {owner: 'me', old: ''}}, {owner: '', old: 'x'})
    const verdict = setAnnotations.proves(intent, values, later)
    assert.equal(verdict.kind, kind)
    assert.equal(mayBeSentAgain(setAnnotations, verdict), kind === 'DidNotHappen')
  })
}

type Options = Record<string, string | undefined>
const settings: readonly [
  what: string,
  wanted: Record<string, string>,
  before: Options,
  seen: Options,
  kind: string,
][] = [
  ['all set', {a: '1', b: 'x'}, {a: undefined, b: 'y'}, {a: '1', b: 'x'}, 'Happened'],
  ['none set', {a: '1', b: 'x'}, {a: undefined, b: 'y'}, {a: undefined, b: 'y'}, 'DidNotHappen'],
  ['some set, which ours alone cannot do', {a: '1', b: 'x'}, {a: undefined, b: 'y'}, {a: '1', b: 'y'}, 'Unknown'],
  ['somebody else set one', {a: '1'}, {a: '0'}, {a: '2'}, 'Unknown'],
  ['a boolean in other letters', {a: 'True'}, {a: 'false'}, {a: 'true'}, 'Happened'],
  ['a number in other digits', {a: '1.50'}, {a: '1'}, {a: '1.5'}, 'Happened'],
  ['an empty text is no zero', {a: '0'}, {a: undefined}, {a: ''}, 'Unknown'],
  ['what is wanted was there before', {a: '1'}, {a: '1'}, {a: '1'}, 'Happened'],
]
for (const [what, values, before, options, kind] of settings) {
  const again = kind === 'DidNotHappen'
  test(`config: ${what}: ${kind}; ${again ? 'once more' : 'not again'}`, () => {
    const verdict = setConfig.proves(intentOf({application, values}, before), options, later)
    assert.equal(verdict.kind, kind)
    assert.equal(mayBeSentAgain(setConfig, verdict), again)
  })
}

test('config that is put back: proved by what is set no more', () => {
  const intent = intentOf({application, names: ['a', 'b']}, {a: '1', b: undefined})
  const verdicts = [
    {a: undefined, b: undefined},
    {a: '1', b: undefined},
    {a: '2', b: undefined},
  ].map(options => unsetConfig.proves(intent, options, later))
  assert.deepEqual(
    verdicts.map(({kind}) => kind),
    ['Happened', 'DidNotHappen', 'Unknown'],
  )
  assert.deepEqual(
    verdicts.map(verdict => mayBeSentAgain(unsetConfig, verdict)),
    [false, true, false],
  )
})

const origin = {
  source: 'charm-hub',
  type: 'charm',
  id: 'id',
  hash: 'hash',
  risk: 'stable',
  revision: 501,
  track: '16',
  branch: undefined,
  architecture: 'amd64',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  instanceKey: '',
}
const old: CharmSeen = {url: 'ch:amd64/postgresql-468', channel: '16/stable', resources: {image: 3}}
const target = {application, url: 'ch:amd64/postgresql-501', origin, resources: {image: 4}}
const wanted: CharmSeen = {url: target.url, channel: '16/stable', resources: {image: 4}}

const charms: readonly [what: string, seen: CharmSeen, kind: string][] = [
  ['the target', wanted, 'Happened'],
  ['the original', old, 'DidNotHappen'],
  ['the original with the announced resources, as Juju 4 does it', {...old, resources: {image: 4}}, 'DidNotHappen'],
  ['the original with resources of somebody else', {...old, resources: {image: 9}}, 'Unknown'],
  ['the target with other resources', {...wanted, resources: {image: 3}}, 'Unknown'],
  ['the target in another channel', {...wanted, channel: '16/edge'}, 'Unknown'],
  ['a third charm', {...wanted, url: 'ch:amd64/postgresql-502'}, 'Unknown'],
]
for (const [what, charm, kind] of charms) {
  test(`set charm: the application runs ${what}: ${kind}`, () => {
    const verdict = setCharm.proves(intentOf(target, old), charm, later)
    assert.equal(verdict.kind, kind)
    assert.equal(mayBeSentAgain(setCharm, verdict), kind === 'DidNotHappen')
  })
}

test('set charm: where only resources or the channel change, they are what tells', () => {
  const same = {...target, url: old.url}
  const resources = [{image: 4}, {image: 3}, {image: 9}].map(
    image => setCharm.proves(intentOf(same, old), {...old, resources: image}, later).kind,
  )
  assert.deepEqual(resources, ['Happened', 'DidNotHappen', 'Unknown'])
  const {resources: _, ...bare} = same
  const other = {...bare, origin: {...origin, risk: 'edge'}}
  const channels = ['16/edge', '16/stable', '14/stable'].map(
    channel => setCharm.proves(intentOf(other, old), {...old, channel}, later).kind,
  )
  assert.deepEqual(channels, ['Happened', 'DidNotHappen', 'Unknown'])
})

const alive = (...names: string[]): UnitsSeen => Object.fromEntries(names.map(name => [name, 'alive' as const]))
const unitRows: readonly [what: string, seen: UnitsSeen, verdict: string][] = [
  ['as many as asked for are new', alive('pg/0', 'pg/1', 'pg/2'), 'Happened ["pg/1","pg/2"]'],
  ['none is new', alive('pg/0'), 'DidNotHappen'],
  ['none is new and the old one is gone', {}, 'DidNotHappen'],
  ['more are new: somebody else scaled too', alive('pg/0', 'pg/1', 'pg/2', 'pg/3'), 'Ambiguous pg/1 pg/2 pg/3'],
  ['fewer are new', alive('pg/0', 'pg/1'), 'Unknown: pg/1 came, but 2 units were asked for'],
  ['a new one goes already', {...alive('pg/0', 'pg/1'), 'pg/2': 'dying'}, 'Happened ["pg/1","pg/2"]'],
]
for (const [what, units, verdict] of unitRows) {
  test(`add units: ${what}`, () => {
    const intent = intentOf({application: 'pg', count: 2}, alive('pg/0'))
    assert.equal(words(addUnits.proves(intent, units, later)), verdict)
  })
}

const removals: readonly [what: string, seen: UnitsSeen, verdict: string][] = [
  ['both are gone', alive('pg/0'), 'Happened ["pg/1","pg/2"]'],
  ['one is gone, one goes', {...alive('pg/0'), 'pg/1': 'dying'}, 'Happened ["pg/1","pg/2"]'],
  ['both live', alive('pg/0', 'pg/1', 'pg/2'), 'DidNotHappen'],
  ['one lives', {...alive('pg/0', 'pg/1'), 'pg/2': 'dead'}, 'Unknown: pg/1 stayed, the others go or are gone'],
]
for (const [what, units, verdict] of removals) {
  test(`destroy units: ${what}`, () => {
    const intent = intentOf({application: 'pg', units: ['pg/1', 'pg/2'], destroyStorage: false}, {})
    const proved = destroyUnits.proves(intent, units, later)
    assert.equal(words(proved), verdict)
    assert.equal(mayBeSentAgain(destroyUnits, proved), verdict === 'DidNotHappen')
  })
}

const scales: readonly [scale: number | undefined, verdict: string][] = [
  [1, 'Happened 1'],
  [3, 'DidNotHappen'],
  [2, 'Unknown: the scale is 2, neither the old one nor the wanted one'],
  [undefined, 'Unknown: the scale is not shown, neither the old one nor the wanted one'],
]
for (const [scale, verdict] of scales) {
  test(`scale from 3 to 1, seen ${scale}: ${verdict}`, () => {
    const proved = scaleApplication.proves(intentOf({application, scale: 1}, {scale: 3}), {scale}, later)
    assert.equal(words(proved), verdict)
    assert.equal(mayBeSentAgain(scaleApplication, proved), scale === 3)
  })
}

test('a scale that was not shown before is proved by the wanted one only', () => {
  const intent = intentOf({application, scale: 1}, {scale: undefined})
  assert.equal(scaleApplication.proves(intent, {scale: undefined}, later).kind, 'Unknown')
})

test('what may be sent again in any case, is: announced charms and resources, the content of a secret, its readers', () => {
  const source = {url: 'ch:amd64/postgresql-501', origin}
  const content = {key: 'value'}
  const secret = {label: 's3'}
  const unsure = [
    [addCharm, addCharm.proves(intentOf(source, {}), true, later)],
    [addCharm, addCharm.proves(intentOf(source, {}), false, later)],
    [addPendingResources, addPendingResources.proves(intentOf({...source, application, resources: []}, {}), {}, later)],
    [updateSecret, updateSecret.proves(intentOf({secret, content}, {}), {}, later)],
    [grantSecret, grantSecret.proves(intentOf({...secret, applications: [application]}, {}), {}, later)],
  ] as const
  assert.deepEqual(
    unsure.map(([write, verdict]) => [write.name, verdict.kind, mayBeSentAgain(write, verdict)]),
    [
      ['add charm', 'Unknown', true],
      ['add charm', 'DidNotHappen', true],
      ['add pending resources', 'Unknown', true],
      ['update secret', 'Unknown', true],
      ['grant secret', 'Unknown', true],
    ],
  )
})

const made = {uri: 'secret:1', description: 'keys'}
const secretRows: readonly [what: string, before: (typeof made)[], seen: (typeof made)[], said: RegExp][] = [
  ['of the label appeared', [], [made], /^Happened "secret:1"$/],
  ['of the label is there', [], [], /^DidNotHappen$/],
  ['was there before, so that Juju refuses ours', [made], [made], /^DidNotHappen$/],
  ['took the place of another', [{...made, uri: 'secret:0'}], [made], /^Happened "secret:1"$/],
  ['has another description', [], [{...made, description: 'mine'}], /^Unknown: secret:1 has the label s3/],
  ['and another appeared', [], [made, {...made, uri: 'secret:2'}], /^Ambiguous.*secret:1.*secret:2/],
]
for (const [what, before, seen, said] of secretRows) {
  test(`create secret: ${seen.length === 0 ? 'none' : 'one'} ${what}`, () => {
    const target = {label: 's3', description: 'keys', content: {key: 'value'}}
    assert.match(words(createSecret.proves(intentOf(target, before), seen, later)), said)
  })
}
