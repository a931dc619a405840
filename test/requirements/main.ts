/** `npm run requirements [-- --json]`: the promises with the tests that prove them. */
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {contradictions, proofs, readNamedTests, readRequirements} from './requirements.ts'

const root = path.resolve(import.meta.dirname, '../..')
const requirements = readRequirements(readFileSync(path.join(root, 'docs/requirements.md'), 'utf8'))
const tests = readNamedTests(root)
const proved = proofs(requirements, tests)
const wrong = contradictions(requirements, tests)

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(Object.fromEntries(proved), null, 2))
} else {
  for (const {id, promise, state} of requirements) {
    const names = proved.get(id) ?? []
    console.log(`${id.padEnd(6)} ${state.padEnd(8)} ${promise}`)
    for (const name of names) console.log(`         - ${name}`)
  }
  const done = requirements.filter(({state}) => state === 'done').length
  console.log(`\n${requirements.length} promises, ${done} done, ${tests.length} tests carry an id`)
}
for (const sentence of wrong) console.error(sentence)
process.exitCode = wrong.length === 0 ? 0 : 1
