import assert from 'node:assert/strict'
import {test} from 'node:test'
import {FairQueue} from '../../../../src/controllers/inventory/fair-queue.ts'
import {silentLogger} from '../../../../src/observability/log.ts'

/** A queue whose work ends when it is told to. */
function held(most: number) {
  const started: string[] = []
  const idle: string[] = []
  const ends = new Map<string, () => void>()
  const queue = new FairQueue({most, log: silentLogger, onIdle: group => idle.push(group)})
  const add = (group: string, key: string): void =>
    queue.add(group, key, async () => {
      started.push(`${group}/${key}`)
      await new Promise<void>(resolve => ends.set(`${group}/${key}`, resolve))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  return {queue, started, idle, add, end}
}

test('so much runs at once, one of each group, and the groups take turns', async () => {
  const {started, add, end} = held(2)
  for (const key of ['1', '2', '3']) add('large', key)
  add('small', '1')
  add('late', '1')
  assert.deepEqual(started, ['large/1', 'small/1'])
  await end('large/1')
  assert.deepEqual(started.slice(2), ['late/1'], 'the large group waits for its turn')
  await end('small/1')
  await end('late/1')
  await end('large/2')
  assert.deepEqual(started.slice(3), ['large/2', 'large/3'])
})

test('what waits or runs already is not queued again', async () => {
  const {started, add, end} = held(1)
  add('a', '1')
  add('a', '1')
  add('a', '2')
  add('a', '2')
  await end('a/1')
  await end('a/2')
  assert.deepEqual(started, ['a/1', 'a/2'])
})

test('a group is idle when its last work is over, not before', async () => {
  const {idle, add, end} = held(3)
  add('a', '1')
  add('a', '2')
  await end('a/1')
  assert.deepEqual(idle, [])
  await end('a/2')
  assert.deepEqual(idle, ['a'])
})

test('a group that is dropped starts nothing more, and work that throws does not hold up the others', async () => {
  const {queue, started, add, end} = held(1)
  add('a', '1')
  add('a', '2')
  queue.drop('a')
  await end('a/1')
  assert.deepEqual(started, ['a/1'])
  queue.add('b', '1', () => Promise.reject(new Error('a mistake')))
  await new Promise(resolve => setImmediate(resolve))
  add('c', '1')
  assert.deepEqual(started, ['a/1', 'c/1'])
})

test('a closed queue tells what runs to end, and starts nothing', () => {
  const {queue, started, add} = held(1)
  let signal: AbortSignal | undefined
  queue.add('a', '1', running => {
    signal = running
    return new Promise(() => undefined)
  })
  add('b', '1')
  queue.close()
  add('c', '1')
  assert.equal(signal?.aborted, true)
  assert.deepEqual(started, [])
})
