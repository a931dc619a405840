import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ControlPort} from '../../juju-simulator/control-port.ts'
import {faultSwitches} from '../../juju-simulator/control-faults.ts'
import {loginParams, RawClient} from '../../juju-simulator/raw-client.ts'
import {enqueue, started, until} from './support.ts'

async function opened(t: test.TestContext) {
  const world = await started(t)
  const port = new ControlPort(world.juju)
  const url = await port.listen()
  t.after(() => port.close())
  const post = async (command: object): Promise<unknown> =>
    (await fetch(url, {method: 'POST', body: JSON.stringify(command)})).json()
  return {...world, post}
}

test('a task of a held unit is started, logged and finished by hand', async t => {
  const {post, control} = await opened(t)
  await post({op: 'hold', unit: 'postgresql/2'})
  const {task} = (await post({op: 'enqueue', unit: 'postgresql/2', action: 'list-backups'})) as {task: string}
  assert.deepEqual(await post({op: 'tasks'}), [
    {operation: '0', task, unit: 'postgresql/2', action: 'list-backups', params: {}, status: 'pending'},
  ])
  await post({op: 'start', task})
  await post({op: 'log', task, log: ['half way']})
  await post({op: 'finish', task, status: 'failed', message: 'no luck', results: {why: 'none'}})
  const {status, message, log, output} = control.task(task)
  assert.deepEqual(
    [status, message, log.map(line => line.message), output],
    ['failed', 'no luck', ['half way'], {why: 'none'}],
  )
})

test('unit and agent status, options and relation data are read and set as on the real server', async t => {
  const {post} = await opened(t)
  await post({op: 'unit-status', unit: 'postgresql/1', status: 'blocked', message: 'because', agent: 'executing'})
  const units = (await post({op: 'units', app: 'postgresql'})) as {name: string; status: string; message: string}[]
  assert.deepEqual(
    units.map(({status, message}) => `${status}: ${message}`),
    ['active: Primary', 'blocked: because', 'active: '],
  )
  await post({op: 'set-config', app: 's3-integrator', data: {bucket: 'other'}})
  assert.equal(((await post({op: 'config', app: 's3-integrator'})) as {bucket: string}).bucket, 'other')
  const [relation] = (await post({op: 'relations', app: 'postgresql'})) as {
    application: string
    data: {bucket: string}
  }[]
  assert.deepEqual([relation?.application, relation?.data.bucket], ['s3-integrator', 'other'])
})

test('what is not there is an error with words', async t => {
  const {post} = await opened(t)
  assert.deepEqual(await post({op: 'start', task: '99'}), {error: 'there is no task 99'})
  assert.deepEqual(await post({op: 'units', app: 'ghost'}), {error: 'there is no application ghost'})
  assert.deepEqual(await post({op: 'bogus'}), {error: 'unknown op "bogus"'})
})

test('the call log comes out without passwords', async t => {
  const {post, login} = await opened(t)
  await login()
  const calls = JSON.stringify(await post({op: 'calls'}))
  assert.match(calls, /"method":"Login"/)
  assert.doesNotMatch(calls, /operator-secret/)
})

