import type {KubeClient} from './kube/client.ts'
import {isForbidden, isNotFound, isUnauthorized} from './kube/errors.ts'
import {namespaces} from './kube/resources.ts'
import type {Logger} from './observability/log.ts'
import {Backoff} from './time/backoff.ts'
import {type Clock, type Random, sleep} from './time/clock.ts'

/** Models in Juju are signed with the cluster's id; without one this operator could not be told from another. */
export class ClusterIdUnknown extends Error {
  override readonly name = 'ClusterIdUnknown'
}

export interface ClusterIdDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

/** An API server that has just started refuses everybody for a moment, and a chart may be half installed. */
const refusedForMs = 10_000

/**
 * The UID of kube-system, which names a cluster for as long as it lives. Waits while the API server does not answer.
 *
 * @throws ClusterIdUnknown when the API server answers, and keeps refusing
 */
export async function readClusterId(
  client: Pick<KubeClient, 'get'>,
  {clock, random, log}: ClusterIdDeps,
  signal: AbortSignal,
): Promise<string> {
  const backoff = new Backoff({initialMs: 500, maxMs: 5_000, jitter: 0.5, random})
  let refusedAt: number | undefined
  for (;;) {
    try {
      const {metadata} = await client.get(namespaces, {name: 'kube-system'}, {signal})
      if (metadata.uid !== undefined) return metadata.uid
      throw new ClusterIdUnknown('the namespace kube-system has no UID: give --cluster-id')
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ClusterIdUnknown) throw error
      const refused = isForbidden(error) || isNotFound(error) || isUnauthorized(error)
      refusedAt = refused ? (refusedAt ?? clock.monotonic()) : undefined
      if (refusedAt !== undefined && clock.monotonic() - refusedAt >= refusedForMs) throw unknown(error)
      const pause = backoff.next()
      log.warn('the id of the cluster cannot be read yet', {error, retryInMs: Math.round(pause)})
      await sleep(clock, pause, signal)
    }
  }
}

function unknown(error: unknown): ClusterIdUnknown {
  return new ClusterIdUnknown(
    `cannot tell this cluster from others, as the namespace kube-system cannot be read (${String(error)}): ` +
      'give --cluster-id, or the Role in kube-system that the chart contains',
    {cause: error},
  )
}
