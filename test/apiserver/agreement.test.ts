import assert from 'node:assert/strict'
import {after, test} from 'node:test'
import fc from 'fast-check'
import {
  backupJobResource,
  backupScheduleResource,
  parseBackupJob,
  parseBackupSchedule,
  type Parsed,
} from '../../src/api/index.ts'
import type {ResourceType} from '../../src/api/meta.ts'
import {backupJob, backupSchedule} from './objects.ts'
import {TestApi, type Raw} from './harness.ts'

const api = await TestApi.start()
after(() => api.stop())

/** Mostly what is taken, now and then what is refused: so that rules between fields get their turn, too. */
function mostly<T>(good: readonly T[], bad: readonly T[] = []): fc.Arbitrary<T> {
  const well = {arbitrary: fc.constantFrom(...good), weight: 24}
  return bad.length === 0 ? well.arbitrary : fc.oneof(well, {arbitrary: fc.constantFrom(...bad), weight: 1})
}

/** An object in which each field is there once in so many times. */
function sparse(fields: Record<string, fc.Arbitrary<unknown>>, once = 3): fc.Arbitrary<object> {
  const absent = {arbitrary: fc.constant(undefined), weight: once - 1}
  const optional = Object.entries(fields).map(([key, value]) => [key, fc.oneof(absent, {arbitrary: value, weight: 1})])
  return fc
    .record(Object.fromEntries(optional) as typeof fields)
    .map(made => JSON.parse(JSON.stringify(made)) as object)
}

const unit = mostly(['postgresql/0', 'postgresql/1'], ['mysql/0', 'postgresql', 'postgresql/01'])
const moments = ['2026-11-22T08:15:00Z', '2026-11-22T08:15:00.123456+05:30', '2028-02-29T00:00:00Z']
const noMoments = [
  '2026-11-22T08:15:00.1234567Z',
  '2026-02-29T00:00:00Z',
  '2026-11-22T08:15:00',
  '2026-11-22T08:15:00+24:00',
  '1969-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '',
]
const backupID = mostly(['2026-11-21T02:00:00Z', 'x'.repeat(64)], ['x'.repeat(65), ''])
const reference = mostly([{name: 'nightly'}], [{name: 'Nightly'}])

const backup = sparse({
  type: mostly(['Full', 'Incremental']),
  unit,
  parentJobRef: reference,
  compression: mostly([true]),
  importID: backupID,
  fullIfNoParent: mostly([true, false]),
})
const restore = sparse(
  {
    source: sparse({backupJobRef: reference, backupID, scheduleRef: reference, latest: mostly([true], [false])}, 4),
    pointInTime: mostly([...moments, 'latest'], noMoments),
    timeline: backupID,
    unit,
    replicas: mostly(['Refuse', 'Rebuild']),
    mode: mostly(['Execute', 'Plan']),
    confirmation: fc.record({
      application: mostly(['postgresql']),
      modelUUID: mostly(['deadbeef-0bad-400d-8000-4b1d0d06f00d'], ['admin/prod']),
      validUntil: mostly(moments, [...noMoments, 'latest']),
    }),
    requestID: mostly(['restore-1'], ['restore 1', '-']),
  },
  2,
)
const hook = fc.record({
  action: mostly(['pause', 'juju'], ['restore', 'list-backups', 'juju-exec', 'Pause', 'pause-']),
  params: mostly<object>([{}, {reason: 'x'}], [{'': 'x'}, {['x'.repeat(65)]: 'x'}]),
})
const rest = sparse({
  storageRef: reference,
  hooks: sparse({pre: fc.array(hook, {maxLength: 2}), post: fc.array(hook, {maxLength: 2})}),
  verify: mostly(['Auto', 'Store']),
  backoffLimit: mostly([0, 1]),
})
const jobs = fc.oneof(
  sparse({type: mostly(['Backup', 'Restore']), backup, restore}),
  fc.tuple(backup, rest).map(([one, others]) => ({backup: one, ...others})),
  fc.tuple(restore, rest).map(([one, others]) => ({type: 'Restore', restore: one, ...others})),
)

/** One field of cron, mostly of numbers that it takes. */
const field = (most: number, names: readonly string[] = []): fc.Arbitrary<string> => {
  const number = fc.oneof(
    {arbitrary: fc.integer({min: 1, max: most}).map(String), weight: 40},
    {arbitrary: mostly(['1', '05', ...names]), weight: 12},
    {arbitrary: mostly(['0', '007', '-1', 'L', '?', '', 'x', String(most + 1)]), weight: 1},
  )
  const rising = fc.tuple(number, number).map(([a, b]) => (Number(a) > Number(b) ? `${b}-${a}` : `${a}-${b}`))
  const falling = fc.constant(`${most}-1`)
  const span = fc.oneof(
    {arbitrary: fc.constant('*'), weight: 6},
    {arbitrary: rising, weight: 6},
    {arbitrary: falling, weight: 1},
  )
  const stepped = fc.tuple(span, mostly(['1', '2', String(most)], ['0', '100', 'x', ''])).map(([a, b]) => `${a}/${b}`)
  const item = fc.oneof({arbitrary: number, weight: 8}, {arbitrary: span, weight: 8}, {arbitrary: stepped, weight: 2})
  return fc.array(item, {minLength: 1, maxLength: 3}).map(items => items.join(','))
}
const cron = fc
  .tuple(
    field(59),
    field(23),
    field(31),
    field(12, ['JAN', 'dec', 'Mar']),
    field(7, ['sun', 'MON', 'Sat']),
    mostly([' ', '  '], ['\t', '']),
  )
  .map(([minute, hour, day, month, weekday, space]) => [minute, hour, day, month, weekday].join(space))
