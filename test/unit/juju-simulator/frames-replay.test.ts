import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {ModelControl} from '../../juju-simulator/model-control.ts'
import {loginParams, RawClient} from '../../juju-simulator/raw-client.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {frame, normal, requestOf, withPassword} from './frames.ts'
import {kubernetesLab, lab, labController, labModel, settleLab} from './lab.ts'

/** A recorded frame to send and compare, or what was done behind the server's back between two of them. */
type Step = string | ((control: ModelControl, juju: SimulatedJuju) => void | Promise<void>)

const model = `/model/${labModel}/api`
const users = ['admin', 'operator', 'viewer', 'modeladmin', 'nobody'].map(name => ({
  name,
  password: `${name}-secret`,
  superuser: name === 'admin',
}))

async function startLab(t: test.TestContext) {
  const juju = await startSimulatedJuju({
    profile: '4.0.12',
    models: [lab, kubernetesLab],
    users,
    controllerUUID: labController,
    agents: 'external',
    checksParams: false,
  })
  t.after(() => juju.stop())
  settleLab(juju.control.model())
  settleLab(juju.control.model(kubernetesLab.uuid))
  return juju
}

/** Replays the steps on one connection; every answer has to equal the recorded one but for ids and times. */
async function replay(
  t: test.TestContext,
  path: string,
  user: string | undefined,
  steps: readonly Step[],
): Promise<void> {
  const juju = await startLab(t)
  const client =
    user === undefined ? await RawClient.connect(juju, path) : await RawClient.login(juju, path, user, `${user}-secret`)
  t.after(() => client.close())
  let watcher = ''
  for (const step of steps) {
    if (typeof step !== 'string') {
      await step(juju.control.model(), juju)
      continue
    }
    const recorded = frame(step)
    const request = requestOf(recorded)
    const own = request.id === undefined || request.id === '4711' ? request : {...request, id: watcher}
    const reply = await client.send(withPassword(own))
    const started = (reply.response as {results?: {'watcher-id'?: string}[]} | undefined)?.results?.[0]?.['watcher-id']
    watcher = started ?? watcher
    assert.deepEqual(normal(reply), normal(recorded.response), step)
  }
}

test('status, configuration, units, charms and annotations are as Juju 4 answers them', t =>
  replay(t, model, 'operator', [
    'full-status',
    'full-status-v7',
    'full-status-pattern',
    'full-status-no-match',
    'watch-all',
    'application-get',
    'application-get-unknown',
    'application-leader',
    'application-leader-unknown',
    'units-info',
    'units-info-application',
    'units-info-unknown',
    'charm-info',
    'charm-info-unknown',
    'application-charm-info',
    'applications-charms-actions',
    'annotations-get',
    'unknown-params-ignored',
    'params-missing',
    control => {
      control.application('postgresql').trust = true
      return control.setConfig('postgresql', {profile: 'testing', 'max-connections': 250, 'backup-prefix': ''})
    },
    'application-get-after-set',
  ]))

test('errors of calls are as Juju 4 words them', t =>
  replay(t, model, 'operator', [
    'error-bad-facade-version',
    'error-old-facade-version',
    'error-unknown-method',
    'error-controller-facade-on-model',
    'error-bad-params',
    'error-watcher-unknown-id',
    'login-error-second-login',
    'after-login-ping',
  ]))

