import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import type {RawReply} from '../../juju-simulator/raw-client.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {ledgerModel} from './ledger-charm.ts'
import type {LedgerOptions} from './ledger-charm.ts'
import {started} from './support.ts'

interface Task {
  readonly status: string
  readonly message?: string
  readonly action: {readonly tag: string; readonly name: string; readonly receiver: string}
  readonly output?: {readonly 'return-code': number; readonly stdout?: string; readonly stderr?: string}
}

async function shell(t: TestContext, options: LedgerOptions = {}) {
  const world = await ledgerModel(t, options)
  const client = await world.as('modeladmin')
  const send = (commands: string, unit = 'books/0', timeoutMs = 30_000): Promise<RawReply> =>
    client.send({
      type: 'Action',
      version: 7,
      request: 'Run',
      params: {commands, timeout: timeoutMs * 1_000_000, units: [unit], parallel: true, 'execution-group': ''},
    })
  const task = async (tag: string): Promise<Task> => {
    const {results} = await client.call('Action', 7, 'Actions', {entities: [{tag}]})
    return (results as [Task])[0]
  }
  const run = async (commands: string, unit?: string, waitMs = 1): Promise<Task> => {
    const {response} = await send(commands, unit)
    await world.clock.advance(waitMs)
    return task((response as {actions: [Task]}).actions[0].action.tag)
  }
  return {...world, client, send, run, task}
}

test('a command is a task named juju-exec, completed whatever its code is', async t => {
  const {run} = await shell(t)
  const good = await run('echo one && echo two')
  assert.deepEqual([good.action.name, good.status], ['juju-exec', 'completed'])
  assert.deepEqual(good.output, {'return-code': 0, stdout: 'one\ntwo\n'})
  const bad = await run('no-such-tool --help')
  assert.equal(bad.status, 'completed')
  assert.equal(bad.output?.['return-code'], 127)
  assert.match(bad.output?.stderr ?? '', /no-such-tool: command not found/)
})

test('the leader is found when the command is asked for', async t => {
  const {run, control} = await shell(t)
  control.setLeader('books', 'books/2')
  assert.equal((await run('is-leader', 'books/leader')).output?.stdout, 'True\n')
  assert.equal((await run('is-leader', 'books/0')).output?.stdout, 'False\n')
})

test('the leader writes the databag of its application, byte for byte; others do not', async t => {
  const {run, control} = await shell(t)
  const [{id} = {id: -1}] = control.model.relations
  const written = await run(`relation-set -r ${id} --app note='it'\\''s "here"; $HOME && done' empty=`)
  assert.equal(written.output?.['return-code'], 0)
  assert.deepEqual(control.model.relations[0]?.ends[0]?.data, {note: 'it\'s "here"; $HOME && done'})
  const refused = await run(`relation-set -r ${id} --app note=mine`, 'books/1')
  assert.deepEqual(refused.output, {'return-code': 1, stderr: 'ERROR cannot write relation settings\n'})
  assert.equal((await run(`relation-get -r ${id} --app note books`)).output?.stdout, 'it\'s "here"; $HOME && done\n')
})

test('nothing is written when the command as a whole fails', async t => {
  const {run, control} = await shell(t)
  const [{id} = {id: -1}] = control.model.relations
  await run(`relation-set -r ${id} --app note=lost; false`)
  assert.deepEqual(control.model.relations[0]?.ends[0]?.data, {})
})

test('values come from a here-document too; an empty one removes its key', async t => {
  const {run, control} = await shell(t)
  const [{id} = {id: -1}] = control.model.relations
  await run(`relation-set -r ${id} --app --file - <<'EOF'\nbucket: "backups"\nregion: eu\nEOF\n`)
  assert.deepEqual(control.model.relations[0]?.ends[0]?.data, {bucket: 'backups', region: 'eu'})
  await run(`relation-set -r ${id} --app region=`)
  assert.deepEqual(control.model.relations[0]?.ends[0]?.data, {bucket: 'backups'})
})

test('relations and what is in them are read with the tools of a hook', async t => {
  const clock = new VirtualClock()
  const {seed} = memoryPostgresqlModel({clock})
  const {juju, control} = await started(t, {
    clock,
    models: [{...seed, access: {operator: 'admin'}}],
  })
  const [line] = control.relations('postgresql').filter(({endpoint}) => endpoint === 's3-parameters')
  assert.ok(line)
  const commands = `relation-ids s3-parameters; relation-list -r ${line.id}; relation-get -r ${line.id} --app bucket s3-integrator`
  const client = await RawClient.login(juju, `/model/${juju.modelUUID}/api`, 'operator', 'operator-secret')
  t.after(() => client.close())
  await client.call('Action', 7, 'Run', {commands, timeout: 0, units: ['postgresql/1']})
  await clock.advance(1)
  const [task] = control.model.operations.tasks.values()
  assert.deepEqual(task?.output, {
    'return-code': 0,
    stdout: `s3-parameters:${line.id}\ns3-integrator/0\nbackups\n`,
  })
})

test('a command that takes too long is killed, and its task has failed', async t => {
  const {send, task, clock} = await shell(t)
  const {response} = await send('sleep 60', 'books/0', 5000)
  const {tag} = (response as {actions: [Task]}).actions[0].action
  await clock.advance(4000)
  assert.equal((await task(tag)).status, 'running')
  await clock.advance(2000)
  const killed = await task(tag)
  assert.deepEqual([killed.status, killed.message], ['failed', 'command cancelled'])
})

test('a cancelled command is aborted', async t => {
  const {send, task, clock, client} = await shell(t, {profile: '3.6.14'})
  const {response} = await send('sleep 60')
  const {tag} = (response as {actions: [Task]}).actions[0].action
  await clock.advance(1000)
  await client.call('Action', 7, 'Cancel', {entities: [{tag}]})
  await clock.advance(1)
  assert.equal((await task(tag)).status, 'aborted')
})

test('only administrators of the model run commands, and none that starts another juju-exec', async t => {
  const {as, send} = await shell(t)
  const params = {commands: 'hostname', timeout: 0, units: ['books/0']}
  const refused = await (await as('operator')).send({type: 'Action', version: 7, request: 'Run', params})
  assert.equal(refused['error-code'], 'unauthorized access')
  for (const nested of ['juju-run x', 'juju-exec x'])
    assert.equal((await send(nested)).error, `cannot use "${nested}" as an action command`)
})

test('a unit that is not there is told beside its item', async t => {
  const {send} = await shell(t)
  const {response} = await send('hostname', 'books/9')
  const [item] = (response as {actions: [{error: {message: string}}]}).actions
  assert.match(item.error.message, /unit "books\/9" not found$/)
})

test('an unfinished quote is the shell’s error', async t => {
  const {run} = await shell(t)
  const {output} = await run("echo 'never")
  assert.equal(output?.['return-code'], 2)
})
