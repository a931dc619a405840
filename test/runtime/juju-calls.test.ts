import assert from 'node:assert/strict'
import test from 'node:test'
import {CallAborted, ConnectionLost, JujuError} from '../../src/juju/errors.ts'
import {fail, modelUUID, respond} from '../unit/juju/scripted-server.ts'
import {connected} from '../unit/juju/session-world.ts'
import {resultsOf, until} from '../unit/juju/support.ts'

test('S1.1 an enqueue asks for one action of one unit, by tag', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.EnqueueOperation', () => respond({operation: 'operation-0', actions: resultsOf('actions-completed')}))
  const made = await session.enqueue({unit: 'postgresql/0', action: 'create-backup', parameters: {type: 'full'}})
  assert.deepEqual([made.operationID, made.taskID, made.unit], ['0', '1', 'postgresql/0'])
  assert.deepEqual(juju.asked('Action.EnqueueOperation')[0]?.params, {
    actions: [
      {
        tag: '',
        receiver: 'unit-postgresql-0',
        name: 'create-backup',
        parameters: {type: 'full'},
        parallel: false,
        'execution-group': '',
      },
    ],
  })
})

test('annotations go to the model or to an application; a success lists nothing', async t => {
  const {session, juju} = await connected(t)
  juju.on('Annotations.Set', () => respond({results: []}))
  juju.on('Annotations.Get', () => respond({results: [{entity: 'x', annotations: {a: '1'}, error: {}}]}))
  await session.setAnnotations('model', {'charmkeeper-owner': 'me'})
  await session.setAnnotations({application: 'postgresql'}, {'charmkeeper-ledger': ''})
  assert.deepEqual(await session.annotations('model'), {a: '1'})
  assert.deepEqual(
    juju.asked('Annotations.Set').map(({params}) => params['annotations']),
    [
      [{entity: `model-${modelUUID}`, annotations: {'charmkeeper-owner': 'me'}}],
      [{entity: 'application-postgresql', annotations: {'charmkeeper-ledger': ''}}],
    ],
  )
})

test('an annotation that is refused is an error, wherever the answer has it', async t => {
  const {session, juju} = await connected(t)
  juju.on('Annotations.Set', () =>
    respond({results: [{error: {message: 'permission denied', code: 'unauthorized access'}}]}),
  )
  juju.on('Annotations.Get', () =>
    respond({results: [{entity: '', error: {error: {message: 'gone', code: 'not found'}}}]}),
  )
  await assert.rejects(session.setAnnotations('model', {a: '1'}), {code: 'unauthorized access'})
  await assert.rejects(session.annotations({application: 'ghost'}), {code: 'not found'})
})

test('S1.11 a cancel is accepted, or refused in the words of Juju', async t => {
  const {session, juju} = await connected(t)
  const aborting = {action: {tag: 'action-6', receiver: 'unit-postgresql-0', name: 'create-backup'}, status: 'aborting'}
  juju.on('Action.Cancel', ({params}) =>
    JSON.stringify(params).includes('action-6')
      ? respond({results: [aborting]})
      : respond({results: resultsOf('cancel-running')}),
  )
  const results = await session.cancel(['6', '7'])
  const accepted = results.get('6')
  assert.equal(accepted?.accepted && accepted.task?.status, 'aborting')
  const refused = results.get('7')
  assert.match(refused && !refused.accepted ? refused.error.message : '', /cannot prepare statement/)
  assert.equal(juju.asked('Action.Cancel').length, 2)
})

test('a cancel that was not answered is an error, not a refusal', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.Cancel', () => 'silence')
  const controller = new AbortController()
  const cancel = assert.rejects(session.cancel(['6'], {signal: controller.signal}), CallAborted)
  await until('the request arrived', () => juju.asked('Action.Cancel').length === 1)
  controller.abort()
  await cancel
})

test('S1.8 log lines of a task arrive as they are written, until Juju ends the watch', async t => {
  const {session, juju} = await connected(t)
  const line = (message: string) => JSON.stringify({timestamp: '2026-11-22T18:48:38.975Z', message})
  const changes = [[line('b'), 'not JSON'], []]
  juju.on('Action.WatchActionsProgress', () => respond({results: [{'watcher-id': '5', changes: [line('a')]}]}))
  juju.on('StringsWatcher.Next', () => {
    const next = changes.shift()
    return next === undefined ? fail('watcher has been stopped', 'stopped') : respond({'watcher-id': '', changes: next})
  })
  juju.on('StringsWatcher.Stop', () => respond())
  const seen: string[] = []
  for await (const lines of session.watchActionsProgress('13')) seen.push(...lines.map(({message}) => message))
  assert.deepEqual(seen, ['a', 'b', 'not JSON'])
  assert.deepEqual(
    juju.asks.filter(({id}) => id !== undefined).map(({name, id}) => [name, id]),
    [...Array.from({length: 3}, () => ['StringsWatcher.Next', '5']), ['StringsWatcher.Stop', '5']],
  )
})

test('a watch that nobody needs any more is stopped', async t => {
  const {session, juju} = await connected(t)
  const line = JSON.stringify({timestamp: '2026-11-22T18:48:38.975Z', message: 'a'})
  juju.on('Action.WatchActionsProgress', () => respond({results: [{'watcher-id': '5', changes: [line]}]}))
  juju.on('StringsWatcher.Stop', () => respond())
  const lines = session.watchActionsProgress('13')
  await lines.next()
  await lines.return(undefined)
  assert.equal(juju.asked('StringsWatcher.Stop').length, 1)
})

test('a watch ends with its connection: on the next one its id may be that of another watcher', async t => {
  const {session, juju} = await connected(t)
  const line = JSON.stringify({timestamp: '2026-11-22T18:48:38.975Z', message: 'a'})
  juju.on('Action.WatchActionsProgress', () => respond({results: [{'watcher-id': '5', changes: [line]}]}))
  const lines = session.watchActionsProgress('13')
  await lines.next()
  session.reconnect()
  await session.whenConnected()
  await assert.rejects(lines.next(), ConnectionLost)
  assert.deepEqual([juju.asked('StringsWatcher.Next'), juju.asked('StringsWatcher.Stop')], [[], []])
})

test('a watch of an unknown task is an error', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.WatchActionsProgress', () => respond({results: [{error: {message: 'gone', code: 'not found'}}]}))
  await assert.rejects(session.watchActionsProgress('13').next(), JujuError)
})
