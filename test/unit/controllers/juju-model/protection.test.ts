import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {JujuModelDatabase} from '../../../../src/api/juju-model.ts'
import {withBackups} from '../../../../src/controllers/juju-model/inventory.ts'
import {newsOfBackups} from '../../../../src/controllers/juju-model/news.ts'
import {protectionOf} from '../../../../src/controllers/juju-model/protection.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

function database(name: string, over: Partial<JujuModelDatabase> = {}): JujuModelDatabase {
  return {name, charm: 'postgresql', profile: 'postgresql-16', units: 3, ...over}
}
const listed = (name: string, newest?: string, over: Partial<JujuModelDatabase> = {}): JujuModelDatabase =>
  database(name, {
    backups: {count: newest === undefined ? 0 : 1, unmanaged: 0, ...(newest && {newest, oldest: newest})},
    ...over,
  })
const said = (databases: readonly JujuModelDatabase[], access: 'read' | 'write' = 'write'): string => {
  const {status, reason, message} = protectionOf(databases, {access, now})
  return `${status} ${reason}: ${message}`
}
const failure = {since: '2026-11-22T11:00:00Z', message: 'Failed to list PostgreSQL backups'}
const fresh = '2026-11-22T02:00:00Z'

const rows: readonly [sentence: string, databases: readonly JujuModelDatabase[], said: string][] = [
  ['there is none', [], 'True NothingToProtect: the model has no database that can be backed up'],
  [
    'the only one has no unit',
    [database('a', {units: 0})],
    'True NothingToProtect: the model has no database that can be backed up',
  ],
  [
    'each has a backup of this night',
    [listed('a', fresh), listed('b', fresh)],
    'True RecentBackups: every database has a finished backup of the last 8 days',
  ],
  [
    'a weekly backup is a day late',
    [listed('a', '2026-11-14T12:00:01Z')],
    'True RecentBackups: every database has a finished backup of the last 8 days',
  ],
  [
    'the newest is older than eight days',
    [listed('a', fresh), listed('b', '2026-11-14T11:59:59Z')],
    'False BackupTooOld: newest backup older than 8 days: b (2026-11-14T11:59:59Z)',
  ],
  ['one was never backed up', [listed('a', fresh), listed('b')], 'False NeverBackedUp: no finished backup: b'],
  ['nothing was listed yet', [database('a')], 'Unknown ListUnavailable: not known: a (not listed yet)'],
  [
    'what is known to be bad comes before what is not known',
    [database('a'), listed('b'), listed('c', '2026-10-01T00:00:00Z')],
    'False NeverBackedUp: no finished backup: b; newest backup older than 8 days: c (2026-10-01T00:00:00Z); ' +
      'not known: a (not listed yet)',
  ],
  [
    'its list was never read',
    [database('a', {listFailure: failure})],
    'Unknown ListUnavailable: not known: a (since 2026-11-22T11:00:00Z: Failed to list PostgreSQL backups)',
  ],
  [
    'its list cannot be read any more',
    [listed('a', fresh, {listFailure: failure})],
    'True RecentBackups: every database has a finished backup of the last 8 days, ' +
      'as far as their lists could be read: a (since 2026-11-22T11:00:00Z)',
  ],
  [
    'an id that is no time: the job that made it tells the age',
    [listed('a', 'snapshot-7', {lastBackupTime: fresh})],
    'True RecentBackups: every database has a finished backup of the last 8 days',
  ],
  [
    'one has no schedule, or none that runs',
    [listed('a', fresh, {schedules: ['nightly']}), listed('b', fresh, {schedules: []})],
    'False NoSchedule: no BackupSchedule that runs: b',
  ],
  [
    'one has no schedule, and another one no backup: that is worse',
    [listed('a', undefined, {schedules: ['nightly']}), listed('b', fresh, {schedules: []})],
    'False NeverBackedUp: no finished backup: a; no BackupSchedule that runs: b',
  ],
  [
    'no schedule comes before what is not known',
    [database('a', {schedules: []})],
    'False NoSchedule: no BackupSchedule that runs: a; not known: a (not listed yet)',
  ],
  [
    'an id that is no time, and of no job',
    [listed('a', 'snapshot-7')],
    'Unknown ListUnavailable: not known: a (its id does not tell when snapshot-7 was made)',
  ],
]

for (const [sentence, databases, expected] of rows)
  test(`Protected, of the databases of a model: ${sentence}`, () => assert.equal(said(databases), expected))

