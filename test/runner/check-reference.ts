/**
 * `npm run check:reference`: the tests that hold our facade schemas against Juju's own, with the reference required.
 * `JUJU_REFERENCE_DIR` names the folder with the schemas; they are not part of this repository.
 */
import {existsSync, globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {run} from 'node:test'
import {spec} from 'node:test/reporters'

const root = path.resolve(import.meta.dirname, '../..')
const reference = process.env['JUJU_REFERENCE_DIR']

if (reference === undefined || !existsSync(reference)) {
  console.error('Set JUJU_REFERENCE_DIR to the folder that holds the facade schemas of Juju 3.6.14 and 4.0.12.')
  process.exitCode = 1
} else {
  const files = globSync('test/**/*.test.ts', {cwd: root})
    .map(file => path.join(root, file))
    .filter(file => readFileSync(file, 'utf8').includes('JUJU_REFERENCE_DIR'))
  const counts = {tests: 0, skipped: 0, failed: 0}
  const stream = run({files, cwd: root, concurrency: 2})
  stream.on('test:summary', event => {
    if (event.file !== undefined) return
    counts.tests = event.counts.tests
    counts.skipped = event.counts.skipped
    counts.failed = event.success ? 0 : 1
  })
  for await (const chunk of stream.compose(new spec())) process.stdout.write(String(chunk))
  process.exitCode = counts.tests > 0 && counts.skipped === 0 && counts.failed === 0 ? 0 : 1
}
