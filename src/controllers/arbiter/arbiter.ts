import {judge, type Capacity, type Claim, type JujuHolder, type Verdict} from './order.ts'

/** What a caller has just read about one model; grants come from what is recorded in the objects. */
export interface Recorded {
  /** claims whose grant is recorded in their status and whose work in Juju is not over */
  readonly granted: readonly Claim[]
  /** uids of all objects of this model that are neither granted nor finished */
  readonly open: readonly string[]
  readonly juju: readonly JujuHolder[]
  readonly capacity: Capacity
}

interface ModelState {
  /** who asks for a grant now */
  readonly asking: Map<string, Claim>
  /** who has asked or declined since this process began */
  readonly heard: Set<string>
  /** granted here, but not recorded yet, or the caches may not show it yet */
  readonly fresh: Map<string, Claim>
}

/**
 * Grants application locks, model slots and storage slots, for all models of this process.
 *
 * The truth of a grant is `status.grantedAt` of the object, without which nothing is changed in Juju. This class adds what the
 * caches cannot know: grants that are not written yet, and who is asking. It is synchronous from reading to deciding, so two reconciles of one
 * process can never both be granted; the write of the grant carries a resourceVersion, so another process cannot either.
 */
export class Arbiter {
  readonly #models = new Map<string, ModelState>()

  /**
   * Asks for the grant of a claim. A granted verdict counts from now on; the caller records it in the object and then calls
   * `settled`, or `withdraw` if nothing was written. When that is not known, the grant stays until the claim asks again or
   * says otherwise.
   *
   * Nobody is granted anything before every open object of the model has been heard once since the start of the process, or
   * the first to be reconciled after a restart would overtake its elders.
   */
  request(model: string, claim: Claim, recorded: Recorded): Verdict {
    const state = this.#state(model)
    state.heard.add(claim.uid)
    state.asking.set(claim.uid, claim)
    state.fresh.delete(claim.uid)
    const silent = recorded.open.filter(uid => !state.heard.has(uid))
    if (silent.length > 0) {
      const message = `putting the queue in order after a start; ${silent.length} objects are still to be read`
      return {granted: false, position: 1, holder: 'operator', message}
    }
    const verdict = judge(claim, {
      granted: [...recorded.granted, ...this.#unseen(state, recorded)],
      waiting: [...state.asking.values()],
      juju: recorded.juju,
      capacity: this.#withFresh(model, recorded.capacity),
    })
    if (verdict.granted) {
      state.asking.delete(claim.uid)
      state.fresh.set(claim.uid, claim)
    }
    return verdict
  }

  /**
   * The object wants nothing now: it waits for something else, has finished, or is gone.
   *
   * @returns whether it gave a grant back, for which others may wait
   */
  withdraw(model: string, uid: string): boolean {
    const state = this.#state(model)
    state.heard.add(uid)
    state.asking.delete(uid)
    return state.fresh.delete(uid)
  }

  /** The caches show the grant (or the end) of this object: the record in the object takes over. */
  settled(model: string, uid: string): void {
    const state = this.#models.get(model)
    state?.fresh.delete(uid)
    state?.asking.delete(uid)
    state?.heard.add(uid)
  }

  /** The object does not exist any more, in whichever model it was. @returns whether it gave a grant back */
  forget(uid: string): boolean {
    let gaveBack = false
    for (const [model, state] of this.#models) {
      state.asking.delete(uid)
      if (state.fresh.delete(uid)) gaveBack = true
      state.heard.delete(uid)
      if (state.asking.size + state.fresh.size + state.heard.size === 0) this.#models.delete(model)
    }
    return gaveBack
  }

  /** The claims that ask for a grant in this model; their objects are to be reconciled again when something is released. */
  asking(model: string): readonly Claim[] {
    return [...(this.#models.get(model)?.asking.values() ?? [])]
  }

  #state(model: string): ModelState {
    let state = this.#models.get(model)
    if (!state) {
      state = {asking: new Map(), heard: new Set(), fresh: new Map()}
      this.#models.set(model, state)
    }
    return state
  }

  #unseen(state: ModelState, recorded: Recorded): Claim[] {
    const seen = new Set(recorded.granted.map(claim => claim.uid))
    return [...state.fresh.values()].filter(claim => !seen.has(claim.uid))
  }

  /** Adds the grants of other models that the caches may not show yet to the storages' use. */
  #withFresh(model: string, capacity: Capacity): Capacity {
    const storage = new Map(capacity.storage)
    for (const [other, state] of this.#models) {
      if (other === model) continue
      for (const claim of state.fresh.values()) {
        const slots = claim.storage === undefined ? undefined : storage.get(claim.storage)
        if (slots && claim.storage !== undefined) storage.set(claim.storage, {...slots, used: slots.used + 1})
      }
    }
    return {...capacity, storage}
  }
}
