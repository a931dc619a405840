/** Which tests prove which promise of docs/requirements.md: read from the page and from the names of the tests. */
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {layers} from '../runner/layers.ts'

export interface Requirement {
  readonly id: string
  readonly promise: string
  readonly state: 'planned' | 'done'
}

/** A test and the ids that its name starts with. */
export interface NamedTest {
  readonly name: string
  readonly ids: readonly string[]
  readonly file: string
}

const row = /^\| (S\d+\.\d+) \| (.+) \| (planned|done) \|$/gm

/** The rows of docs/requirements.md. */
export function readRequirements(page: string): readonly Requirement[] {
  return [...page.matchAll(row)].map(([, id = '', promise = '', state]) => ({
    id,
    promise,
    state: state === 'done' ? 'done' : 'planned',
  }))
}

/**
 * The names in a test file that start with ids. A name is a string or a template; `${...}` stays as it is written.
 * Tables of cases count too: their sentences become the names of tests.
 */
export function namedTestsIn(source: string, file: string): readonly NamedTest[] {
  const named = /(?<quote>['"`])(?<ids>S\d+\.\d+(?:,? S\d+\.\d+)*)(?<rest>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/g
  return [...source.matchAll(named)].map(match => {
    const {ids = '', rest = ''} = match.groups ?? {}
    return {name: `${ids}${rest}`, ids: ids.split(/,? /), file}
  })
}

/** The test of this reader: its examples prove nothing. */
const ownTest = 'test/unit/requirements/**'

/** The named tests of all layers, those in suites that several test files share too. @param root the checkout */
export function readNamedTests(root: string): readonly NamedTest[] {
  return layers.flatMap(layer =>
    globSync(`${layer.folder}/**/*.ts`, {cwd: root, exclude: [ownTest]})
      .toSorted()
      .flatMap(file => namedTestsIn(readFileSync(path.join(root, file), 'utf8'), file)),
  )
}

/** Id -> names of the tests that prove it, for every requirement. */
export function proofs(
  requirements: readonly Requirement[],
  tests: readonly NamedTest[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    requirements.map(({id}) => [id, tests.filter(test => test.ids.includes(id)).map(test => test.name)] as const),
  )
}

/** What does not fit together, one sentence each: a done promise without a test, an id that nobody promised. */
export function contradictions(requirements: readonly Requirement[], tests: readonly NamedTest[]): readonly string[] {
  const proved = proofs(requirements, tests)
  const unproved = requirements
    .filter(({id, state}) => state === 'done' && proved.get(id)?.length === 0)
    .map(({id, promise}) => `${id} is marked done, but no test carries it: ${promise}`)
  const unknown = tests.flatMap(({ids, file, name}) =>
    ids
      .filter(id => !proved.has(id))
      .map(id => `${file}: "${name}" names ${id}, which docs/requirements.md does not list`),
  )
  return [...unproved, ...unknown]
}
