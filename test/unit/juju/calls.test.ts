import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {applicationsInfo, leader} from '../../../src/juju/applications.ts'
import {charmOrigin, originOf, sentOriginOf, setCharm, type CharmOrigin} from '../../../src/juju/charm-origin.ts'
import {addCharm, charmInfo, downloadInfo, resolveCharm} from '../../../src/juju/charms.ts'
import type {Caller} from '../../../src/juju/connection.ts'
import {JujuError} from '../../../src/juju/errors.ts'
import {exec} from '../../../src/juju/exec.ts'
import * as wireOrigin from '../../../src/juju/facades/charm-origin.ts'
import {isNotFound} from '../../../src/juju/item-errors.ts'
import {modelInfo} from '../../../src/juju/models.ts'
import {addPendingResources, listResources} from '../../../src/juju/resources.ts'
import {destroyUnits} from '../../../src/juju/restore-units.ts'
import {addUnits, scaleApplication} from '../../../src/juju/scaling.ts'
import {createSecret, findSecret, grantSecret, updateSecret} from '../../../src/juju/secrets.ts'
import {setConfig, unsetConfig} from '../../../src/juju/settings.ts'
import {ScriptedCaller, replay} from './replayed.ts'

const wire = {
  source: 'charm-hub',
  type: 'charm',
  id: 'abc',
  hash: 'def',
  risk: 'stable',
  revision: 468,
  track: '14',
  branch: null,
  architecture: 'amd64',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  'instance-key': 'k',
}
const origin = originOf(wireOrigin.charmOrigin.parse(wire))
const url = 'ch:amd64/postgresql-468'
const ok = {results: [{}]}

/** What is sent, byte for byte: Juju ignores a key that is spelt wrong. */
const sent: readonly [name: string, call: (caller: Caller) => Promise<unknown>, reply: unknown, params: unknown][] = [
  [
    'Application.SetConfigs',
    caller => setConfig(caller, 'postgresql', {trust: 'true', note: ''}),
    ok,
    {Args: [{application: 'postgresql', generation: '', config: {trust: 'true', note: ''}, 'config-yaml': ''}]},
  ],
  [
    'Application.UnsetApplicationsConfig',
    caller => unsetConfig(caller, 'postgresql', ['profile']),
    ok,
    {Args: [{application: 'postgresql', branch: '', options: ['profile']}]},
  ],
  [
    'Application.GetCharmURLOrigin',
    caller => charmOrigin(caller, 'postgresql'),
    {url, 'charm-origin': wire},
    {application: 'postgresql', branch: ''},
  ],
  [
    'Application.SetCharm',
    caller => setCharm(caller, {application: 'postgresql', url, origin, channel: '14/stable', resourceIDs: {i: 'p'}}),
    {},
    {
      application: 'postgresql',
      'charm-url': url,
      'charm-origin': wire,
      channel: '14/stable',
      generation: '',
      force: false,
      'force-base': false,
      'force-units': false,
      'resource-ids': {i: 'p'},
      'endpoint-bindings': {},
    },
  ],
  [
    'Application.AddUnits',
    caller => addUnits(caller, {application: 'postgresql', count: 2}),
    {units: ['postgresql/3', 'postgresql/4']},
    {application: 'postgresql', 'num-units': 2, placement: []},
  ],
  [
    'Application.ScaleApplications',
    caller => scaleApplication(caller, {application: 'postgresql-k8s', scale: 3}),
    {results: [{info: {'num-units': 3}}]},
    {applications: [{'application-tag': 'application-postgresql-k8s', scale: 3, force: false}]},
  ],
  [
    'Application.DestroyUnit',
    caller => destroyUnits(caller, ['postgresql/1'], {destroyStorage: true}),
    {results: [{info: {}}]},
    {units: [{'unit-tag': 'unit-postgresql-1', 'destroy-storage': true, force: false}]},
  ],
  ['Application.Leader', caller => leader(caller, 'a'), {result: 'a/2'}, {tag: 'application-a'}],
  [
    'Charms.ResolveCharms',
    caller => resolveCharm(caller, {url: 'ch:amd64/postgresql', origin, switchCharm: false}),
    {Results: [{url, 'charm-origin': wire, 'supported-bases': []}]},
    {resolve: [{reference: 'ch:amd64/postgresql', 'charm-origin': wire, 'switch-charm': false}]},
  ],
  [
    'Charms.AddCharm',
    caller => addCharm(caller, {url, origin}),
    {'charm-origin': wire},
    {url, 'charm-origin': wire, force: false},
  ],
  [
    'Charms.GetDownloadInfos',
    caller => downloadInfo(caller, {url, origin}),
    {results: [{url: 'https://x', 'charm-origin': wire}]},
    {entities: [{'charm-url': url, 'charm-origin': wire}]},
  ],
  [
    'Resources.AddPendingResources',
    caller =>
      addPendingResources(caller, {
        application: 'postgresql',
        url,
        origin,
        resources: [{name: 'image', type: 'oci-image', path: '', origin: 'store', revision: -1}],
      }),
    {'pending-ids': ['p']},
    {
      tag: 'application-postgresql',
      url,
      'charm-origin': wire,
      macaroon: null,
      resources: [
        {name: 'image', type: 'oci-image', path: '', origin: 'store', revision: -1, fingerprint: '', size: 0},
      ],
    },
  ],
  [
    'Action.Run',
    caller => exec(caller, {unit: 'postgresql/leader', command: 'hostname', timeoutMs: 30_000}),
    {operation: 'operation-1', actions: [{action: {tag: 'action-2', receiver: 'unit-postgresql-0'}}]},
    {
      commands: 'hostname',
      timeout: 30_000_000_000,
      units: ['postgresql/leader'],
      parallel: true,
      'execution-group': '',
    },
  ],
  [
    'Secrets.ListSecrets',
    caller => findSecret(caller, 's3'),
    {results: null},
    {'show-secrets': false, filter: {label: 's3'}},
  ],
  [
    'Secrets.CreateSecrets',
    caller => createSecret(caller, {label: 's3', description: 'keys', content: {'access-key': 'AKIA'}}),
    {results: [{result: 'secret:1'}]},
    {
      args: [{'owner-tag': '', label: 's3', description: 'keys', content: {data: {'access-key': 'QUtJQQ=='}}}],
    },
  ],
  [
    'Secrets.UpdateSecrets',
    caller => updateSecret(caller, {label: 's3'}, {'access-key': 'ä'}),
    ok,
    {args: [{uri: '', 'existing-label': 's3', content: {data: {'access-key': 'w6Q='}}}]},
  ],
  [
    'Secrets.GrantSecret',
    caller => grantSecret(caller, {uri: 'secret:1', applications: ['a', 'b']}),
    {results: [{}, {}]},
    {uri: 'secret:1', label: '', applications: ['a', 'b']},
  ],
  [
    'ModelManager.ModelInfo',
    caller => modelInfo(caller, 'u'),
    {results: [{result: {name: 'm', uuid: 'u', 'owner-tag': 'user-admin'}}]},
    {entities: [{tag: 'model-u'}]},
  ],
]
for (const [name, call, reply, params] of sent) {
  test(`${name} is sent as Juju wants it`, async () => {
    const caller = new ScriptedCaller(reply)
    await call(caller)
    assert.deepEqual(caller.sent, [{name, params}])
  })
}

