import {setImmediate as nextTurn} from 'node:timers/promises'

import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {KubeClient} from '../kube/client.ts'
import {isNotFound} from '../kube/errors.ts'
import {keyOf, splitKey} from '../kube/resources.ts'
import {type Clock, sleep} from '../time/clock.ts'
import {isAtLeast} from './resource-version.ts'
import type {ObjectStore} from './store.ts'

export interface DriftOptions {
  readonly client: KubeClient
  readonly resource: ResourceType
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly store: Pick<ObjectStore<KubeObject>, 'identity' | 'keys'>
  readonly clock: Clock
}

/** By then a living watch has delivered what the list showed. */
const settleMs = 10_000
const pageSize = 500
/** More suspects than this are drift for certain; asking for each would only add load. */
const mostQuestions = 50

interface Truth {
  readonly version: string
}

/**
 * Compares a cache with the API server by resourceVersion, which no two states of a collection share (metadata only, in pages).
 *
 * The truth is read first and the cache afterwards, with time for the watch in between: so only what the watch will
 * never deliver is found.
 *
 * @returns the keys of objects that the cache has missing, too old, or too many
 */
export async function findDrift(options: DriftOptions, signal: AbortSignal): Promise<readonly string[]> {
  const {namespace, store, clock} = options
  const heldBefore = new Set(store.keys(namespace))
  const suspects = await listSuspects(options, heldBefore, signal)
  if (suspects.size === 0 && heldBefore.size === 0) return []
  await sleep(clock, settleMs, signal)
  const behind = [...suspects].filter(([key, truth]) => !isCurrent(store, key, truth)).map(([key]) => key)
  const surplus = [...heldBefore].filter(key => store.identity(key) !== undefined)
  return confirm(options, [...behind, ...surplus], signal)
}

/** What is listed but not (yet) held in that state. Listed keys leave `unlisted`. */
async function listSuspects(
  {client, resource, namespace, labelSelector, fieldSelector, store}: DriftOptions,
  unlisted: Set<string>,
  signal: AbortSignal,
): Promise<Map<string, Truth>> {
  const suspects = new Map<string, Truth>()
  const selection = {namespace, labelSelector, fieldSelector, limit: pageSize, metadataOnly: true, signal}
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await client.listPage<KubeObject>(resource, {...selection, continue: next})
    for (const item of page.items) {
      const key = keyOf(item)
      const truth = {version: item.metadata.resourceVersion ?? ''}
      unlisted.delete(key)
      if (!isCurrent(store, key, truth)) suspects.set(key, truth)
    }
    next = page.continue
    await nextTurn()
  }
  return suspects
}

/** A later object of the same name is current too: the watch moved on. */
function isCurrent(store: DriftOptions['store'], key: string, {version}: Truth): boolean {
  return isAtLeast(store.identity(key)?.resourceVersion, version)
}

/** Asks for each suspect once more, and gives the watch time again: it may have been deleted, or changed, since the list. */
async function confirm(
  options: DriftOptions,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (keys.length === 0 || keys.length > mostQuestions) return keys
  const truths = new Map<string, Truth | undefined>()
  for (const key of keys) truths.set(key, await askFor(options, key, signal))
  await sleep(options.clock, settleMs, signal)
  const {store} = options
  return keys.filter(key => {
    const truth = truths.get(key)
    return truth === undefined ? store.identity(key) !== undefined : !isCurrent(store, key, truth)
  })
}

/** undefined: there is no such object. */
async function askFor({client, resource}: DriftOptions, key: string, signal: AbortSignal): Promise<Truth | undefined> {
  try {
    const {metadata} = await client.get<KubeObject>(resource, splitKey(key), {signal})
    return {version: metadata.resourceVersion ?? ''}
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
