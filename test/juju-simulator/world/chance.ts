/**
 * Everything random in a simulated Juju comes from one of these, so that the same seed gives the same Juju. Each concern
 * draws from its own branch: one more stranger changes no UUID.
 */
export class Chance {
  readonly seed: number
  #state: number

  /** @param seed any whole number; its lowest 32 bits count */
  constructor(seed: number) {
    this.seed = seed >>> 0
    this.#state = this.seed
  }

  /** Another source, which the seed and the name determine. */
  branch(name: string): Chance {
    let hash = 2_166_136_261
    for (const character of `${this.seed} ${name}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619)
    return new Chance(hash)
  }

  /** In [0, 1): the generator `mulberry32`. */
  next(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** One of the items; undefined when there are none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.between(0, items.length - 1)]
  }

  /** A duration that is longer or shorter by at most this share. @returns whole ms */
  vary(ms: number, share: number): number {
    return Math.round(ms * (1 - share + 2 * share * this.next()))
  }

  /** A UUID of version 4. */
  uuid(): string {
    const digits = Array.from({length: 32}, () => this.between(0, 15).toString(16))
    digits[12] = '4'
    digits[16] = this.between(8, 11).toString(16)
    const hex = digits.join('')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }
}
