import assert from 'node:assert/strict'
import {suite, test} from 'node:test'
import {newestSpan} from '../../../../src/controllers/backup-schedule/archive-read.ts'
import {
  archiving,
  type ArchiveLook,
  type ArchivingQuestion,
} from '../../../../src/controllers/backup-schedule/archiving.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const at = (time: string): number => Date.parse(`2026-11-23T${time}:00Z`)
const first = Date.parse('2026-11-20T02:10:00Z')
const seen = (last: string, over: {backups?: number; at?: number} = {}): ArchiveLook => ({
  kind: 'seen',
  at: now,
  backups: 3,
  span: {first, last: at(last)},
  ...over,
})
const failure = {kind: 'unreadable', since: at('11:00'), message: 'connection refused'} as const
const said = {first: '2026-11-20T02:10:01Z', last: '2026-11-23T11:40:00Z'}

function judge(look: ArchiveLook, over: Partial<ArchivingQuestion> = {}): string {
  const {condition} = archiving({maxLagSeconds: 900, look, said: undefined, now, ...over})
  return typeof condition === 'string' ? condition : `${condition.status} ${condition.reason}`
}

const rows: readonly [sentence: string, look: ArchiveLook, over: Partial<ArchivingQuestion>, said: string][] = [
  ['a segment arrived ten minutes ago', seen('11:50'), {}, 'True Archiving'],
  ['nothing came for twenty minutes', seen('11:40'), {}, 'False ArchiveLag'],
  ['the last look is from before the limit: the next one is due', seen('11:40', {at: at('11:50')}), {}, 'Keep'],
  ['no backup can be replayed', {kind: 'seen', at: now, backups: 2, span: undefined}, {}, 'False NothingArchived'],
  ['the store holds no backup yet', {kind: 'seen', at: now, backups: 0, span: undefined}, {}, 'Unknown NotSeenYet'],
  ['nobody has looked yet', {kind: 'unread'}, {}, 'Unknown NotSeenYet'],
  ['nobody has looked since the start, and an earlier process had', {kind: 'unread'}, {said}, 'Keep'],
  [
    'the store cannot be read, and what it showed is still good',
    {...failure, span: {first, last: at('11:50')}},
    {},
    'Keep',
  ],
  [
    'the store cannot be read for too long',
    {...failure, span: {first, last: at('11:40')}},
    {},
    'Unknown StoreUnavailable',
  ],
  ['the store cannot be read since the start', failure, {said}, 'Unknown StoreUnavailable'],
  ['the charm archives nothing', {kind: 'NotApplicable'}, {}, 'Unknown NotApplicable'],
  ['nobody asked to watch it', seen('11:40'), {maxLagSeconds: undefined}, 'None'],
]

for (const [sentence, look, over, expected] of rows)
  test(`S1.23 Archiving: ${sentence}`, () => assert.equal(judge(look, over), expected))

test('S1.23 Archiving turns when the limit passes, and not before somebody has looked again', () => {
  const question = {maxLagSeconds: 900, look: seen('11:50'), said: undefined, now}
  const {changesAt = 0} = archiving(question)
  assert.equal(changesAt, at('12:05'))
  assert.equal(judge(seen('11:50'), {now: changesAt}), 'Keep')
  assert.equal(judge(seen('11:50', {at: changesAt}), {now: changesAt}), 'False ArchiveLag')
})

suite('the moments that can be restored', () => {
  const shown = (look: ArchiveLook, over: Partial<ArchivingQuestion> = {}) =>
    archiving({maxLagSeconds: 900, look, said: undefined, now, ...over}).recoverability

  test('S1.23 begin with the second after the oldest backup, and are written as they were seen', () => {
    assert.deepEqual(shown(seen('11:50')), {first: '2026-11-20T02:10:01Z', last: '2026-11-23T11:50:00Z'})
  })

  test('move on in the status once an hour only, and at once when the beginning moves', () => {
    assert.equal(shown(seen('11:50'), {said}), said)
    const hourAgo = {...said, last: '2026-11-23T10:50:00Z'}
    assert.equal(shown(seen('11:50'), {said: hourAgo})?.last, '2026-11-23T11:50:00Z')
    const expired = {...said, first: '2026-11-01T02:10:01Z'}
    assert.equal(shown(seen('11:50'), {said: expired})?.first, '2026-11-20T02:10:01Z')
  })

  test('are exact beside a bad message', () => {
    assert.equal(shown(seen('11:41'), {said})?.last, '2026-11-23T11:41:00Z')
  })

  test('stay while the store cannot be read, and go when there are none any more', () => {
    assert.equal(shown(failure, {said}), said)
    assert.equal(shown({kind: 'seen', at: now, backups: 0, span: undefined}, {said}), undefined)
    assert.equal(shown({kind: 'seen', at: now, backups: 1, span: {first, last: first}}), undefined)
  })
})

test('S1.23 the newest span without a gap is that of all backups from which the log leads to its end', () => {
  const moments = (...spans: readonly (readonly [number, number])[]) =>
    spans.map(([from, to], index) => ({
      backupID: String(index),
      first: new Date(from * 1000).toISOString(),
      last: new Date(to * 1000).toISOString(),
    }))
  assert.equal(newestSpan([]), undefined)
  assert.deepEqual(newestSpan(moments([10, 90], [30, 90], [50, 90])), {first: 10_000, last: 90_000})
  assert.deepEqual(newestSpan(moments([10, 20], [30, 90], [50, 90])), {first: 30_000, last: 90_000}, 'a gap before 30')
  assert.deepEqual(newestSpan(moments([50, 90], [10, 60], [5, 10])), {first: 5_000, last: 90_000}, 'in any order')
})
