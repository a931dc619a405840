/** An entry that has its place in a TimerHeap. */
export interface Due {
  /** when it is due; equal times keep the order of `sequence` */
  readonly at: number
  readonly sequence: number
}

/** The entry that is due first is at hand; adding and removing any entry costs the logarithm of their number. */
export class TimerHeap<T extends Due> {
  readonly #entries: T[] = []
  readonly #places = new Map<T, number>()

  get size(): number {
    return this.#entries.length
  }

  /** The entry that is due first. */
  get first(): T | undefined {
    return this.#entries[0]
  }

  add(entry: T): void {
    this.#put(entry, this.#entries.length)
    this.#rise(entry)
  }

  /** @returns false when it is not in here (any more) */
  delete(entry: T): boolean {
    const place = this.#places.get(entry)
    if (place === undefined) return false
    this.#places.delete(entry)
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return true
    this.#put(last, place)
    this.#rise(last)
    this.#sink(last)
    return true
  }

  #rise(entry: T): void {
    for (let place = this.#placeOf(entry); place > 0;) {
      const above = (place - 1) >> 1
      const parent = this.#entries[above]
      if (parent === undefined || !isBefore(entry, parent)) return
      this.#put(parent, place)
      this.#put(entry, above)
      place = above
    }
  }

  #sink(entry: T): void {
    for (let place = this.#placeOf(entry); ;) {
      const child = this.#earlierChild(place)
      if (child === undefined || !isBefore(child, entry)) return
      const below = this.#placeOf(child)
      this.#put(child, place)
      this.#put(entry, below)
      place = below
    }
  }

  #earlierChild(place: number): T | undefined {
    const [left, right] = [this.#entries[2 * place + 1], this.#entries[2 * place + 2]]
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left
  }

  #put(entry: T, place: number): void {
    this.#entries[place] = entry
    this.#places.set(entry, place)
  }

  #placeOf(entry: T): number {
    return this.#places.get(entry) ?? 0
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence)
}
