import type {Clock} from '../../time/clock.ts'
import {abortable} from '../../time/abortable.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {ActionFacts} from './observed.ts'

/** How long what a revision of a charm has is remembered, ms: it does not change, so that this bounds the memory alone. */
const keptMs = 10 * 60_000

interface Known {
  /** monotonic ms */
  readonly at: number
  readonly facts: Promise<ActionFacts>
}

/**
 * The actions of charms, each revision read once for all jobs of the models that get it from the same place: a fleet runs few
 * charms, and what a revision has never changes. Only of one that Juju has not downloaded yet it is not known.
 */
export class CharmActions {
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param url of the charm, as the application's status has it. @throws JujuError, ConnectionLost */
  async read(handle: ModelHandle, url: string, signal: AbortSignal): Promise<ActionFacts> {
    const now = this.#clock.monotonic()
    for (const [key, {at}] of this.#known) if (now - at >= keptMs) this.#known.delete(key)
    const key = `${originOf(handle, url)} ${url}`
    const known = this.#known.get(key)
    if (known !== undefined) return abortable(known.facts, signal)
    const facts = readActions(handle, url)
    const entry = {at: now, facts}
    this.#known.set(key, entry)
    const forget = (): void => {
      if (this.#known.get(key) === entry) this.#known.delete(key)
    }
    facts.then(({actions}) => {
      if (actions.size === 0) forget()
    }, forget)
    return abortable(facts, signal)
  }
}

/** A controller has a charm of a store once; a local one is its model's own. */
function originOf({session, modelUUID}: ModelHandle, url: string): string {
  const {state} = session
  return state.kind === 'connected' && !url.startsWith('local:') ? state.controllerUUID : modelUUID
}

async function readActions({session}: ModelHandle, url: string): Promise<ActionFacts> {
  const {actions} = await session.charmInfo(url)
  return {url, actions}
}