test('tasks, logs, watchers, cancellation and operations are as on Juju 4, defects included', t =>
  replay(t, model, 'operator', [
    'enqueue-operation',
    'operations-pending',
    'actions-pending',
    'watch-actions-progress',
    control => control.start('1'),
    'operations-running',
    control => control.log('1', 'backup started', 'backup 50%'),
    'strings-watcher-next',
    'strings-watcher-stop',
    'actions-running-with-log',
    control => control.finish('1', {results: finished}),
    'operations-completed',
    'actions-completed',
    'cancel-completed-task',
    'enqueue-operation-leader',
    control => control.start('3'),
    control => control.finish('3', {status: 'failed', message: 'no S3 credentials'}),
    'operations-failed',
    'enqueue-operation-three-units',
    'cancel-pending',
    control => control.start('6'),
    'operations-mixed',
    'cancel-running',
    control => control.finish('6', {status: 'aborted', message: 'aborted by user'}),
    'operations-mixed-after-abort',
    control => control.start('7'),
    control => control.finish('7'),
    'operations-mixed-finished',
    'enqueue-defaults',
    'enqueue-parallel-group',
    'enqueue-typed-parameters',
    'actions-typed-parameters',
    'enqueue-minimal',
    'enqueue-error-empty',
    'enqueue-error-unknown-action',
    'enqueue-error-no-actions-on-charm',
    'enqueue-error-unknown-unit',
    'enqueue-error-unknown-app',
    'enqueue-error-unknown-leader',
    'enqueue-error-bad-tag',
    'enqueue-error-app-tag',
    'enqueue-error-missing-param',
    'enqueue-error-bad-enum',
    'enqueue-error-wrong-type',
    'enqueue-error-additional-property',
    'enqueue-error-mixed-names',
    'enqueue-error-two-apps',
    'enqueue-one-good-one-unknown-unit',
    'operations-unknown',
    'actions-unknown',
    'cancel-unknown',
    'list-operations',
    'list-operations-filtered',
    'list-operations-truncated',
    'list-operations-unknown-app',
    'enqueue-juju-exec-by-writer',
  ]))

const finished = {
  'backup-status': 'backup created',
  nested: {id: '2026-07-13T10:00:00Z'},
  'return-code': 0,
  stdout: 'ok\n',
}

test('a Kubernetes model has pods instead of machines', t =>
  replay(t, `/model/${kubernetesLab.uuid}/api`, 'operator', ['k8s-full-status', 'k8s-application-get', 'k8s-enqueue']))

test('the models of a user are listed with what he may do there', t =>
  replay(t, '/api', 'operator', ['controller-list-model-summaries-operator']))

test('a reader may read and may not write', t =>
  replay(t, model, 'viewer', [
    'viewer-full-status',
    'viewer-enqueue-denied',
    'viewer-cancel-denied',
    'viewer-charms-actions-denied',
  ]))

test('before login, and at a login that fails, Juju 4 answers so', t =>
  replay(t, model, undefined, [
    'before-login-call',
    'before-login-ping',
    'login-error-admin-v4',
    'redirect-info-not-redirected',
    'login-error-no-model-access',
    'login-error-unknown-user',
    'login-model-operator',
    'login-error-second-login',
  ]))

for (const name of [
  'login-model-admin',
  'login-model-viewer',
  'login-client-3.6.14',
  'login-client-none',
  'login-old-client-2.9.0',
])
  test(`${name} is as on Juju 4`, t => replay(t, model, undefined, [name]))

test('a wrong password is told only after the model', async t => {
  const juju = await startLab(t)
  const login = {type: 'Admin', version: 3, request: 'Login', params: loginParams('operator', 'wrong')}
  const known = await RawClient.connect(juju, model)
  assert.deepEqual(normal(await known.send(login)), normal(frame('login-error-wrong-password').response))
  const unknown = await RawClient.connect(juju, frame('login-error-unknown-model').path)
  assert.deepEqual(
    normal(await unknown.send(login)),
    normal(frame('login-error-unknown-model-wrong-password').response),
  )
  known.close()
  unknown.close()
})

test('an unknown model is told at login', t =>
  replay(t, frame('login-error-unknown-model').path, undefined, [
    'login-error-unknown-model',
    'login-error-unknown-model-admin',
  ]))

for (const path of ['/api', '/'])
  test(`a controller login on ${path} is as on Juju 4`, t =>
    replay(t, path, undefined, [path === '/' ? 'protocol-root' : 'login-controller', 'controller-all-models-v12']))

test('errors on a controller connection are as on Juju 4', t =>
  replay(t, '/api', 'operator', [
    'error-list-models-of-other',
    'error-all-models-not-superuser',
    'error-model-facade-on-controller',
    'error-unknown-facade',
  ]))

test('while the controller is upgraded only logins and pings pass', t =>
  replay(t, model, undefined, [
    (_control, juju) => juju.faults.upgrade(),
    'upgrading-login',
    'upgrading-application-get',
    'upgrading-enqueue',
    'upgrading-ping',
  ]))
