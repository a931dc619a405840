import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {
  contradictions,
  namedTestsIn,
  proofs,
  readNamedTests,
  readRequirements,
} from '../../requirements/requirements.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/requirements.md'), 'utf8')

test('every promise that is marked done has a test, and tests name no unknown promise', () => {
  assert.deepEqual(contradictions(readRequirements(page), readNamedTests(root)), [])
})

test('the page lists all promises, each once', () => {
  const requirements = readRequirements(page)
  assert.equal(requirements.length, 174)
  assert.equal(new Set(requirements.map(({id}) => id)).size, 174)
  assert.equal(
    requirements.length,
    page.split('\n').filter(line => line.startsWith('| S')).length,
    'a row has a typing error',
  )
})

const written = [
  // Built with a prefix, so that these examples are not taken for tests of their own.
  `test('${'S'}1.25 ${'S'}2.25 a restore takes the newest', () => {})`,
  `test("${'S'}2.1, ${'S'}2.3 double quotes and commas", () => {})`,
  `for (const type of types) test(\`${'S'}1.3 the type \${type} is passed on\`, () => {})`,
  `const rows = [['${'S'}2.6 a sentence of a table', 1]]`,
  `test('it\\'s about ${'S'}9.9 in the middle', () => {})`,
].join('\n')

test('ids are read from strings, templates and tables, and only from the start of a name', () => {
  assert.deepEqual(
    namedTestsIn(written, 'a.test.ts').map(({ids}) => ids),
    [['S1.25', 'S2.25'], ['S2.1', 'S2.3'], ['S1.3'], ['S2.6']],
  )
})

test('a promise marked done without a test is named, and so is an id that nobody promised', () => {
  const requirements = readRequirements(
    '| S1.1 | First. | done |\n| S1.2 | Second. | planned |\n| S2.3 | Third. | done |',
  )
  const tests = namedTestsIn(`test('${'S'}2.3 fine'); test('${'S'}7.7 typing error')`, 'a.test.ts')
  assert.deepEqual(contradictions(requirements, tests), [
    'S1.1 is marked done, but no test carries it: First.',
    `a.test.ts: "${'S'}7.7 typing error" names ${'S'}7.7, which docs/requirements.md does not list`,
  ])
  assert.deepEqual(proofs(requirements, tests).get('S2.3'), [`${'S'}2.3 fine`])
})
