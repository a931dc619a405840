/** More different values than this are not shared: the table begins anew. */
const mostValues = 8192

/** Values that thousands of cached objects have alike, each kept once. Whoever gets one must never change it. */
export class Shared<T> {
  readonly #known = new Map<string, T>()

  /** The value that was first kept under this key. @param key the same for equal values alone */
  of(key: string, value: T): T {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= mostValues) this.#known.clear()
    this.#known.set(key, value)
    return value
  }
}

/** Texts that thousands of cached objects have alike. */
export class SharedWords {
  readonly #words = new Shared<string>()

  /** The same text; what is no text comes back as it is. */
  of<T>(value: T): T {
    return typeof value === 'string' ? (this.#words.of(value, value) as T & string) : value
  }
}
