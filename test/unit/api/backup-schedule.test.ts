import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {backupJobSpecSchema} from '../../../src/api/backup-job.ts'
import {backupScheduleKind, scheduleStatusLimits} from '../../../src/api/backup-schedule.ts'
import {schemaOf, type SchemaNode} from '../../../src/api/crd.ts'
import {parseBackupSchedule} from '../../../src/api/index.ts'
import {labelValue} from '../../../src/api/meta.ts'
import {checkPattern} from '../../../src/calendar/index.ts'

const parsed = (spec: object) =>
  parseBackupSchedule({
    metadata: {name: 'nightly'},
    spec: {
      schedule: '0 2 * * *',
      jobTemplate: {spec: {modelRef: {name: 'prod'}, application: 'postgresql'}},
      ...spec,
    },
  })

const patterns: readonly [pattern: string, taken: boolean][] = [
  ['0 2 * * *', true],
  ['*/15 0-23/2 1,15 JAN-MAR,dec 1-5', true],
  ['00 02 01 01 Sun', true],
  ['0  2 * * 7', true],
  ['@daily', true],
  ['0 2 30 2 *', true], // well-formed; that it never matches, the operator says
  ['0 2 * * SAT-SUN', true],
  ['@reboot', false],
  ['@every 1h', false],
  ['0 2 * *', false],
  ['0 0 2 * * *', false],
  ['TZ=UTC 0 2 * * *', false],
  ['5/15 * * * *', false],
  ['*/0 * * * *', false],
  ['0 2 L * *', false],
  ['0 2 * * 5#2', false],
  ['0 2 ? * *', false],
  ['0 22-5 * * *', false],
  ['0 2 * * FRI-MON', false],
  ['0 2 * DEC-1 *', false],
  ['0,60 * * * *', false],
  ['0, * * * *', false],
  ['0 2 * * * ', false],
]
for (const [pattern, taken] of patterns)
  test(`S5.2 the pattern "${pattern}" is ${taken ? 'taken' : 'refused'}`, () => {
    const answer = parsed({schedule: pattern})
    assert.equal(answer.ok, taken)
    if (!answer.ok) assert.equal(answer.path, 'spec.schedule')
  })

const value = fc.oneof(
  {arbitrary: fc.integer({min: 0, max: 13}).map(String), weight: 12},
  {arbitrary: fc.constantFrom('MON', 'sun', 'Fri', 'JAN', 'Dec'), weight: 6},
  {arbitrary: fc.constantFrom('05', '59', '60', 'L', '', '1W', '?'), weight: 1},
)
const item = fc.oneof(
  {arbitrary: fc.constantFrom('*', '*/5', '1', '1-3'), weight: 8},
  {arbitrary: value, weight: 2},
  {arbitrary: fc.tuple(value, value).map(([from, to]) => `${from}-${to}`), weight: 2},
  {arbitrary: fc.tuple(value, value, value).map(([from, to, step]) => `${from}-${to}/${step}`), weight: 1},
)
const field = fc.array(item, {minLength: 1, maxLength: 2}).map(items => items.join(','))
const anyPattern = fc.array(field, {minLength: 5, maxLength: 5}).map(fields => fields.join(' '))

test('S5.2 property: the API server takes exactly the patterns that the calendar reads', () => {
  const seen = {taken: 0, refused: 0}
  fc.assert(
    fc.property(anyPattern, pattern => {
      const taken = parsed({schedule: pattern}).ok
      assert.equal(taken, checkPattern(pattern, 'UTC')?.reason !== 'InvalidSchedule', pattern)
      seen[taken ? 'taken' : 'refused']++
    }),
    {numRuns: 3000},
  )
  assert(seen.taken > 100 && seen.refused > 100, JSON.stringify(seen))
})

test('S2.4 a template is a BackupJob without what only one job can have', () => {
  const spec = schemaOf(backupScheduleKind.spec)
  const template = spec.properties?.['jobTemplate']?.properties?.['spec']
  const [ofTemplate, ofJob] = [fieldsOf(template), fieldsOf(schemaOf(backupJobSpecSchema))]
  const missing = [...ofJob.keys()].filter(path => !ofTemplate.has(path) && !path.startsWith('restore.'))
  assert.deepEqual(missing, ['backup.importID', 'restore', 'cancel'])
  for (const [path, node] of ofTemplate) {
    if (path === 'type') assert.deepEqual(node.enum, ['Backup'])
    else if (node.properties === undefined) assert.deepEqual(node, ofJob.get(path), path)
  }
})

/** All fields below a node. */
function fieldsOf(node: SchemaNode | undefined, path = ''): Map<string, SchemaNode> {
  const own = Object.entries(node?.properties ?? {}).map(([key, child]) => [`${path}${key}`, child] as const)
  return new Map(own.flatMap(([name, child]) => [[name, child] as const, ...fieldsOf(child, `${name}.`)]))
}

test('a schedule without a word is of UTC, forbids overlaps, makes up for one missed run and keeps seven and three jobs', () => {
  const schedule = parsed({})
  assert(schedule.ok)
  const {jobTemplate, ...spec} = schedule.value.spec
  assert.deepEqual(spec, {
    schedule: '0 2 * * *',
    timeZone: 'UTC',
    jitterSeconds: 0,
    suspend: false,
    concurrencyPolicy: 'Forbid',
    missedRunPolicy: 'RunOnce',
    history: {successful: 7, failed: 3},
  })
  assert.deepEqual(jobTemplate.metadata, {})
})

test('lists of the status are bounded as the API promises', () => {
  const status = schemaOf(backupScheduleKind.status).properties ?? {}
  const bounds = Object.entries(status).flatMap(([key, {maxItems}]) =>
    maxItems === undefined ? [] : [[key, maxItems]],
  )
  const {active, upcoming, recentRuns, expiring, warnings} = scheduleStatusLimits
  assert.deepEqual(Object.fromEntries(bounds), {conditions: 16, active, upcoming, recentRuns, expiring, warnings})
  assert.deepEqual([upcoming, recentRuns], [5, 10])
})

test('a short name is a label as it is; long ones differ where the names do, and fit', () => {
  assert.equal(labelValue('nightly'), 'nightly')
  assert.equal(labelValue('x'.repeat(63)), 'x'.repeat(63))
  const [one, other] = [labelValue(`${'x'.repeat(200)}-1`), labelValue(`${'x'.repeat(200)}-2`)]
  assert.match(one, /^x{52}-[0-9a-f]{10}$/)
  assert.notEqual(one, other)
})

test('property: every name of an object becomes a value that a label may have, the same each time', () => {
  const part = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/)
  const names = fc
    .array(part, {minLength: 1, maxLength: 4})
    .map(parts => parts.join('.'))
    .filter(name => name.length <= 253)
  fc.assert(
    fc.property(names, name => {
      const value = labelValue(name)
      assert.match(value, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
      assert.equal(value, labelValue(name))
    }),
  )
})