test('Protected: a schedule that asks for a backup a month makes one of three weeks recent, and of no other database', () => {
  const databases = ['a', 'b'].map(name => listed(name, '2026-11-01T02:00:00Z', {schedules: ['monthly']}))
  const judge = (asked: readonly string[]) =>
    protectionOf(databases, {
      access: 'write',
      now,
      objectiveOf: name => (asked.includes(name) ? 45 * 86_400 : 3600),
    })
  assert.equal(
    judge(['a', 'b']).message,
    'every database has a finished backup of the last 8 days, or as its schedules ask',
  )
  assert.equal(judge(['a']).message, 'newest backup older than 8 days: b (2026-11-01T02:00:00Z)')
})

test('Protected: with read access nothing is known', () => {
  assert.equal(said([listed('a')], 'read'), 'Unknown ListUnavailable: with read access the backups cannot be listed')
})

test('Protected names as many databases as fit, and counts the others', () => {
  const many = Array.from({length: 200}, (_, index) => listed(`a-database-with-a-long-name-${index}`))
  const {message} = protectionOf(many, {access: 'write', now})
  assert.ok(Buffer.byteLength(message) < 400, message)
  const [, shown, rest] = /^no finished backup: (.*) and (\d+) more$/.exec(message) ?? []
  assert.equal((shown ?? '').split(', ').length + Number(rest), 200)
})

test('S1.19 what this process does not know of a database stays as it was said last', () => {
  const before = listed('a', fresh, {lastBackupTime: fresh, listFailure: failure})
  assert.deepEqual(withBackups(database('a'), before, {}), before)
})

test('S1.19 a failure keeps the figures and its first words, and a list that was read ends it', () => {
  const before = listed('a', fresh, {listFailure: failure})
  const again = withBackups(database('a'), before, {
    listFailure: {since: '2026-11-22T12:00:00Z', message: 'other words'},
  })
  assert.deepEqual(again, before)
  const backups = {count: 0, unmanaged: 0}
  assert.deepEqual(withBackups(database('a'), before, {backups, listed: true}), database('a', {backups}))
  const {listFailure: _over, ...figures} = before
  assert.deepEqual(withBackups(database('a'), before, {listed: true}), figures, 'read, and not to be told yet')
})

test('the schedules of a database are those that are known now, as many as the status holds', () => {
  const before = listed('a', fresh, {schedules: ['weekly']})
  const schedules = (names: readonly string[]) => ({names, objectiveSeconds: undefined})
  assert.deepEqual(withBackups(database('a'), before, {}).schedules, ['weekly'])
  assert.deepEqual(withBackups(database('a'), before, {schedules: schedules([])}).schedules, [])
  const many = Array.from({length: 12}, (_, index) => `schedule-${index}`)
  assert.equal(withBackups(database('a'), before, {schedules: schedules(many)}).schedules?.length, 10)
})

test('the end of the newest backup never goes back, although its job was cleared', () => {
  const before = listed('a', fresh, {lastBackupTime: fresh})
  assert.equal(withBackups(database('a'), before, {lastBackupTime: '2026-11-01T02:00:00Z'}).lastBackupTime, fresh)
})

test('each news of backups is said once', () => {
  const status = (databases: JujuModelDatabase[]) => {
    const condition = {type: 'Protected', ...protectionOf(databases, {access: 'write', now}), lastTransitionTime: fresh}
    return {observedGeneration: 1, conditions: [condition], databases}
  }
  const reasons = (before: JujuModelDatabase[] | undefined, after: JujuModelDatabase[]): string[] =>
    newsOfBackups(before && status(before), status(after)).map(({type, reason}) => `${type} ${reason}`)
  const stale = (count: number): JujuModelDatabase =>
    database('a', {backups: {count: 1, unmanaged: 0, newest: fresh, oldest: fresh, stale: count}})
  assert.deepEqual(reasons(undefined, [database('a')]), [], 'nothing is known yet')
  assert.deepEqual(reasons([database('a')], [listed('a')]), ['Warning NeverBackedUp'])
  assert.deepEqual(reasons([listed('a')], [listed('a')]), [])
  assert.deepEqual(reasons([listed('a')], [listed('a', fresh)]), ['Normal RecentBackups'])
  assert.deepEqual(reasons([listed('a', fresh)], [stale(1)]), ['Warning StaleBackup'])
  assert.deepEqual(reasons([stale(1)], [stale(1)]), [])
  assert.deepEqual(reasons([stale(1)], [stale(2)]), ['Warning StaleBackup'])
  assert.deepEqual(reasons([stale(1)], [listed('a', fresh)]), [])
  const failing = listed('a', fresh, {listFailure: failure})
  assert.deepEqual(reasons([listed('a', fresh)], [failing]), ['Warning BackupListFailed'])
  assert.deepEqual(reasons([failing], [failing]), [])
})
