import type {ObjectStore} from '../object-store.ts'
import {Tally} from './tally.ts'

/** Files that are kept in memory, about 150 bytes each, before they are looked up in the listing. */
const BATCH = 20_000

/**
 * Compares the sizes of objects that should be there with the listing of the store. However many they are, only a
 * batch of them is held: where they come in the order of their keys, the listing is read about once.
 */
export class StoredFiles {
  readonly #store: ObjectStore
  readonly #directory: string
  readonly #signal: AbortSignal | undefined
  readonly #folders = new Map<string, Map<string, number>>()
  /** Bundles of a folder, with the bytes that they reach at least. */
  readonly #bundles = new Map<string, Map<string, number>>()
  readonly #missing = new Tally()
  readonly #wrong = new Tally()
  #held = 0

  /** @param directory key of the folder that all others are in */
  constructor(store: ObjectStore, directory: string, signal: AbortSignal | undefined) {
    this.#store = store
    this.#directory = directory
    this.#signal = signal
  }

  /** Expects an object of that size. */
  async expect(folder: string, key: string, bytes: number): Promise<void> {
    const files = entriesOf(this.#folders, folder)
    files.set(key, bytes)
    this.#held += 1
    if (this.#held >= BATCH) await this.#lookUpLargest()
  }

  /** Expects an object that reaches as far; may be called again for the same one. */
  expectAtLeast(folder: string, key: string, bytes: number): void {
    const bundles = entriesOf(this.#bundles, folder)
    bundles.set(key, Math.max(bundles.get(key) ?? 0, bytes))
  }

  /** What is missing, and what has another size. */
  async problems(): Promise<string[]> {
    while (this.#held > 0) await this.#lookUpLargest()
    for (const [folder, bundles] of this.#bundles) await this.#lookUp(folder, bundles, (size, bytes) => size >= bytes)
    return [
      ...(this.#missing.empty ? [] : [`${this.#missing.text} is not in the store`]),
      ...(this.#wrong.empty ? [] : [`truncated or overwritten: ${this.#wrong.text}`]),
    ]
  }

  async #lookUpLargest(): Promise<void> {
    const [largest] = [...this.#folders].toSorted(([, one], [, other]) => other.size - one.size)
    if (largest === undefined) return
    const [folder, files] = largest
    this.#folders.delete(folder)
    this.#held = [...this.#folders.values()].reduce((total, {size}) => total + size, 0)
    await this.#lookUp(folder, files, (size, bytes) => size === bytes)
  }

  async #lookUp(
    folder: string,
    expected: Map<string, number>,
    fits: (size: number, bytes: number) => boolean,
  ): Promise<void> {
    const prefix = `${this.#directory}/${folder}/`
    const [first, last] = ends(expected.keys())
    const range = {after: prefix + first.slice(0, -1), signal: this.#signal}
    for await (const {key, size} of this.#store.list(prefix + commonStart(first, last), range)) {
      const name = key.slice(prefix.length)
      const bytes = expected.get(name)
      if (bytes !== undefined && !fits(size, bytes)) this.#wrong.add(`${key} has ${size} bytes instead of ${bytes}`)
      expected.delete(name)
      if (expected.size === 0 || compareBytes(name, last) >= 0) break
    }
    for (const name of expected.keys()) this.#missing.add(prefix + name)
  }
}

function entriesOf(folders: Map<string, Map<string, number>>, folder: string): Map<string, number> {
  const entries = folders.get(folder) ?? new Map<string, number>()
  folders.set(folder, entries)
  return entries
}

/** Stores list their keys in the order of the bytes in UTF-8. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

function ends(keys: Iterable<string>): [first: string, last: string] {
  let first: string | undefined
  let last = ''
  for (const key of keys) {
    if (first === undefined || compareBytes(key, first) < 0) first = key
    if (compareBytes(key, last) > 0) last = key
  }
  return [first ?? '', last]
}

function commonStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return one.slice(0, length)
}
