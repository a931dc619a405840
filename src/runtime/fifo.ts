/** Compact when this many taken places lie in front. */
const compactAfter = 1024

/** A first-in, first-out queue with constant cost on average. */
export class Fifo<T> {
  #items: T[] = []
  #head = 0

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (this.#head < this.#items.length) this.#head++
    if (this.#head >= compactAfter && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  get length(): number {
    return this.#items.length - this.#head
  }
}