const text = fc.string({minLength: 1, maxLength: 8})
const nullable = fc.option(text)
const origins = fc.record(
  {
    source: fc.constantFrom('charm-hub', 'local'),
    type: fc.constantFrom('charm', ''),
    id: fc.string(),
    hash: fc.string(),
    risk: fc.constantFrom('stable', 'edge', ''),
    track: nullable,
    branch: nullable,
    architecture: text,
    base: fc.record({name: text, channel: text}, {noNullPrototype: true}),
    revision: fc.integer({min: -1, max: 10_000}),
    'instance-key': fc.string(),
  },
  {noNullPrototype: true},
)

test('an origin is given back to Juju as Juju gave it', () => {
  fc.assert(
    fc.property(origins, given => {
      const sentBack = sentOriginOf(originOf(wireOrigin.charmOrigin.parse(given)))
      assert.deepEqual(wireOrigin.sentCharmOrigin.parse(sentBack), given)
    }),
  )
})

test('an origin without a revision or base is sent without', () => {
  const bare: CharmOrigin = originOf(wireOrigin.charmOrigin.parse({source: 'local', type: '', id: ''}))
  assert.deepEqual([bare.revision, bare.base, bare.track], [undefined, undefined, undefined])
  assert.ok(!('revision' in sentOriginOf(bare)) && !('base' in sentOriginOf(bare)))
})

test('recorded: the charm and origin of an application', async () => {
  const {url: found, origin: local} = await charmOrigin(replay('application-charm-url-origin'), 'postgresql')
  assert.equal(found, 'local:pgdemo-0')
  assert.deepEqual([local.source, local.revision, local.track, local.base?.channel], ['local', 0, undefined, '22.04'])
  await assert.rejects(charmOrigin(replay('application-charm-url-origin-unknown'), 'ghost'), {code: 'not found'})
})

