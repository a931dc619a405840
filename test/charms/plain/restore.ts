import type {CharmTask} from '../machine.ts'
import type {PlainState} from './state.ts'
import {showAll} from './status.ts'

/** Starts a restore of all units, which show how it goes and how it ended. @throws UncaughtCharmError as the engine is told */
export async function startRestore<C>(state: PlainState<C>, {unit}: CharmTask, backupId: string): Promise<void> {
  const {engine, host} = state
  const ended = engine.restore(unit, backupId)
  await showAll(state)
  host.background(ended.then(() => showAll(state)))
}

/** The same where the action waits for the end. @throws the signal's reason when it was killed: the restore goes on */
export async function waitForRestore<C>({engine}: PlainState<C>, task: CharmTask, backupId: string): Promise<void> {
  const killed = new Promise<never>((_resolve, reject) => {
    task.signal.addEventListener('abort', () => reject(task.signal.reason as Error), {once: true})
  })
  await Promise.race([engine.restore(task.unit, backupId), killed])
}
