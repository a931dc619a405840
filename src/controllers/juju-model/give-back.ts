import {releaseOwner} from '../../juju/owner.ts'
import type {DescribedSession} from '../../juju/writes/described-session.ts'
import type {WriteGuard} from '../../kube/client.ts'
import type {Logger} from '../../observability/log.ts'
import type {Clock} from '../../time/clock.ts'
import {Deadline} from '../../time/deadline.ts'

export interface GiveBackDeps {
  readonly guard: WriteGuard
  /** who we are in Juju */
  readonly self: string
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** It is given up after this time, ms: the JujuModel is gone already, and nobody waits for it. */
const withinMs = 30_000

/**
 * Makes nobody the owner of a model in Juju, if we are it. Whatever goes wrong is a line in the log: then the model stays ours.
 *
 * @param session undefined: there is no way into Juju
 * @param mayRelease asked right before the write: somebody may have begun to use the model anew
 */
export async function giveBack(
  session: DescribedSession | undefined,
  mayRelease: () => boolean,
  {guard, self, clock, log, signal: parent}: GiveBackDeps,
): Promise<void> {
  const deadline = new Deadline(clock, withinMs, parent, () => new Error('Juju was away for too long'))
  const {signal} = deadline
  const mayWrite = (): boolean => {
    guard.assertMayWrite()
    return mayRelease()
  }
  try {
    if (session === undefined) throw new Error('there is no way into Juju')
    await session.whenConnected(signal)
    const isFree = await releaseOwner(session, self, {mayWrite, clock, signal})
    if (isFree) log.info('gave the model back: nobody owns it in Juju any more', {modelUUID: session.modelUUID})
  } catch (error) {
    log.warn('the model was not given back: another cluster needs spec.takeOver for it', {owner: self, error})
  } finally {
    deadline.clear()
  }
}
