import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  checkParentAfter,
  checkParentBefore,
  newBackup,
  newestBackupID,
  nextParent,
  type BackupRow,
} from '../../../src/charms/index.ts'
import {artefact, label} from '../../../src/charms/postgresql/artefact.ts'
import {profile, recorded} from './recordings.ts'

const id = (second: number): string => `2026-11-22T02:00:${String(second).padStart(2, '0')}Z`
function row(second: number, change: Partial<BackupRow> = {}): BackupRow {
  return {id: id(second), action: 'full', finished: true, ...change}
}
const incremental = (second: number, reference: number): BackupRow =>
  row(second, {action: 'incremental', reference: id(reference)})
const differential = (second: number, reference: number): BackupRow =>
  row(second, {action: 'differential', reference: id(reference)})
const restore = (second: number): BackupRow => row(second, {action: 'restore', timeline: '2'})

const cases: readonly [sentence: string, rows: BackupRow[], newestBefore: string, expected: string][] = [
  ['the row that was not there before is ours', [row(1), row(2)], id(1), `one ${id(2)}`],
  ['the first backup of all', [row(1)], '', `one ${id(1)}`],
  ['nothing new', [row(1)], id(1), 'none'],
  ['an empty listing', [], '', 'none'],
  ['a restore that happened meanwhile is no backup', [row(1), restore(2)], id(1), 'none'],
  ['a backup of another type is somebody else’s', [row(1), incremental(2, 1)], id(1), 'none'],
  ['beside one of another type ours is found', [row(1), incremental(2, 1), row(3)], id(1), `one ${id(3)}`],
  ['two new ones of our type are not guessed at', [row(1), row(2), row(3)], id(1), `several ${id(2)} ${id(3)}`],
  ['a new row that says failed is ours too', [row(1), row(2, {finished: false, error: 'True'})], id(1), `one ${id(2)}`],
  ['a row without a type, as an old charm lists it, counts', [row(2, {action: 'unknown'})], id(1), `one ${id(2)}`],
  ['an older backup that appears late is not ours', [row(1), row(2)], id(2), 'none'],
]
for (const [sentence, rows, newestBefore, expected] of cases) {
  test(`S2.5 finding the new backup: ${sentence}`, () => {
    const found = newBackup(rows, {newestBefore, type: 'Full'})
    const ids = found.kind === 'one' ? [found.row.id] : found.kind === 'several' ? found.rows.map(each => each.id) : []
    assert.equal([found.kind, ...ids].join(' '), expected)
  })
}

const arbitraryRows = fc
  .uniqueArray(fc.nat(59), {maxLength: 12})
  .chain(seconds =>
    fc.tuple(
      ...seconds.map(second =>
        fc.constantFrom(row(second), incremental(second, 0), differential(second, 0), restore(second)),
      ),
    ),
  )

test('property: a row from before is never ours, and one that is added is always found', () => {
  fc.assert(
    fc.property(
      arbitraryRows,
      fc.constantFrom('Full' as const, 'Differential' as const, 'Incremental' as const),
      (rows, type) => {
        const newestBefore = newestBackupID(rows)
        assert.equal(newBackup(rows, {newestBefore, type}).kind, 'none')
        const action = {Full: 'full', Differential: 'differential', Incremental: 'incremental'} as const
        const ours: BackupRow = {id: '2026-11-23T00:00:00Z', action: action[type], finished: true}
        assert.deepEqual(newBackup([...rows, ours], {newestBefore, type}), {kind: 'one', row: ours})
      },
    ),
  )
})

test('S1.3 the parent is the newest full one for a differential, the newest of all for an incremental', () => {
  const rows = [row(1), row(2), differential(3, 2), incremental(4, 3), restore(5)]
  assert.equal(nextParent(rows, 'Full'), undefined)
  assert.equal(nextParent(rows, 'Differential')?.id, id(2))
  assert.equal(nextParent(rows, 'Incremental')?.id, id(4))
  assert.equal(nextParent([restore(1)], 'Incremental'), undefined)
  assert.equal(nextParent([incremental(1, 0)], 'Differential'), undefined)
})

test('S1.3 a wanted parent is checked before the run', () => {
  const rows = [row(1), row(2), incremental(3, 2)]
  assert.deepEqual(checkParentBefore(rows, 'Incremental', id(3)), {ok: true})
  assert.deepEqual(checkParentBefore(rows, 'Differential', id(2)), {ok: true})
  const other = checkParentBefore(rows, 'Incremental', id(2))
  assert.deepEqual(other, {
    ok: false,
    reason: 'ParentNotNewest',
    message: `cannot build on ${id(2)}: ${id(3)} is the newest backup and would become the parent`,
  })
  const notFull = checkParentBefore([incremental(1, 0)], 'Differential', id(1))
  assert.equal(!notFull.ok && notFull.message, `cannot build on ${id(1)}: there is no full backup`)
  const gone = checkParentBefore(rows, 'Incremental', id(9))
  assert.equal(!gone.ok && gone.reason, 'ParentNotFound')
})

test('S1.3 and again afterwards, by what the charm says', () => {
  assert.deepEqual(checkParentAfter(incremental(4, 3), id(3)), {ok: true})
  const other = checkParentAfter(incremental(4, 2), id(3))
  assert.equal(!other.ok && other.message, `backup ${id(4)} was built on ${id(2)}, not on ${id(3)}`)
})

test('S2.13 S2.14 the artefact of every backup that real charm code listed: stanza, label, log', () => {
  let seen = 0
  for (const {charm, output} of recorded('list-backups')) {
    const parsed = profile(charm).backup.parseListing(output.results ?? {})
    if (!parsed.ok) continue
    for (const {id: backupID, backupPath} of parsed.rows.filter(each => each.action !== 'restore')) {
      const question = {backupID, rows: parsed.rows, path: parsed.path ?? '', modelName: 'other', application: 'other'}
      const found = profile(charm).backup.artefact(question)
      assert.equal(`/${found.stanza}/${found.label}`, backupPath)
      const base: string = parsed.path === '' ? '' : `${parsed.path}/`
      assert.equal(found.logPath, `${base}backup/${found.stanza}/${backupID}/backup.log`)
      seen++
    }
  }
  assert(seen > 80)
})

test('the label that is worked out from ids is the one that the charm lists', () => {
  for (const {charm, name, output} of recorded('list-backups')) {
    const parsed = profile(charm).backup.parseListing(output.results ?? {})
    if (!parsed.ok) continue
    const bare = parsed.rows.map(each => ({...each, backupPath: ''}))
    for (const {id: backupID, backupPath} of parsed.rows.filter(each => each.action !== 'restore')) {
      assert.equal(label(backupID, bare), backupPath?.split('/').at(-1), `${charm} ${name}`)
    }
  }
})

test('a broken chain has no label, and no loop', () => {
  assert.equal(label(id(2), [incremental(2, 1)]), undefined)
  assert.equal(label(id(2), [incremental(2, 1), incremental(1, 2)]), undefined)
  assert.equal(label(id(9), [row(1)]), undefined)
})

test('without a path in the listing the stanza is the charm’s own: model and cluster', () => {
  const question = {backupID: id(1), rows: [row(1)], path: '/pg/', modelName: 'prod', application: 'db'}
  assert.deepEqual(artefact(question, 'db'), {
    stanza: 'prod.db',
    label: '20261122-020001F',
    logPath: `pg/backup/prod.db/${id(1)}/backup.log`,
  })
  assert.equal(profile('postgresql-k8s-16').backup.artefact(question).stanza, 'prod.patroni-db')
})
