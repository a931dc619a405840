import assert from 'node:assert/strict'
import {CallAborted} from '../../../../src/juju/errors.ts'
import {SnapshotPoller} from '../../../../src/juju/snapshot.ts'
import {unit, type Check} from './world.ts'

/** Many operations, snapshots, cancels and progress. */
export function follows(check: Check): void {
  check('S1.5 more operations than a page holds are all listed, by rising number', async world => {
    const first = await world.operator.listOperations()
    const made: string[] = []
    for (let count = first.length; count < 60; count++) {
      made.push((await world.operator.enqueue({unit, action: 'get-primary', parameters: {}})).operationID)
    }
    const all = (await world.operator.listOperations()).map(({operationID}) => operationID)
    for (const id of made) assert.ok(all.includes(id), `operation ${id}`)
    assert.deepEqual(
      all,
      [...all].sort((a, b) => Number(a) - Number(b)),
    )
    assert.equal(new Set(all).size, all.length)
  })

  check('a snapshot has the unfinished operations and the tracked task, with its end', async world => {
    const poller = new SnapshotPoller(world.operator, world.deps)
    const made = await world.operator.enqueue({unit, action: 'get-primary', parameters: {}})
    const release = poller.track(made.taskID)
    await world.finished(made.taskID)
    const {tasks, unfinished, missingTasks} = await poller.refreshNow()
    release()
    poller.close()
    const task = tasks.get(made.taskID)
    assert.equal(task?.status, 'completed')
    assert.ok(Math.abs(Date.parse(task?.completed ?? '') - Date.now()) < 60_000, task?.completed)
    assert.ok(!unfinished.some(({operationID}) => operationID === made.operationID))
    assert.equal(missingTasks.size, 0)
  })

  check('S1.11 a cancel is accepted or refused in words, and an unknown task is refused', async world => {
    const made = await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})
    const results = await world.operator.cancel([made.taskID, '99999'])
    const unknown = results.get('99999')
    assert.equal(unknown?.accepted, false)
    assert.ok(results.has(made.taskID))
    await world.finished(made.taskID)
  })

  check('S1.8 the progress of a task can be watched, and the watch ended', async world => {
    const made = await world.operator.enqueue({unit, action: 'list-backups', parameters: {}})
    const ended = new AbortController()
    const lines = world.operator.watchActionsProgress(made.taskID, ended.signal)
    const first = lines.next().catch((error: unknown) => error)
    await world.finished(made.taskID)
    ended.abort()
    const end: unknown = await first
    assert.ok(!(end instanceof Error) || end instanceof CallAborted, String(end))
    await world.operator.fullStatus()
  })
}