test('units come up, fail, die and come back at a command, and a charm is rolled out', async t => {
  const {post, control, clock} = await opened(t)
  const shown = async (): Promise<string[]> =>
    ((await post({op: 'units', app: 'postgresql'})) as {name: string; status: string; message: string}[]).map(
      ({name, status}) => `${name} ${status}`,
    )
  assert.deepEqual(await post({op: 'start-unit', app: 'postgresql'}), {unit: 'postgresql/3'})
  assert.equal((await shown())[3], 'postgresql/3 waiting')
  await post({op: 'start-removal', unit: 'postgresql/2'})
  await post({op: 'fail-hook', unit: 'postgresql/1', hook: 'start'})
  assert.equal((await shown())[1], 'postgresql/1 error')
  await post({op: 'resolve', unit: 'postgresql/1'})
  await post({op: 'kill-agent', unit: 'postgresql/1'})
  assert.equal(control.application('postgresql').units.get('postgresql/1')?.agent.status, 'lost')
  await post({op: 'revive-agent', unit: 'postgresql/1'})
  await clock.advance(600_000)
  assert.deepEqual(await shown(), ['postgresql/0 active', 'postgresql/1 active', 'postgresql/3 active'])
  const charm = control.application('postgresql').charmUrl
  assert.deepEqual(await post({op: 'refresh', app: 'postgresql', charm}), {ok: true})
  assert.match(JSON.stringify(await post({op: 'refresh', app: 'postgresql', charm: 'ch:other-1'})), /has no charm/)
  assert.match(JSON.stringify(await post({op: 'fail-next-hook', unit: 'postgresql/0', hook: 'x'})), /hook is one of/)
})

test('an application goes and comes back at a command, with its relation', async t => {
  const {post, control} = await opened(t)
  const charm = control.application('postgresql').charmUrl
  await post({op: 'remove-application', app: 'postgresql'})
  assert.deepEqual(await post({op: 'units', app: 'postgresql'}), {error: 'there is no application postgresql'})
  const ends = ['postgresql:s3-parameters', 's3-integrator:s3-credentials']
  await post({op: 'deploy', app: 'postgresql', charm, count: 2, ends})
  assert.equal(((await post({op: 'relations', app: 'postgresql'})) as object[]).length, 1)
  assert.equal(((await post({op: 'units', app: 'postgresql'})) as object[]).length, 2)
})

test('a stranger works at a command', async t => {
  const {post, clock} = await opened(t)
  await post({op: 'stranger', action: 'list-backups', every: 60_000, app: 'postgresql'})
  await clock.advance(600_000)
  assert.ok(((await post({op: 'tasks'})) as object[]).length > 5)
})

test('the controller restarts, is upgraded, migrates and sends on at a command', async t => {
  const {post, juju, clock, login, path} = await opened(t)
  const fault = (name: string, fields: object = {}): Promise<unknown> => post({op: 'fault', fault: name, ...fields})
  await login()
  const restarting = fault('restart', {ms: 1000})
  await until(() => juju.server.connections.length === 0)
  await clock.advance(1000)
  assert.deepEqual(await restarting, {ok: true})
  await login()
  await fault('maintenance')
  await assert.rejects(login(), /maintenance in progress/)
  assert.deepEqual(await fault('upgrade-to', {release: '3.6.14', ms: 0}), {ok: true})
  const client = await login()
  assert.equal((await client.call('Client', 8, 'FullStatus'))['model'] instanceof Object, true)
  await fault('start-migration')
  assert.equal((await client.send(enqueue))['error-code'], 'model migration in progress')
  await fault('start-migration', {on: false})
  assert.equal((await client.send(enqueue)).error, undefined)
  await fault('redirect', {endpoint: '10.0.0.9:17070', certificate: 'PEM', controller: 'c', alias: 'other'})
  const again = await RawClient.connect(juju, path)
  const params = loginParams('operator', 'operator-secret')
  const reply = await again.send({type: 'Admin', version: 3, request: 'Login', params})
  assert.equal(reply['error-info']?.['controller-alias'], 'other')
  again.close()
  assert.match(JSON.stringify(await fault('upgrade-to', {release: '5'})), /release is one of/)
})

test('every fault that needs no more than its name is switched on by it', async t => {
  const {post} = await opened(t)
  const withMore = new Set(['upgrade-to', 'redirect', 'restart', 'refuse', 'freeze'])
  for (const name of Object.keys(faultSwitches).filter(each => !withMore.has(each))) {
    const answer = JSON.stringify(await post({op: 'fault', fault: name}))
    assert.match(answer, /^\{"(ok|caCertificate)"/, `${name}: ${answer}`)
  }
})