test('recorded: the leader, or none', async () => {
  assert.equal(await leader(replay('application-leader'), 'postgresql'), 'postgresql/0')
  await assert.rejects(leader(replay('application-leader-unknown'), 'ghost'), {name: 'JujuError', code: 'not found'})
})

test('recorded: applications with their bindings; an unknown one is left out', async () => {
  const [info, ...others] = await applicationsInfo(replay('applications-info'), ['postgresql', 'ghost'])
  assert.deepEqual(
    [info?.application, info?.charmName, info?.principal, info?.life],
    ['postgresql', 'pgdemo', true, 'alive'],
  )
  assert.equal(info?.endpointBindings['s3-parameters'], 'alpha')
  assert.deepEqual(others, [])
})

test('recorded: units that are added and removed, and refusals on the wrong kind of model', async () => {
  assert.deepEqual(await addUnits(replay('add-units'), {application: 'postgresql', count: 1}), ['postgresql/3'])
  const removed = await destroyUnits(replay('destroy-unit'), ['postgresql/3'])
  assert.deepEqual(removed.get('postgresql/3'), {accepted: true, destroyedStorage: [], detachedStorage: []})
  const gone = (await destroyUnits(replay('destroy-unit-unknown'), ['postgresql/77'])).get('postgresql/77')
  assert.equal(gone?.accepted === false && gone.error.code, 'not found')
  const one = {application: 'postgresql', count: 1}
  await assert.rejects(addUnits(replay('k8s-add-units'), one), {code: 'not supported'})
  await assert.rejects(addUnits(replay('blocked-add-units'), one), {code: 'operation is blocked'})
  await assert.rejects(addUnits(replay('viewer-add-units-denied'), one), {code: 'unauthorized access'})
  await assert.rejects(destroyUnits(replay('k8s-destroy-unit'), ['a/0']), {code: 'not supported'})
})

test('recorded: the scale of an application on Kubernetes', async () => {
  const scale = {application: 'postgresql-k8s', scale: 4}
  assert.equal(await scaleApplication(replay('k8s-scale-up'), scale), 4)
  await assert.rejects(scaleApplication(replay('k8s-scale-negative'), scale), {code: 'not valid'})
  await assert.rejects(scaleApplication(replay('k8s-scale-unknown-app'), scale), {name: 'JujuError', code: ''})
  await assert.rejects(scaleApplication(replay('scale-applications-iaas'), scale), {code: 'not supported'})
})

test('recorded: settings that are taken, and why others are not', async () => {
  await setConfig(replay('set-configs'), 'postgresql', {profile: 'testing'})
  await unsetConfig(replay('unset-config'), 'postgresql', ['profile'])
  const refused = (name: string, value: Record<string, string>) => setConfig(replay(name), 'postgresql', value)
  await assert.rejects(refused('set-configs-unknown-option', {bogus: 'x'}), {code: 'not valid'})
  await assert.rejects(refused('set-configs-unknown-app', {a: 'x'}), {code: 'not found'})
  await assert.rejects(refused('blocked-set-configs', {a: 'x'}), {code: 'operation is blocked'})
  await assert.rejects(refused('viewer-set-configs-denied', {a: 'x'}), {code: 'unauthorized access'})
})

test('S2.10 recorded: the refusal of a value does not quote it', async () => {
  await assert.rejects(setConfig(replay('set-configs-bad-int'), 'postgresql', {'max-connections': 'many'}), {
    message: 'option "max-connections" expected int, got "<hidden>"',
  })
})

test('recorded: a charm is set, again, back, and not', async () => {
  const request = {application: 'postgresql', url: 'local:pgdemo-1', origin}
  for (const name of ['set-charm', 'set-charm-same-again', 'set-charm-back', 'k8s-set-charm']) {
    await setCharm(replay(name), request)
  }
  const codes = [
    ['set-charm-unknown-charm', 'not found'],
    ['set-charm-unknown-app', 'not found'],
    ['set-charm-no-origin', 'bad request'],
    ['blocked-set-charm', 'operation is blocked'],
  ] as const
  for (const [name, code] of codes) await assert.rejects(setCharm(replay(name), request), {code}, name)
})

test('recorded: Charmhub that cannot be reached is told in its own words', async () => {
  await assert.rejects(resolveCharm(replay('resolve-charms'), {url, origin, switchCharm: false}), {
    name: 'JujuError',
    code: '',
    message: /charmhub/,
  })
})

