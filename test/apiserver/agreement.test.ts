import assert from 'node:assert/strict'
import {after, test} from 'node:test'
import fc from 'fast-check'
import {backupJobResource, parseBackupJob} from '../../src/api/index.ts'
import {backupJob} from './objects.ts'
import {TestApi} from './harness.ts'

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

test('property: the API server and our own check take and refuse the same jobs, and fill in the same defaults', async () => {
  const seen = {taken: 0, refused: 0}
  const agree = async (wanted: object): Promise<void> => {
    const sent = backupJob('agreed', wanted)
    const answer = await api.create(backupJobResource, sent, {dryRun: true})
    const parsed = parseBackupJob(sent)
    assert.equal(parsed.ok, answer.ok, `${JSON.stringify(parsed)} ${answer.ok ? '' : answer.refusal.message}`)
    if (answer.ok && parsed.ok) assert.deepEqual(parsed.value.spec, answer.object['spec'])
    seen[answer.ok ? 'taken' : 'refused']++
  }
  await fc.assert(fc.asyncProperty(jobs, agree), {numRuns: 400})
  assert(seen.taken > 40 && seen.refused > 40, JSON.stringify(seen))
})
