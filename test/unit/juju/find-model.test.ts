import assert from 'node:assert/strict'
import test, {type TestContext} from 'node:test'
import {withController, type ModelSummary} from '../../../src/juju/controller-session.ts'
import {JujuError} from '../../../src/juju/errors.ts'
import {findModel, matchModel} from '../../../src/juju/find-model.ts'
import {controllerUUID, fail, loginReply, modelUUID, respond, ScriptedServer} from './scripted-server.ts'
import {frame, targetOf, testDeps} from './support.ts'

const model = (qualifier: string, name: string, uuid = `${qualifier}-${name}`): ModelSummary => ({
  uuid,
  name,
  qualifier,
  type: 'Machines',
  access: 'write',
  life: 'alive',
  version: '3.6.14',
})
const list = (models: readonly ModelSummary[], withheld: readonly JujuError[] = []) => ({models, withheld})
const models = list([model('admin', 'prod'), model('alice', 'prod'), model('admin', 'test'), model('bob@idm', 'x')])

test('a name alone is enough where it is unique', () => {
  assert.deepEqual(matchModel(models, {name: 'test'}, 'op'), {kind: 'one', model: model('admin', 'test')})
})

test('owner/name is always enough', () => {
  assert.deepEqual(matchModel(models, {name: 'alice/prod'}, 'op'), {kind: 'one', model: model('alice', 'prod')})
  assert.equal(matchModel(models, {name: 'bob@idm/x'}, 'op').kind, 'one')
})

test('a UUID names one model', () => {
  assert.deepEqual(matchModel(models, {uuid: 'admin-prod'}, 'op'), {kind: 'one', model: model('admin', 'prod')})
})

test('a name of several models is not guessed at, and the message says what to write', () => {
  const match = matchModel(models, {name: 'prod'}, 'op')
  assert.deepEqual(match.kind === 'several' && match.candidates, ['admin/prod', 'alice/prod'])
  assert.match(match.kind === 'several' ? match.message : '', /write one of admin\/prod, alice\/prod/)
})

test('a name that is not listed: the message shows what the user can see', () => {
  const match = matchModel(models, {name: 'nowhere'}, 'op')
  assert.equal(match.kind, 'none')
  assert.match(
    match.kind === 'none' ? match.message : '',
    /op sees no model named "nowhere".*visible: admin\/prod, alice\/prod/,
  )
  const many = list(Array.from({length: 30}, (_, index) => model('a', `m${index}`)))
  const shown = matchModel(many, {name: 'nowhere'}, 'op')
  assert.match(shown.kind === 'none' ? shown.message : '', /m9 and 20 more$/)
  const empty = matchModel(list([]), {uuid: 'u'}, 'op')
  assert.match(empty.kind === 'none' ? empty.message : '', /with UUID u.*visible: none/)
})

test('a name that may be among the withheld is hidden, not absent', () => {
  const refusal = new JujuError('ModelManager.ListModelSummaries', 'permission denied', 'unauthorized access')
  const match = matchModel(list([], [refusal]), {name: 'prod'}, 'op')
  assert.equal(match.kind, 'hidden')
})

async function controller(t: TestContext, changes: Record<string, unknown> = {}): Promise<ScriptedServer> {
  const juju = await ScriptedServer.start()
  t.after(() => juju.close())
  juju.on('Admin.Login', () => respond(loginReply({'model-tag': '', ...changes})))
  return juju
}

const summary = {
  name: 'prod',
  uuid: modelUUID,
  type: 'caas',
  'user-access': 'write',
  'agent-version': '3.6.14',
  life: 'alive',
}

test('Juju 3: the owner is the qualifier; the user asks for its own list, the connection is closed', async t => {
  const juju = await controller(t)
  juju.on('ModelManager.ListModelSummaries', () =>
    respond({results: [{result: {...summary, 'owner-tag': 'user-admin'}}, {error: {message: '', code: ''}}]}),
  )
  const found = await findModel(targetOf(juju), {name: 'admin/prod'}, testDeps())
  assert.deepEqual(found, {
    match: {kind: 'one', model: {...model('admin', 'prod', modelUUID), type: 'Kubernetes'}},
    controllerUUID,
    serverVersion: '3.6.14',
    user: 'operator',
  })
  const [ask] = juju.asked('ModelManager.ListModelSummaries')
  assert.deepEqual([ask?.version, ask?.params], [10, {'user-tag': 'user-operator', all: false}])
})

test('Juju 4: the recorded list of a superuser, with qualifiers, and admin access to all', async t => {
  const user = {identity: 'user-admin', 'controller-access': 'superuser', 'model-access': ''}
  const juju = await controller(t, {'user-info': user, facades: [{name: 'ModelManager', versions: [9, 10, 11]}]})
  const recording = frame('controller-list-model-summaries-v11').response?.response
  juju.on('ModelManager.ListModelSummaries', () => respond(recording))
  const {match} = await findModel(targetOf(juju), {name: 'prod/test'}, testDeps())
  assert.equal(match.kind === 'one' && match.model.access, 'admin')
  const [ask] = juju.asked('ModelManager.ListModelSummaries')
  assert.deepEqual([ask?.version, ask?.params], [11, {'user-tag': 'user-admin', all: true}])
})

test('a model that the controller withholds is seen as withheld', async t => {
  const juju = await controller(t)
  juju.on('ModelManager.ListModelSummaries', () =>
    respond({results: [{error: {message: 'permission denied', code: 'unauthorized access'}}]}),
  )
  const {match} = await findModel(targetOf(juju), {name: 'prod'}, testDeps())
  assert.equal(match.kind, 'hidden')
})

test('the version of the controller is asked for; a failure closes the connection all the same', async t => {
  const juju = await controller(t)
  juju.on('Controller.ControllerVersion', () => respond({version: '3.6.15', 'git-commit': ''}))
  assert.equal(await withController(targetOf(juju), testDeps(), one => one.version()), '3.6.15')
  juju.on('ModelManager.ListModelSummaries', () => fail('boom'))
  await assert.rejects(findModel(targetOf(juju), {name: 'prod'}, testDeps()), /boom/)
  while (juju.connections > 0) await new Promise(resolve => setImmediate(resolve))
})