test('recorded: resources of an application, announced ones, and those that a charm declares', async () => {
  const found = await listResources(replay('k8s-list-resources'), 'postgresql-k8s')
  assert.deepEqual(
    found.application.map(({name, type, origin: by, revision}) => [name, type, by, revision]),
    [['postgresql-image', 'oci-image', 'upload', 0]],
  )
  assert.deepEqual([...found.units.keys()], ['postgresql-k8s/0', 'postgresql-k8s/1', 'postgresql-k8s/2'])
  const wanted = {application: 'postgresql-k8s', url, origin, resources: found.application}
  const ids = await addPendingResources(replay('k8s-add-pending-resources'), wanted)
  assert.match(ids[0] ?? '', /^[\da-f-]{36}$/)
  const {resources} = await charmInfo(replay('k8s-charm-info'), 'local:pgk8s-0')
  assert.equal(resources.get('postgresql-image')?.type, 'oci-image')
})

test('recorded: a command that is run, and refused', async () => {
  const request = {unit: 'postgresql/leader', command: 'hostname', timeoutMs: 1000}
  const made = await exec(replay('run-as-model-admin'), request)
  assert.deepEqual([made.operationID, made.taskID, made.unit], ['29', '30', 'postgresql/0'])
  await assert.rejects(exec(replay('run-not-admin'), request), {code: 'unauthorized access'})
})

test('recorded: a model as its controller knows it', async () => {
  const {name, qualifier, type, life, version, migration} = await modelInfo(replay('controller-model-info'), 'u')
  assert.deepEqual(
    [name, qualifier, type, life, version, migration],
    ['test', 'prod', 'Machines', 'alive', '4.1-beta2', undefined],
  )
})

test('a model that is on its way elsewhere', async () => {
  const start = '2026-11-22T18:48:38Z'
  const reply = {results: [{result: {name: 'm', uuid: 'u', qualifier: 'prod', migration: {status: 'copying', start}}}]}
  const {migration} = await modelInfo(new ScriptedCaller(reply), 'u')
  assert.deepEqual(migration, {status: 'copying', start: '2026-11-22T18:48:38.000Z', end: undefined})
})

test('a secret is found by its very label, and never one that a charm made', async () => {
  const listed = (uri: string, label: string, owner: string) => ({uri, label, description: 'd', 'owner-tag': owner})
  const results = [
    listed('secret:1', 's3', 'model-u'),
    listed('secret:2', 's3', 'application-postgresql'),
    listed('secret:3', 's3', 'unit-postgresql-0'),
    listed('secret:4', 's3-old', 'model-u'),
  ]
  const found = await findSecret(new ScriptedCaller({results}), 's3')
  assert.deepEqual(found, [{uri: 'secret:1', description: 'd'}])
})

test('a secret whose label is taken, and a grant that fails for one application, are errors', async () => {
  const taken = {
    results: [{result: '', error: {message: 'secret with name "s3" already exists', code: 'already exists'}}],
  }
  const secret = {label: 's3', description: '', content: {k: 'v'}}
  await assert.rejects(createSecret(new ScriptedCaller(taken), secret), {code: 'already exists'})
  const half = {results: [{}, {error: {message: 'application "b" not found', code: 'not found'}}]}
  await assert.rejects(grantSecret(new ScriptedCaller(half), {label: 's3', applications: ['a', 'b']}), {
    code: 'not found',
  })
})

test('as many pending ids as resources, or the reply makes no sense', async () => {
  const caller = new ScriptedCaller({'pending-ids': []})
  const resources = [{name: 'i', type: 'file', path: '', origin: 'store', revision: 1}] as const
  const announced = addPendingResources(caller, {application: 'a', url, origin, resources})
  await assert.rejects(announced, {name: 'UnexpectedReply', message: /Resources\.AddPendingResources.*0 pending ids/})
})

const unknown: readonly [message: string, code: string, notFound: boolean][] = [
  ['unit "a/9" not found', 'not found', true],
  ['operation "99999" not found', '', true],
  ['application ghost not found', '', true],
  ['secret with label "x" not found', 'secret not found', true],
  ['the file was not found in time', '', false],
  ['model not found', 'model not found', false],
  ['permission denied', 'unauthorized access', false],
]
for (const [message, code, notFound] of unknown) {
  test(`"${message}" with code "${code}" is ${notFound ? '' : 'not '}that what was named is unknown`, () => {
    assert.equal(isNotFound(new JujuError('x', message, code)), notFound)
  })
}
