import assert from 'node:assert/strict'
import {globSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {actions, enqueue, operations} from '../../../src/juju/actions.ts'
import {annotations} from '../../../src/juju/annotations.ts'
import {applicationGet, unitsInfo} from '../../../src/juju/applications.ts'
import {charmInfo, parameterDefaults} from '../../../src/juju/charms.ts'
import type {Caller} from '../../../src/juju/connection.ts'
import {JujuError} from '../../../src/juju/errors.ts'
import type {Call, ResultOf} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {fullStatus} from '../../../src/juju/status.ts'
import {ScriptedCaller, replay} from './replayed.ts'
import {frame, framesFolder, resultsOf, type Frame} from './support.ts'

const recorded = globSync('*.json', {cwd: framesFolder}).map(file => frame(path.basename(file, '.json')))
const answered = recorded.filter(
  one => one.request !== undefined && one.response?.response !== undefined && !one.response.error,
)
const callOf = ({request}: Frame) =>
  allCalls.find(call => call.facade === request?.type && call.method === request.request)

test('every recorded answer to a call of ours is understood', () => {
  const known = answered.filter(one => callOf(one) !== undefined)
  assert.ok(known.length > 80, 'the recordings are there')
  for (const one of known) {
    const parsed = callOf(one)?.result.safeParse(one.response?.response)
    assert.equal(parsed?.success, true, `${one.name}: ${parsed?.error?.message ?? ''}`)
  }
})

test('the recordings cover every call of ours but JAAS, redirects, and what was not recorded of Charmhub and secrets', () => {
  const covered = new Set(answered.map(callOf))
  const uncovered = allCalls.filter(call => !covered.has(call)).map(call => `${call.facade}.${call.method}`)
  assert.deepEqual(uncovered.sort(), [
    'Admin.LoginWithClientCredentials',
    'Admin.LoginWithSessionToken',
    'Admin.RedirectInfo',
    'Annotations.Set',
    'Charms.AddCharm',
    'Charms.GetDownloadInfos',
    'Secrets.CreateSecrets',
    'Secrets.GrantSecret',
    'Secrets.ListSecrets',
    'Secrets.UpdateSecrets',
  ])
})

test('FullStatus: applications, units and relations in our words', async () => {
  const {model, applications, relations, controllerTime} = await fullStatus(replay('full-status'))
  assert.deepEqual([model.name, model.type, model.cloud, model.version], ['test', 'Machines', 'dummy', '4.1-beta2'])
  const postgresql = applications.get('postgresql')
  assert.deepEqual([postgresql?.charmName, postgresql?.revision, postgresql?.life], ['pgdemo', 0, 'alive'])
  assert.deepEqual(
    postgresql?.units.map(({name, leader}) => [name, leader]),
    [
      ['postgresql/0', true],
      ['postgresql/1', false],
      ['postgresql/2', false],
    ],
  )
  assert.deepEqual(postgresql?.relations['s3-parameters'], ['s3-integrator'])
  assert.deepEqual(postgresql?.units[0]?.workload, {
    status: 'active',
    message: 'ready',
    since: '2026-11-22T18:48:36.164Z',
  })
  assert.ok(relations.some(relation => relation.endpoints.some(({endpoint}) => endpoint === 's3-parameters')))
  assert.match(controllerTime ?? '', /^2026-11-22T18:48:/)
})

test('FullStatus: a model on Kubernetes has a scale and pods', async () => {
  const {model, applications} = await fullStatus(replay('k8s-full-status'))
  const application = applications.get('postgresql-k8s')
  assert.deepEqual([model.type, application?.scale], ['Kubernetes', 3])
  assert.deepEqual(application?.units[1]?.providerID, 'postgresql-k8s-1')
})

test('FullStatus: a dying unit is seen as dying, and no match is empty', async () => {
  const dying = await fullStatus(replay('full-status-dying-unit'))
  assert.equal(dying.applications.get('postgresql')?.units.find(({name}) => name === 'postgresql/3')?.life, 'dying')
  const none = await fullStatus(replay('full-status-no-match'))
  assert.deepEqual([none.applications.size, none.relations], [0, []])
})

test('S1.8 a finished task brings output and log; its year-1 end is no end', async () => {
  const {found, missing} = await actions(replay('actions-completed'), ['1'])
  assert.deepEqual(found.get('1'), {
    taskID: '1',
    receiver: 'postgresql/0',
    action: 'create-backup',
    parameters: {type: 'full'},
    status: 'completed',
    message: '',
    output: {
      'backup-status': 'backup created',
      nested: {id: '2026-07-13T10:00:00Z'},
      'return-code': 0,
      stdout: 'ok\n',
    },
    log: [
      {time: '2026-11-22T18:48:38.975Z', message: 'backup started'},
      {time: '2026-11-22T18:48:38.975Z', message: 'backup 50%'},
    ],
    enqueued: '2026-11-22T18:48:38.934Z',
    started: '2026-11-22T18:48:38.962Z',
    completed: undefined,
  })
  assert.equal(missing.size, 0)
})

test('S2.24 whatever else a charm or a newer server says does no harm', async () => {
  const [known] = resultsOf('actions-completed')
  const richer = {...known, output: {...(known?.['output'] as object), 'new-key': {deep: [1]}}, 'new-field': {x: 1}}
  const server: Caller = {
    call: <C extends Call>(call: C) =>
      Promise.resolve(call.result.parse({results: [richer], 'new-field': 1}) as ResultOf<C>),
  }
  const {found} = await actions(server, ['1'])
  assert.deepEqual(found.get('1')?.output['new-key'], {deep: [1]})
  assert.equal(found.get('1')?.status, 'completed')
})

test('unknown tasks and operations are missing, not errors', async () => {
  assert.deepEqual([...(await actions(replay('actions-unknown'), ['99999', '8'])).missing], ['99999', '8'])
  const [first] = resultsOf('operations-unknown')
  const one: Caller = {
    call: <C extends Call>(call: C) => Promise.resolve(call.result.parse({results: [first]}) as ResultOf<C>),
  }
  assert.deepEqual([...(await operations(one, ['99999'])).missing], ['99999'])
})

test('operations say when they ended', async () => {
  const {found} = await operations(replay('operations-completed'), ['0'])
  assert.equal(found.get('0')?.completed, '2026-11-22T18:48:39.601Z')
  assert.deepEqual(
    found.get('0')?.tasks.map(({taskID}) => taskID),
    ['1'],
  )
})

const request = {unit: 'postgresql/0', action: 'create-backup', parameters: {type: 'full'}}

test('S2.5 an enqueue returns operation, task and unit', async () => {
  assert.deepEqual(await enqueue(replay('enqueue-operation'), request), {
    operationID: '0',
    taskID: '1',
    unit: 'postgresql/0',
    enqueued: '2026-11-22T18:48:38.934Z',
  })
})

test('an enqueue to the leader returns the unit that Juju chose', async () => {
  const {unit} = await enqueue(replay('enqueue-operation-leader'), {...request, unit: 'postgresql/leader'})
  assert.match(unit, /^postgresql\/\d$/)
})

const refusals = [
  'unknown-unit',
  'unknown-app',
  'bad-tag',
  'unknown-action',
  'no-actions-on-charm',
  'unknown-leader',
  'empty',
]
for (const refusal of refusals) {
  test(`an enqueue that Juju refuses (${refusal}) is a JujuError, whether the call or the item carries it`, async () => {
    await assert.rejects(enqueue(replay(`enqueue-error-${refusal}`), request), JujuError)
  })
}

test('annotations: the empty error of a success counts as none', async () => {
  assert.deepEqual(await annotations(replay('annotations-get'), {application: 'postgresql'}), {})
})

test('application settings with their source, unset ones without a value', async () => {
  const {settings, charmName, trust} = await applicationGet(replay('application-get'), 'postgresql')
  assert.deepEqual(settings.get('max-connections'), {type: 'int', source: 'default', value: 100})
  assert.deepEqual(settings.get('backup-prefix'), {type: 'string', source: 'unset', value: undefined})
  assert.deepEqual([charmName, trust], ['pgdemo', false])
})

test('units with relation data by unit name', async () => {
  const [unit] = await unitsInfo(replay('units-info'), ['postgresql/0'])
  const relation = unit?.relations.find(({endpoint}) => endpoint === 's3-parameters')
  assert.deepEqual(relation?.unitData.get('s3-integrator/0'), {
    'ingress-address': '10.0.0.1',
    'unit-key': 'from-s3-integrator-0',
  })
  assert.deepEqual(await unitsInfo(replay('units-info-unknown'), ['ghost/0']), [])
})

test("a charm's actions with their JSON schema, and the defaults in it", async () => {
  const {actions: specs, name, endpoints} = await charmInfo(replay('charm-info'), 'local:pgdemo-0')
  const backup = specs.get('create-backup')
  assert.deepEqual([name, [...specs.keys()]], ['pgdemo', ['create-backup', 'list-backups', 'restore', 'slow']])
  assert.deepEqual(backup && parameterDefaults(backup), {type: 'full'})
  assert.deepEqual(endpoints.get('s3-parameters'), {role: 'requirer', interface: 's3'})
})

test('the charm of a unit is what Juju says, and nothing when Juju says nothing', async () => {
  const {applications} = await fullStatus(replay('full-status-refreshing'))
  const units = applications.get('postgresql')?.units ?? []
  assert.deepEqual(new Set(units.map(({charmURL}) => charmURL)), new Set(['']), 'as recorded on 4.x')
  const recorded = frame('full-status-refreshing').response?.response as {applications: {postgresql: {units: object}}}
  const said = {'postgresql/0': {'agent-status': {}, 'workload-status': {}, charm: 'ch:amd64/postgresql-467'}}
  recorded.applications.postgresql.units = said
  const [unit] = (await fullStatus(new ScriptedCaller(recorded))).applications.get('postgresql')?.units ?? []
  assert.equal(unit?.charmURL, 'ch:amd64/postgresql-467', 'as 3.x says it')
})
