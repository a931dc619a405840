import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {recoverableMoments, StorageError, type RecoverableMoments} from '../../../src/storage/index.ts'
import {RecordedRepository, keysLike, remove} from './recorded-repository.ts'
import type {MemoryStore} from './memory-store.ts'

const repository = new RecordedRepository('repository')
const {archive, full, differential, incremental, recording} = repository
const {signal} = new AbortController()

/** Segment n of the WAL was archived n minutes after the hour. */
const hour = Date.parse('2026-11-23T01:00:00.000Z')
const archivedAt = (position: number): Date => new Date(hour + position * 60_000)
const iso = (position: number): string => archivedAt(position).toISOString()

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')
const segment = (timeline: number, position: number): string => `${hex(timeline)}00000000${hex(position)}`

function addSegments(store: MemoryStore, timeline: number, from: number, to: number): void {
  for (let position = from; position <= to; position += 1) {
    const name = segment(timeline, position)
    const key = `${archive}/15-1/${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.zst`
    store.objects.set(key, {size: 1000, text: ''})
    store.written.set(key, archivedAt(position))
  }
}

/** As PostgreSQL writes it: every timeline before, the parent last. */
function addHistory(store: MemoryStore, timeline: number, ...lines: readonly string[]): void {
  const text = lines.map(line => `${line}\tno recovery target specified\n`).join('\n')
  store.objects.set(`${archive}/15-1/${hex(timeline)}.history`, {size: text.length, text})
}

