import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import type {Month} from './month-program.ts'

const program = fileURLToPath(new URL('month-program.ts', import.meta.url))

test('30 days of a model with 16 units, nightly backups, a stranger and the pruner pass in about a second', async t => {
  const {stdout} = await promisify(execFile)(process.execPath, [program])
  const {tookMs, cpuMs, backups, oldestDays, strange, messages} = JSON.parse(stdout) as Month
  t.diagnostic(`30 days took ${tookMs} ms, and ${cpuMs} ms of a processor`)
  assert.deepEqual(backups, [30, 30, 30, 30, 30])
  assert.ok(oldestDays > 13 && oldestDays < 15.1, `Juju remembers ${oldestDays} days`)
  assert.ok(strange > 20, `${strange} operations of the stranger are remembered`)
  assert.deepEqual(messages, ['Primary', '', ''])
  assert.ok(cpuMs < 3000, `30 days took ${cpuMs} ms of a processor`)
})