const schedule = fc.oneof(
  {arbitrary: cron, weight: 9},
  {
    arbitrary: mostly(
      ['@daily', '@yearly', '0 2 * * *'],
      ['@reboot', '@Daily', '0 2 * *', '0 0 2 * * *', ' 0 2 * * *', ''],
    ),
    weight: 6,
  },
)
const zone = mostly(
  ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+12'],
  ['Local', '+02:00', 'europe/berlin', '../etc', 'Europe/', 'Europe/Berlin '],
)
const window = fc.record(
  {
    start: mostly(['00:00', '23:59'], ['24:00', '9:00', '12:60']),
    durationSeconds: mostly([60, 604_800], [59, 604_801]),
    timeZone: zone,
    blackout: mostly([true, false]),
    days: mostly<readonly string[]>([['Mon'], ['Sat', 'Sun']], [[], ['Mon', 'Mon'], ['mon']]),
  },
  {requiredKeys: ['start', 'durationSeconds']},
)
const texts = (good: readonly object[], bad: readonly object[]): fc.Arbitrary<object> => mostly(good, bad)
const metadata = sparse({
  labels: texts(
    [{}, {team: 'billing'}, {'example.com/team': ''}],
    [
      {'': 'x'},
      {'charmkeeper.dev/x': 'y'},
      {a: 'b c'},
      {'a/b/c': 'd'},
      {['x'.repeat(64)]: 'y'},
      {[`${'x'.repeat(254)}/a`]: 'y'},
    ],
  ),
  annotations: texts([{'example.com/note': 'any text: ä'}], [{'charmkeeper.dev/slot': 'x'}, {'-': 'x'}]),
})
const template = fc
  .tuple(sparse({type: mostly(['Full', 'Differential']), unit, parentJobRef: reference}), rest, sparse({metadata}))
  .map(([one, others, meta]) => ({
    ...meta,
    spec: {modelRef: {name: 'prod'}, application: 'postgresql', backup: one, ...others},
  }))
const schedules = fc
  .tuple(
    schedule,
    template,
    sparse({
      timeZone: zone,
      windows: fc.array(window, {maxLength: 2}),
      objective: sparse({maxAgeSeconds: mostly([60, 172_800], [59]), maxArchiveLagSeconds: mostly([900])}, 2),
      retention: fc.record({maxAgeSeconds: mostly([86_400, 2_592_000], [86_399])}),
      history: sparse({failed: mostly([0, 1000], [-1])}),
      startingDeadlineSeconds: mostly([1, 7200], [0]),
    }),
  )
  .map(([pattern, jobTemplate, others]) => ({schedule: pattern, jobTemplate, ...others}))

interface Agreement {
  readonly resource: ResourceType
  readonly sent: (spec: object) => Raw
  readonly parse: (raw: unknown) => Parsed<{spec: unknown}>
}

/** Both take a spec and fill in the same defaults, or both refuse it; and there are enough of each. */
async function agree(specs: fc.Arbitrary<object>, {resource, sent, parse}: Agreement): Promise<void> {
  const seen = {taken: 0, refused: 0}
  const compare = async (spec: object): Promise<void> => {
    const object = sent(spec)
    const answer = await api.create(resource, object, {dryRun: true})
    const parsed = parse(object)
    assert.equal(parsed.ok, answer.ok, `${JSON.stringify(parsed)} ${answer.ok ? '' : answer.refusal.message}`)
    if (answer.ok && parsed.ok) assert.deepEqual(parsed.value.spec, answer.object['spec'])
    seen[answer.ok ? 'taken' : 'refused']++
  }
  await fc.assert(fc.asyncProperty(specs, compare), {numRuns: 400})
  assert(seen.taken > 40 && seen.refused > 40, JSON.stringify(seen))
}

test('property: the API server and our own check take and refuse the same jobs, and fill in the same defaults', () =>
  agree(jobs, {resource: backupJobResource, sent: spec => backupJob('agreed', spec), parse: parseBackupJob}))

test('S5.2 property: the API server and our own check take and refuse the same schedules, and fill in the same defaults', () =>
  agree(schedules, {
    resource: backupScheduleResource,
    sent: spec => backupSchedule('agreed', spec),
    parse: parseBackupSchedule,
  }))
