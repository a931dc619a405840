import type {Logger} from '../../observability/log.ts'

/** One piece of work; it handles its own errors. */
export type Work = (signal: AbortSignal) => Promise<void>

export interface FairQueueOptions {
  /** how much runs at once, over all groups; of one group it is one at a time */
  readonly most: number
  /** nothing of the group waits or runs any more */
  readonly onIdle?: (group: string) => void
  readonly log: Logger
}

interface Group {
  readonly waiting: Map<string, Work>
  running: string | undefined
}

/**
 * Work that must not all run at once: bounded in parallel, one at a time for each group, and the groups take turns, so that a
 * large one does not hold up the others.
 */
export class FairQueue {
  readonly #options: FairQueueOptions
  /** in the order of their turns */
  readonly #groups = new Map<string, Group>()
  readonly #closed = new AbortController()
  #running = 0

  constructor(options: FairQueueOptions) {
    this.#options = options
  }

  /** Queues the work, unless the same of the group waits or runs already. */
  add(name: string, key: string, work: Work): void {
    if (this.#closed.signal.aborted) return
    const group: Group = this.#groups.get(name) ?? {waiting: new Map(), running: undefined}
    this.#groups.set(name, group)
    if (group.running !== key && !group.waiting.has(key)) group.waiting.set(key, work)
    this.#startMore()
  }

  /** Forgets what waits in the group; what runs goes on. */
  drop(name: string): void {
    const group = this.#groups.get(name)
    group?.waiting.clear()
    if (group?.running === undefined) this.#groups.delete(name)
  }

  /** Ends what runs, through its signal, and takes nothing more. */
  close(): void {
    this.#closed.abort(new Error('the process stops'))
    this.#groups.clear()
  }

  #startMore(): void {
    while (this.#running < this.#options.most) {
      const next = [...this.#groups].find(([, group]) => group.running === undefined && group.waiting.size > 0)
      if (next === undefined) return
      this.#start(...next)
    }
  }

  #start(name: string, group: Group): void {
    const [first] = group.waiting
    if (first === undefined) return
    const [key, work] = first
    group.waiting.delete(key)
    group.running = key
    this.#running += 1
    void work(this.#closed.signal)
      .catch((error: unknown) => this.#options.log.error('a reading in the background failed', {key, error}))
      .finally(() => this.#ended(name, group))
  }

  #ended(name: string, group: Group): void {
    this.#running -= 1
    group.running = undefined
    if (this.#closed.signal.aborted) return
    // Its next turn comes after those of all others.
    this.#groups.delete(name)
    if (group.waiting.size > 0) this.#groups.set(name, group)
    else this.#options.onIdle?.(name)
    this.#startMore()
  }
}
