import assert from 'node:assert/strict'
import {test} from 'node:test'
import {BatchedTasks} from '../../../../src/controllers/juju-actions/batched-tasks.ts'
import type {TaskInfo} from '../../../../src/juju/tasks.ts'

const never = new AbortController().signal
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Calls that end when the test says so; task 0 is not known to Juju. */
function session() {
  const calls: {readonly ids: readonly string[]; readonly end: PromiseWithResolvers<void>}[] = []
  const actions = async (ids: readonly string[]): Promise<readonly TaskInfo[]> => {
    const end = Promise.withResolvers<void>()
    calls.push({ids, end})
    await end.promise
    return ids.filter(id => id !== '0').map(taskID => ({taskID}) as TaskInfo)
  }
  return {calls, actions}
}

test('tasks that are asked for while a call is under way are read with the next one, each once', async () => {
  const {calls, actions} = session()
  const tasks = new BatchedTasks()
  const ask = (id: string) => tasks.read({actions}, 'm', id, never)
  const first = Promise.all([ask('1'), ask('2')])
  await settle()
  const second = Promise.all([ask('1'), ask('3'), ask('3'), ask('0')])
  await settle()
  assert.deepEqual(
    calls.map(({ids}) => ids),
    [['1', '2']],
  )
  calls[0]?.end.resolve()
  assert.deepEqual(
    (await first).map(task => task?.taskID),
    ['1', '2'],
  )
  await settle()
  assert.deepEqual(calls[1]?.ids, ['1', '3', '0'])
  calls[1]?.end.resolve()
  assert.deepEqual(
    (await second).map(task => task?.taskID),
    ['1', '3', '3', undefined],
  )
})

test('models do not wait for each other, and who gives up leaves the others their answer', async () => {
  const {calls, actions} = session()
  const tasks = new BatchedTasks()
  const leaving = new AbortController()
  const left = tasks.read({actions}, 'm', '1', leaving.signal)
  const stays = tasks.read({actions}, 'm', '2', never)
  const other = tasks.read({actions}, 'n', '3', never)
  await settle()
  assert.equal(calls.length, 2)
  leaving.abort(new Error('deleted'))
  await assert.rejects(left, /deleted/)
  for (const {end} of calls) end.resolve()
  assert.deepEqual([(await stays)?.taskID, (await other)?.taskID], ['2', '3'])
})

test('a call that fails is told to all who share it, and the next one is made', async () => {
  const {calls, actions} = session()
  const tasks = new BatchedTasks()
  const [first, second] = [tasks.read({actions}, 'm', '1', never), tasks.read({actions}, 'm', '2', never)]
  await settle()
  const third = tasks.read({actions}, 'm', '3', never)
  calls[0]?.end.reject(new Error('the connection was lost'))
  await assert.rejects(first, /lost/)
  await assert.rejects(second, /lost/)
  await settle()
  calls[1]?.end.resolve()
  assert.equal((await third)?.taskID, '3')
})
