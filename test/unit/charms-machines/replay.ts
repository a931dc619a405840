import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'

/** A case of a recording; every recording adds what it noted. */
export interface NamedCase {
  readonly name: string
}

/** What the machine did beside what the real charm did, in one shape. */
export interface Comparison {
  readonly played: unknown
  readonly recorded: unknown
}

/** One recording of real charm code with the machine that is held to it. */
export interface Replay {
  /** Its file below test/fixtures/charm-recordings without the extension, for example `postgresql-14/restore`. */
  readonly recording: string
  readonly cases: readonly {readonly name: string; readonly play: () => Promise<Comparison>}[]
  /** Why the machine cannot play a case, by the case's name. */
  readonly unplayable: Readonly<Record<string, string>>
}

/** Where the recordings lie in this repository. */
export const recordingsFolder = new URL('../../fixtures/charm-recordings/', import.meta.url)

/**
 * The cases of a recording. A case without a name has its charm's; of those with one name the second is called
 * `<name> (2)`, and so on.
 */
export function casesOf<C extends NamedCase>(recording: string): readonly C[] {
  const text = readFileSync(new URL(`${recording}.json`, recordingsFolder), 'utf8')
  const {cases} = JSON.parse(text) as {cases: readonly (Omit<C, 'name'> & {name?: string; charm?: string})[]}
  const seen = new Map<string, number>()
  return cases.map(each => {
    const name = each.name ?? each.charm ?? 'case'
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return {...each, name: count === 1 ? name : `${name} (${count})`} as unknown as C
  })
}

/** @param play plays one case on a fresh machine and puts both sides into the same shape */
export function replayOf<C extends NamedCase>(
  recording: string,
  play: (recorded: C) => Promise<Comparison>,
  unplayable: Readonly<Record<string, string>> = {},
): Replay {
  const cases = casesOf<C>(recording).map(each => ({name: each.name, play: () => play(each)}))
  return {recording, cases, unplayable}
}

/** Registers a test for each case that is not listed as unplayable. */
export function testReplay({recording, cases, unplayable}: Replay): void {
  for (const {name, play} of cases) {
    if (Object.hasOwn(unplayable, name)) continue
    test(`${recording}: ${name}`, async () => {
      const {played, recorded} = await play()
      assert.deepEqual(played, recorded)
    })
  }
}