/** What pgBackRest recorded; its WAL is segments 1 to 8 of timeline 1, the backups need 2, 5 and 8. */
function dated(): MemoryStore {
  const store = repository.store()
  for (const key of keysLike(store, /\/15-1\/\w{16}\//))
    store.written.set(key, archivedAt(Number.parseInt(/\/\w{22}(\w\w)[-.]/.exec(key)?.[1] ?? '', 16)))
  return store
}

const backups = [full, differential, incremental].map(({label, type}) => ({backupID: type, label}))

async function reach(change: (store: MemoryStore) => void): Promise<Record<string, string>> {
  const store = dated()
  change(store)
  const moments = await look(store)
  return Object.fromEntries(moments.map(({backupID, last}) => [backupID, last]))
}

function look(store: MemoryStore): Promise<readonly RecoverableMoments[]> {
  const {stanza} = recording
  return recoverableMoments('pgBackRest', store, {path: '/pg/', stanza, backups, signal})
}

const everything = (last: string): Record<string, string> => ({full: last, diff: last, incr: last})

test('S1.23 a backup can be replayed from its end to when the newest segment of its timeline was archived', async () => {
  const moments = await look(dated())
  assert.deepEqual(
    moments,
    [full, differential, incremental].map(({type, timestamp}) => ({
      backupID: type,
      first: new Date(timestamp.stop * 1000).toISOString(),
      last: iso(8),
    })),
  )
  assert.deepEqual(await reach(store => addSegments(store, 1, 9, 30)), everything(iso(30)))
})

const cases: readonly [what: string, change: (store: MemoryStore) => void, expected: Record<string, string>][] = [
  [
    'a gap ends the reach, and what follows it is of use to later backups only',
    store => {
      addSegments(store, 1, 9, 20)
      remove(store, new RegExp(segment(1, 6)))
    },
    {full: iso(5), diff: iso(5), incr: iso(20)},
  ],
  [
    'a gap in the WAL that a backup itself needs leaves it out',
    store => remove(store, new RegExp(`${segment(1, 5)}-`)),
    {full: iso(4), incr: iso(8)},
  ],
  [
    'a segment that two primaries archived ends the reach: pgBackRest refuses to choose',
    store => {
      addSegments(store, 1, 9, 12)
      const [key = ''] = keysLike(store, new RegExp(segment(1, 10)))
      store.objects.set(key.replace('a'.repeat(40), 'b'.repeat(40)), {size: 1000, text: ''})
    },
    everything(iso(9)),
  ],
  [
    'an empty segment ends the reach',
    store => {
      addSegments(store, 1, 9, 12)
      store.objects.set(keysLike(store, new RegExp(segment(1, 11)))[0] ?? '', {size: 0, text: ''})
    },
    everything(iso(10)),
  ],
  [
    'the rest of a segment that was never filled counts nothing',
    store => {
      addSegments(store, 1, 9, 9)
      const [key = ''] = keysLike(store, new RegExp(segment(1, 9)))
      store.objects.set(key.replace(segment(1, 9), `${segment(1, 9)}.partial`), {size: 1000, text: ''})
      store.objects.delete(key)
    },
    everything(iso(8)),
  ],
  [
    'a segment that was filled after all counts, though its rest is there, too',
    store => {
      addSegments(store, 1, 9, 12)
      const [key = ''] = keysLike(store, new RegExp(segment(1, 10)))
      store.objects.set(key.replace(segment(1, 10), `${segment(1, 10)}.partial`), {size: 1000, text: ''})
    },
    everything(iso(12)),
  ],
  [
    'a timeline that a restore opened goes on where the old one ends',
    store => {
      addHistory(store, 2, '1\t0/9000050')
      addSegments(store, 2, 9, 25)
    },
    everything(iso(25)),
  ],
  [
    'a timeline that left in the middle is of use to the backups before it only',
    store => {
      addHistory(store, 2, '1\t0/6000050')
      addSegments(store, 2, 6, 25)
    },
    {full: iso(25), diff: iso(25), incr: iso(8)},
  ],
  [
    'timelines of timelines are followed, hexadecimal numbers included',
    store => {
      for (let timeline = 2; timeline <= 11; timeline += 1) {
        addHistory(store, timeline, `${timeline - 1}\t0/${(8 + timeline).toString(16)}000000`)
        addSegments(store, timeline, 8 + timeline, 8 + timeline)
      }
      addSegments(store, 1, 9, 9)
    },
    everything(iso(19)),
  ],
  [
    'two timelines that opened in the same segment need it from the newest one only',
    store => {
      addHistory(store, 2, '1\t0/9000050')
      addHistory(store, 3, '1\t0/9000050', '2\t0/9000080')
      addSegments(store, 3, 9, 14)
    },
    everything(iso(14)),
  ],
  [
    'a gap before the place where a timeline left cuts it off',
    store => {
      addSegments(store, 1, 9, 12)
      addHistory(store, 2, '1\t0/D000000')
      addSegments(store, 2, 13, 25)
      remove(store, new RegExp(segment(1, 11)))
    },
    everything(iso(10)),
  ],
  ['a timeline without its history file cannot be followed', store => addSegments(store, 2, 9, 25), everything(iso(8))],
  [
    'a history file that cannot be read is none',
    store => {
      store.objects.set(`${archive}/15-1/00000002.history`, {size: 7, text: 'garbage'})
      addSegments(store, 2, 9, 25)
    },
    everything(iso(8)),
  ],
  [
    'a timeline of which nothing was archived yet adds nothing',
    store => addHistory(store, 2, '1\t0/9000050'),
    everything(iso(8)),
  ],
  [
    'a backup whose manifest is gone is left out',
    store => remove(store, /I\/backup\.manifest$/),
    {full: iso(8), diff: iso(8)},
  ],
  ['a backup whose parent is gone is left out', store => remove(store, /D\/backup\.manifest$/), {full: iso(8)}],
  ['without an archive there is nothing', store => remove(store, /archive\.info/), {}],
  ['without a repository there is nothing', store => remove(store, /backup\.info/), {}],
]
for (const [what, change, expected] of cases)
  test(`S1.23 ${what}`, async () => {
    assert.deepEqual(await reach(change), expected)
  })

test('a segment of the wrong length ends the reach where they are not compressed', async () => {
  const plain = new RecordedRepository('plain')
  const store = plain.store()
  for (const key of keysLike(store, /\/15-1\/\w{16}\//)) store.written.set(key, archivedAt(1))
  const [cut = ''] = keysLike(store, /0000003A-/)
  store.objects.set(cut, {size: 1_048_575, text: ''})
  const [before = ''] = keysLike(store, /00000039-/)
  store.written.set(before, archivedAt(57))
  const {label} = plain.incremental
  const question = {path: 'pg', stanza: plain.recording.stanza, backups: [{backupID: 'a', label}], signal}
  const [moments] = await recoverableMoments('pgBackRest', store, question)
  assert.equal(moments?.last, iso(57))
})

/** A restore in the middle of timeline 1 opened timeline 2, one to its end timeline 3; the incremental backup is of timeline 2. */
const timelines = new RecordedRepository('timelines')

async function recordedReach(damage: (store: MemoryStore) => void): Promise<Record<string, string>> {
  const store = timelines.store()
  damage(store)
  const asked = [timelines.full, timelines.incremental].map(({label, type}) => ({backupID: type, label}))
  const question = {path: 'pg', stanza: timelines.recording.stanza, backups: asked, signal}
  const moments = await recoverableMoments('pgBackRest', store, question)
  return Object.fromEntries(moments.map(({backupID, last}) => [backupID, last]))
}

/** When the store got the segment. */
function recordedAt(name: string): string {
  const [, object] = Object.entries(timelines.recording.objects).find(([key]) => key.includes(`/${name}-`)) ?? []
  assert(object?.written, name)
  return object.written
}

const damagedTimelines: readonly [
  what: string,
  damage: (store: MemoryStore) => void,
  full: string,
  incremental: string | undefined,
][] = [
  ['whole', () => undefined, segment(3, 12), segment(3, 12)],
  [
    'without the WAL at the end of the newest timeline',
    store => remove(store, /0{7}3\w{14}0C-/),
    segment(3, 11),
    segment(3, 11),
  ],
  ['with a gap in the newest timeline', store => remove(store, /0{7}3\w{14}0B-/), segment(3, 10), segment(3, 10)],
  [
    'without the first WAL of the newest timeline',
    store => remove(store, /0{7}3\w{14}0A-/),
    segment(2, 9),
    segment(2, 9),
  ],
  [
    'without the history of the newest timeline',
    store => remove(store, /00000003\.history/),
    segment(2, 9),
    segment(2, 9),
  ],
  ['with a gap in the second timeline', store => remove(store, /0{7}2\w{14}08-/), segment(2, 7), segment(2, 7)],
  ['without WAL that the incremental backup needs', store => remove(store, /0{7}2\w{14}06-/), segment(2, 5), undefined],
  [
    'without the history of the second timeline',
    store => remove(store, /00000002\.history/),
    segment(1, 6),
    segment(3, 12),
  ],
  [
    'without WAL of the first timeline where the second left it',
    store => remove(store, /0{7}1\w{14}03-/),
    segment(1, 2),
    segment(3, 12),
  ],
  [
    'without WAL of the first timeline after the second left it',
    store => remove(store, /0{7}1\w{14}04-/),
    segment(3, 12),
    segment(3, 12),
  ],
]
for (const [what, damage, full, incremental] of damagedTimelines)
  test(`S1.23 three timelines of a real pgBackRest, ${what}`, async () => {
    assert.deepEqual(await recordedReach(damage), {
      full: recordedAt(full),
      ...(incremental === undefined ? {} : {incr: recordedAt(incremental)}),
    })
  })

test('an index that cannot be understood says nothing about the backups', async () => {
  const store = dated()
  for (const key of keysLike(store, /backup\.info/)) store.edit(key, () => 'garbled')
  await assert.rejects(look(store), {name: 'UnreadableIndex', message: /backup\.info cannot be read/})
})

test('a store that cannot be read says nothing about the backups', async () => {
  const store = dated()
  const fault = new StorageError('AccessDenied', 'ListObjectsV2', 'no')
  store.faults.set('list', fault)
  await assert.rejects(look(store), fault)
})

test('backups without a label or a stanza, and layouts without a log, have no moments', async () => {
  const store = dated()
  const question = {path: 'pg', backups: [{backupID: 'x'}], signal}
  assert.deepEqual(await recoverableMoments('pgBackRest', store, {...question, stanza: recording.stanza}), [])
  assert.deepEqual(await recoverableMoments('pgBackRest', store, {...question, backups}), [])
  for (const layout of ['PBM', 'OpenSearch', 'ZooKeeper', 'SingleObject', 'None'] as const)
    assert.deepEqual(await recoverableMoments(layout, store, question), [])
})

test('S1.23 property: the reach ends before the first segment that is missing after the backup', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 9, max: 60}),
      fc.uniqueArray(fc.integer({min: 9, max: 60})),
      async (end, lost) => {
        const last = await reach(store => {
          addSegments(store, 1, 9, end)
          for (const position of lost.filter(each => each <= end)) remove(store, new RegExp(`${segment(1, position)}-`))
        })
        const first = Math.min(end + 1, ...lost)
        assert.deepEqual(last, everything(iso(first - 1)))
      },
    ),
    {numRuns: 40},
  )
})
