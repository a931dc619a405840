/** Where a charm's files go beside memory: a bucket, a folder, a map. */
export interface ObjectSink {
  put(key: string, body: Buffer): Promise<void>
  /** Absent: what lies there stays. */
  remove?(key: string): Promise<void>
}

/** The objects of a bucket in memory, each of which goes on to a sink when there is one. */
export class MemoryBucket {
  readonly #objects = new Map<string, string>()
  #sink: ObjectSink | undefined

  /** From now on objects go to the sink too. */
  mirrorTo(sink: ObjectSink): void {
    this.#sink = sink
  }

  async put(key: string, text: string): Promise<void> {
    this.#objects.set(key, text)
    await this.#sink?.put(key, Buffer.from(text))
  }

  get(key: string): string | undefined {
    return this.#objects.get(key)
  }

  async removeBelow(prefix: string): Promise<void> {
    for (const key of this.keys(prefix)) {
      this.#objects.delete(key)
      await this.#sink?.remove?.(key)
    }
  }

  /** Keys in the order of a store's listing. */
  keys(prefix = ''): readonly string[] {
    return [...this.#objects.keys()].filter(key => key.startsWith(prefix)).sort()
  }
}
