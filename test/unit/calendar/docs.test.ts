import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {outdatedOf} from '../../../src/api/generated-files.ts'
import {checkPattern, checkWindows, type TimeWindow} from '../../../src/calendar/index.ts'
import {generatedFiles} from '../../../src/calendar/generate.ts'
import {parse} from 'yaml'

const root = path.resolve(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/schedules.md'), 'utf8')

test('S5.3 the tables of docs/schedules.md are what the calendar works out', async () => {
  assert.deepEqual(await outdatedOf(generatedFiles(root), root), [])
  assert.match(
    page,
    /^\| Europe\/Berlin, 2025-03-30 .* \| 03:00 \| clocks go forward: 02:30 does not exist, runs at 03:00 \|$/m,
  )
  assert.match(page, /^\| `0 25 \* \* \*` \| hour \(field 2 of 5\)/m)
})

test('the examples of the page are good', () => {
  const examples = [...page.matchAll(/```yaml\n(?<text>[^`]+)```/g)].map(found => parse(found.groups?.['text'] ?? ''))
  const specs = examples.map(({spec}: {spec: {schedule?: string; timeZone?: string; windows?: TimeWindow[]}}) => spec)
  assert.ok(specs.length >= 2)
  for (const {schedule = '@daily', timeZone = 'UTC', windows = []} of specs) {
    assert.equal(checkPattern(schedule, timeZone), undefined)
    assert.deepEqual(checkWindows(windows, Date.UTC(2026, 0, 1), timeZone), [])
  }
})
