import assert from 'node:assert/strict'
import {test} from 'node:test'
import {unreadableGraceMs, verdictOn} from '../../../../src/controllers/inventory/data-present.ts'
import {lookEveryMs, Looks, type Look} from '../../../../src/controllers/inventory/looks.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const ids = (...all: string[]): ReadonlySet<string> => new Set(all)
const seen = (these: ReadonlySet<string>, before?: ReadonlySet<string>): Look => ({kind: 'seen', ids: these, before})
const away = (forMs: number): Look => ({kind: 'unreadable', since: now - forMs, message: 'the store is away'})

function said(look: Look, status?: 'True' | 'False' | 'Unknown'): string {
  const verdict = verdictOn({backupID: 'b1', said: status && {status}, look, where: 'BackupStorage backups', now})
  return verdict === undefined ? 'nothing' : `${verdict.status} ${verdict.reason}`
}

const rows: readonly [sentence: string, look: Look, before: 'True' | 'False' | 'Unknown' | undefined, said: string][] =
  [
    ['nobody has looked yet', {kind: 'unread'}, 'True', 'nothing'],
    ['it is there, and nothing was said', seen(ids('b1')), undefined, 'True Present'],
    ['it is there, as was said', seen(ids('b1', 'b2'), ids('b1')), 'True', 'nothing'],
    ['it is there again', seen(ids('b1'), ids()), 'False', 'True Present'],
    ['it is there after a time in which nobody could look', seen(ids('b1')), 'Unknown', 'True Present'],
    ['the first look ever does not see it', seen(ids('b2')), 'True', 'nothing'],
    ['one look does not see it', seen(ids('b2'), ids('b1', 'b2')), 'True', 'nothing'],
    ['two looks in a row do not see it', seen(ids('b2'), ids('b2')), 'True', 'False Missing'],
    ['the same, and nothing was said', seen(ids(), ids()), undefined, 'False Missing'],
    ['the same, as was said', seen(ids(), ids()), 'False', 'nothing'],
    ['the store is away for an hour', away(3_600_000), 'True', 'nothing'],
    ['the store is away for long', away(unreadableGraceMs), 'True', 'Unknown StoreUnavailable'],
    ['the store is away for long, as was said', away(unreadableGraceMs), 'Unknown', 'nothing'],
    ['the store is away for long, and nothing was known', away(unreadableGraceMs), undefined, 'nothing'],
    ['the store is away for long, and it was gone before', away(unreadableGraceMs), 'False', 'nothing'],
  ]

for (const [sentence, look, before, expected] of rows)
  test(`DataPresent, ${before ?? 'not there'} before: ${sentence}`, () => assert.equal(said(look, before), expected))

test('DataPresent names the backup, where it was looked for, and since when nobody can look', () => {
  const question = {backupID: 'b1', said: {status: 'True'} as const, where: 'BackupStorage backups', now}
  assert.match(
    verdictOn({...question, look: seen(ids(), ids())})?.message ?? '',
    /^backup b1 is not in BackupStorage backups any more: it has expired, was deleted, or the repository has moved/,
  )
  assert.match(
    verdictOn({...question, look: away(unreadableGraceMs)})?.message ?? '',
    /^since 2026-11-22T09:00:00.000Z it cannot be told .* b1 .* BackupStorage backups: the store is away$/,
  )
})

test('a repository is looked into once an interval, and sooner to confirm that a backup is missing', async () => {
  const clock = new VirtualClock()
  const looks = new Looks({clock, random: () => 0})
  assert.equal(looks.dueInMs('r', false), 0)
  looks.see('r', ids('b1'))
  assert.equal(looks.dueInMs('r', false), lookEveryMs)
  assert.equal(looks.dueInMs('r', true), 300_000)
  await clock.advance(300_000)
  assert.equal(looks.dueInMs('r', true), 0)
  looks.see('r', ids())
  assert.deepEqual(looks.of('r'), {kind: 'seen', ids: ids(), before: ids('b1')})
})

test('a look that fails keeps what was seen for the look after it, and says since when', async () => {
  const clock = new VirtualClock()
  const looks = new Looks({clock, random: () => 0})
  looks.see('r', ids('b1'))
  const since = clock.now()
  looks.fail('r', 'away')
  await clock.advance(60_000)
  looks.fail('r', 'still away')
  assert.deepEqual(looks.of('r'), {kind: 'unreadable', since, message: 'away'})
  looks.see('r', ids())
  assert.deepEqual(looks.of('r'), {kind: 'seen', ids: ids(), before: ids('b1')})
})
