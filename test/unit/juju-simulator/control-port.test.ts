import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ControlPort} from '../../juju-simulator/control-port.ts'
import {started} from './support.ts'

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
