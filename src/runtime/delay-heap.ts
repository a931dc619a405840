interface Entry {
  readonly key: string
  readonly at: number
  /** A later, earlier-due entry took its place. */
  replaced: boolean
}

/** Keys with the time at which each is due; of two times for one key the earlier wins. A binary heap. */
export class DelayHeap {
  readonly #heap: Entry[] = []
  readonly #entries = new Map<string, Entry>()

  /** @returns whether the key is now due earlier than before */
  schedule(key: string, at: number): boolean {
    const present = this.#entries.get(key)
    if (present !== undefined && present.at <= at) return false
    if (present !== undefined) present.replaced = true
    const entry = {key, at, replaced: false}
    this.#entries.set(key, entry)
    this.#heap.push(entry)
    this.#up(this.#heap.length - 1)
    return true
  }

  /** Forgets the key. */
  cancel(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.replaced = true
    this.#entries.delete(key)
  }

  /** When the next key is due. */
  get nextAt(): number | undefined {
    this.#dropReplaced()
    return this.#heap[0]?.at
  }

  /** Takes out one key that is due at `now`. */
  takeDue(now: number): string | undefined {
    this.#dropReplaced()
    const top = this.#heap[0]
    if (top === undefined || top.at > now) return undefined
    this.#pop()
    this.#entries.delete(top.key)
    return top.key
  }

  get size(): number {
    return this.#entries.size
  }

  #dropReplaced(): void {
    while (this.#heap[0]?.replaced === true) this.#pop()
  }

  #pop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#down(0)
  }

  #up(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfLater(parent, child)) return
      child = parent
    }
  }

  #down(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1
      const child = this.#isEarlier(left + 1, left) ? left + 1 : left
      if (!this.#swapIfLater(parent, child)) return
      parent = child
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]]
    return first !== undefined && second !== undefined && first.at < second.at
  }

  #swapIfLater(parent: number, child: number): boolean {
    const [above, below] = [this.#heap[parent], this.#heap[child]]
    if (above === undefined || below === undefined || above.at <= below.at) return false
    this.#heap[parent] = below
    this.#heap[child] = above
    return true
  }
}
