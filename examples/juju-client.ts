import {setTimeout} from 'node:timers/promises'
import {findModel, isFinished, ModelSession, standaloneDeps, type JujuTarget, type TaskInfo} from '../src/juju/index.ts'

/** Runs list-backups on the leader of an application, and waits for what it says. */
export async function listBackups(target: JujuTarget, model: string, app: string): Promise<TaskInfo | undefined> {
  const deps = standaloneDeps()
  const {match} = await findModel(target, {name: model}, deps)
  if (match.kind !== 'one') throw new Error(match.message)
  const session = new ModelSession(target, match.model.uuid, deps)
  try {
    await session.whenConnected(AbortSignal.timeout(30_000))
    const {taskID} = await session.enqueue({unit: `${app}/leader`, action: 'list-backups', parameters: {}})
    for (; ; await setTimeout(200)) {
      const [task] = await session.actions([taskID])
      if (task === undefined || isFinished(task.status)) return task
    }
  } finally {
    await session.close()
  }
}
