import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {started} from './support.ts'

async function watched(t: TestContext) {
  const {login, control} = await started(t, {agents: 'external'})
  const task = control.enqueue('postgresql/0', 'create-backup')
  const client = await login()
  const params = {entities: [{tag: `action-${task}`}]}
  const {results} = await client.call('Action', 7, 'WatchActionsProgress', params)
  const [{'watcher-id': id}] = results as [{'watcher-id': string}]
  const ask = (request: string) => client.send({type: 'StringsWatcher', version: 1, id, request})
  const next = async (): Promise<readonly string[]> => {
    const {response = {}} = await ask('Next')
    const lines = response['changes'] as readonly string[]
    return lines.map(line => (JSON.parse(line) as {message: string}).message)
  }
  return {client, control, task, ask, next}
}

test('a watcher answers when there is something new, once', async t => {
  const {control, task, next} = await watched(t)
  const first = next()
  control.log(task, 'backup started')
  assert.deepEqual(await first, ['backup started'])
  const second = next()
  control.log(task, 'half of it')
  assert.deepEqual(await second, ['half of it'])
})

test('a stopped watcher ends the call that waits, and is not there any more', async t => {
  const {ask} = await watched(t)
  const waiting = ask('Next')
  assert.equal((await ask('Stop')).error, undefined)
  assert.equal((await waiting)['error-code'], 'stopped')
  assert.equal((await ask('Next'))['error-code'], 'not found')
})

test('a closed connection takes its watchers along', async t => {
  const {client, control, task, ask} = await watched(t)
  const waiting = ask('Next')
  client.close()
  await assert.rejects(waiting, /closed/)
  control.log(task, 'nobody hears this')
})
