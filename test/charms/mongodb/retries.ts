import {sleep} from '../../../src/time/clock.ts'
import type {CharmTask} from '../machine.ts'
import type {PbmRun} from './engine.ts'
import type {MongodbState} from './state.ts'

const tries = 10
const pauseMs = 15_000

/**
 * Runs a `pbm` command again while PBM reads its store anew.
 *
 * @returns undefined when it still does after ten tries
 * @throws the signal's reason when the action was killed
 */
export async function pastResync(
  {host}: MongodbState,
  {signal}: CharmTask,
  command: () => Promise<PbmRun>,
): Promise<PbmRun | undefined> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    const run = await command()
    if (run.ok || !run.output.includes('Resync')) return run
    if (attempt < tries) await sleep(host.clock, pauseMs, signal)
  }
  return undefined
}
