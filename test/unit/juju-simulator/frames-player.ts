import assert from 'node:assert/strict'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import type {RawReply, RawRequest} from '../../juju-simulator/raw-client.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {frame, normal, requestOf, withPassword} from './frames.ts'
import type {Chapter} from './frames-story.ts'

/** Plays one chapter. @throws AssertionError when an answer is not the recorded one, but for ids and times */
export async function replay(juju: SimulatedJuju, {path, user, steps}: Chapter): Promise<void> {
  const client =
    user === undefined ? await RawClient.connect(juju, path) : await RawClient.login(juju, path, user, `${user}-secret`)
  const ids = new Map<string, string>()
  try {
    for (const step of steps) {
      if (typeof step !== 'string') {
        await step(juju.control.model(modelIn(path)), juju)
        continue
      }
      const recorded = frame(step)
      const reply = await client.send(translated(withPassword(step, requestOf(recorded)), ids))
      learn(ids, recorded.response, reply)
      assert.deepEqual(normal(reply), normal(recorded.response), step)
    }
  } finally {
    client.close()
  }
}

/** UUID of the model that a connection is to. */
function modelIn(path: string): string | undefined {
  return /^\/model\/([^/]+)/.exec(path)?.[1]
}

interface WithIds {
  readonly results?: readonly {readonly 'watcher-id'?: string; readonly result?: unknown}[] | null
  readonly 'pending-ids'?: readonly string[] | null
}

/** Ids that later requests name: what was the recorded one is this one here. */
function learn(ids: Map<string, string>, recorded: RawReply, reply: RawReply): void {
  const [theirs, ours] = [idsIn(recorded), idsIn(reply)]
  for (const [index, id] of theirs.entries()) ids.set(id, ours[index] ?? id)
}

function idsIn({response = {}}: RawReply): readonly string[] {
  const {results, 'pending-ids': pending} = response as WithIds
  const items = (Array.isArray(results) ? results : []) as NonNullable<WithIds['results']>
  const made = items.map(item => item['watcher-id'] ?? item.result)
  return [...made.filter(id => typeof id === 'string'), ...(pending ?? [])]
}

function translated(request: RawRequest, ids: ReadonlyMap<string, string>): RawRequest {
  const text = [...ids].reduce((rest, [theirs, ours]) => rest.replaceAll(theirs, ours), JSON.stringify(request))
  return JSON.parse(text) as RawRequest
}
