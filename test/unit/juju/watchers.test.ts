import assert from 'node:assert/strict'
import test from 'node:test'
import type {CallOptions, Caller} from '../../../src/juju/connection.ts'
import {CallAborted, ConnectionLost, JujuError} from '../../../src/juju/errors.ts'
import {nameOf, type Call, type ParamsOf, type ResultOf} from '../../../src/juju/facades/call.ts'
import {watchStrings} from '../../../src/juju/watchers.ts'

/** A server with one watcher: its answers come when the test says so. */
class WatchedServer implements Caller {
  readonly calls: string[] = []
  #pending: PromiseWithResolvers<unknown> | undefined

  call<C extends Call>(call: C, _params: ParamsOf<C>, options: CallOptions = {}): Promise<ResultOf<C>> {
    this.calls.push(`${nameOf(call)} ${options.id ?? ''}`)
    if (call.method === 'Stop') return Promise.resolve(undefined as ResultOf<C>)
    const pending = (this.#pending = Promise.withResolvers<unknown>())
    options.signal?.addEventListener('abort', () => {
      pending.reject(new CallAborted('StringsWatcher.Next', options.signal?.reason, true))
    })
    return pending.promise as Promise<ResultOf<C>>
  }

  say(...changes: readonly string[]): void {
    this.#pending?.resolve({'watcher-id': '', changes})
  }

  fail(error: Error): void {
    this.#pending?.reject(error)
  }
}

const started = {'watcher-id': '7', changes: ['first']}
const nextAndStop = ['StringsWatcher.Next 7', 'StringsWatcher.Stop 7']

test('a watcher tells what there was, then what is new, in order', async () => {
  const server = new WatchedServer()
  const watch = watchStrings(server, started)
  assert.deepEqual((await watch.next()).value, ['first'])
  const second = watch.next()
  server.say('second', 'third')
  assert.deepEqual((await second).value, ['second', 'third'])
  await watch.return(undefined)
  assert.deepEqual(server.calls, nextAndStop)
})

test('without anything at the start, the first news is waited for', async () => {
  const server = new WatchedServer()
  const first = watchStrings(server, {...started, changes: []}).next()
  server.say('news')
  assert.deepEqual((await first).value, ['news'])
})

test('who stops listening stops the watcher', async () => {
  const server = new WatchedServer()
  for await (const changes of watchStrings(server, started)) {
    assert.deepEqual(changes, ['first'])
    break
  }
  assert.deepEqual(server.calls, ['StringsWatcher.Stop 7'])
})

test('an abort ends the wait at once, and stops the watcher', async () => {
  const server = new WatchedServer()
  const stop = new AbortController()
  const watch = watchStrings(server, {...started, changes: []}, stop.signal)
  const next = watch.next()
  stop.abort()
  await assert.rejects(next, CallAborted)
  assert.deepEqual(server.calls, nextAndStop)
})

test('a watcher that Juju ends is over, without an error', async () => {
  const server = new WatchedServer()
  const next = watchStrings(server, {...started, changes: []}).next()
  server.fail(new JujuError('StringsWatcher.Next', 'watcher has been stopped', 'stopped'))
  assert.deepEqual(await next, {value: undefined, done: true})
})

for (const error of [
  new ConnectionLost('gone', true),
  new JujuError('x', 'permission denied', 'unauthorized access'),
]) {
  test(`any other end is an error: ${error.name}`, async () => {
    const server = new WatchedServer()
    const next = watchStrings(server, {...started, changes: []}).next()
    server.fail(error)
    await assert.rejects(next, error)
    assert.deepEqual(server.calls, nextAndStop)
  })
}
