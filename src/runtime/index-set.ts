/** Values under which an object can be found, by the name of the index. */
export type Indexers<T> = Readonly<Record<string, (object: T) => readonly string[]>>

/** Objects by what indexers say about them. Empty entries are dropped, so that nothing grows for ever. */
export class IndexSet<T> {
  readonly #indexers: Indexers<T>
  readonly #indexes: ReadonlyMap<string, Map<string, Map<string, T>>>

  constructor(indexers: Indexers<T>) {
    this.#indexers = indexers
    this.#indexes = new Map(Object.keys(indexers).map(name => [name, new Map()]))
  }

  /** Adds to all indexes, or, when an indexer throws, to none. */
  add(key: string, object: T): void {
    const all = [...this.#indexes].map(([name, values]) => ({values, mine: this.#valuesOf(name, object)}))
    for (const {values, mine} of all)
      for (const value of mine) {
        const found = values.get(value)
        if (found === undefined) values.set(value, new Map([[key, object]]))
        else found.set(key, object)
      }
  }

  /** `object` must be the one that was added under the key. */
  remove(key: string, object: T): void {
    for (const [name, values] of this.#indexes)
      for (const value of this.#valuesOf(name, object)) {
        const found = values.get(value)
        found?.delete(key)
        if (found?.size === 0) values.delete(value)
      }
  }

  /** @throws RangeError for an unknown index */
  find(index: string, value: string): readonly T[] {
    const values = this.#indexes.get(index)
    if (values === undefined) throw new RangeError(`there is no index ${index}`)
    return [...(values.get(value)?.values() ?? [])]
  }

  #valuesOf(name: string, object: T): readonly string[] {
    return this.#indexers[name]?.(object) ?? []
  }
}
