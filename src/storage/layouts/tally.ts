/** So many names are told; the rest is counted. */
const NAMED = 3

/** Names of what was found wrong, of which there may be any number. */
export class Tally {
  readonly #named: string[] = []
  #count = 0

  get empty(): boolean {
    return this.#count === 0
  }

  add(name: string): void {
    this.#count += 1
    if (this.#named.length < NAMED) this.#named.push(name)
  }

  /** `a, b, c and 4 more` */
  get text(): string {
    const rest = this.#count - this.#named.length
    return `${this.#named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  }
}
