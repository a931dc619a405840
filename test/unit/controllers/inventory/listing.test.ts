import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupRow} from '../../../../src/charms/profile.ts'
import {figuresOf} from '../../../../src/controllers/inventory/inventory.ts'
import type {AnyRun} from '../../../../src/charms/stale.ts'
import {listingOf} from '../../../../src/controllers/inventory/listing.ts'

const askedAt = Date.parse('2026-11-22T12:00:00Z')
const quiet: AnyRun = {askedAt, busy: false, completion: 'Task'}
const finished = (id: string): BackupRow => ({id, action: 'full', finished: true})
const running = (id: string): BackupRow => ({id, action: 'full', finished: false, running: true})
const failed = (id: string): BackupRow => ({id, action: 'full', finished: false, error: 'True'})

test('S1.19 finished backups are counted with their oldest and newest, and those that no job knows are unmanaged', () => {
  const rows = ['2026-11-21T02:00:00Z', '2026-11-20T02:00:00Z', '2026-11-22T02:00:00Z'].map(finished)
  const restore: BackupRow = {id: '2026-11-22T03:00:00Z', action: 'restore', finished: true}
  const listing = listingOf([...rows, restore, failed('2026-11-22T04:00:00Z')], quiet)
  assert.deepEqual(figuresOf(listing, new Set(['2026-11-21T02:00:00Z', 'an id that is not listed any more'])), {
    count: 3,
    unmanaged: 2,
    newest: '2026-11-22T02:00:00Z',
    oldest: '2026-11-20T02:00:00Z',
  })
})

test('of an empty list there is neither an oldest nor a newest', () => {
  assert.deepEqual(figuresOf(listingOf([], quiet), new Set()), {count: 0, unmanaged: 0})
})

const rows: readonly [sentence: string, row: BackupRow, circumstances: Partial<AnyRun>, stale: boolean][] = [
  ['in progress for two hours, and no task runs', running('2026-11-22T10:00:00Z'), {}, true],
  ['in progress for half an hour only', running('2026-11-22T11:30:00Z'), {}, false],
  ['in progress, and a task of the application runs', running('2026-11-22T10:00:00Z'), {busy: true}, false],
  ['its id is no time, and no task runs', running('a-backup'), {}, true],
  ['its id is ahead of our clock', running('2026-11-22T20:00:00Z'), {}, false],
  ['an old failed one', failed('2026-11-01T10:00:00Z'), {}, false],
  ['an old finished one', finished('2026-11-01T10:00:00Z'), {}, false],
  ['of an asynchronous charm, for two hours', running('2026-11-22T10:00:00Z'), {completion: 'Listing'}, false],
  ['of an asynchronous charm, for three days', running('2026-11-19T11:00:00Z'), {completion: 'Listing'}, false],
  ['of an asynchronous charm, for five days', running('2026-11-17T11:00:00Z'), {completion: 'Listing'}, true],
  [
    'of an asynchronous charm, for five days, while another backup runs',
    running('2026-11-17T11:00:00Z'),
    {completion: 'Listing', busy: true},
    true,
  ],
  ['of an asynchronous charm, without a time', running('a-backup'), {completion: 'Listing'}, false],
]

for (const [sentence, row, circumstances, stale] of rows)
  test(`S1.20 a row ${stale ? 'is stale' : 'is not stale'}: ${sentence}`, () => {
    const listing = listingOf([row], {...quiet, ...circumstances})
    assert.deepEqual(listing.stale, stale ? [row.id] : [])
    assert.deepEqual(listing.finished, row.finished ? [row.id] : [])
  })

test('S1.20 stale rows are said, and count neither as backups nor as unmanaged ones', () => {
  const listing = listingOf([finished('2026-11-21T02:00:00Z'), running('2026-11-20T02:00:00Z')], quiet)
  assert.deepEqual(figuresOf(listing, new Set(['2026-11-21T02:00:00Z'])), {
    count: 1,
    unmanaged: 0,
    newest: '2026-11-21T02:00:00Z',
    oldest: '2026-11-21T02:00:00Z',
    stale: 1,
  })
})
