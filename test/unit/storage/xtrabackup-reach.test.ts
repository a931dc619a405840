import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {recoverableMoments, StorageError} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'

const {signal} = new AbortController()
const [early, late] = ['2026-08-01T02:00:03Z', '2026-08-02T02:00:03Z'] as const
const group = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const other = 'aaaaaaaa-71ca-11e1-9e33-c80aa9429562'
const day = (number: number, hour = 0): number => Date.UTC(2026, 7, number, hour)
const iso = (ms: number): string => new Date(ms).toISOString()

/** Two backups, each begun at 2 and over at 3. */
function repository(): MemoryStore {
  const store = new MemoryStore()
  for (const [id, number] of [
    [early, 1],
    [late, 2],
  ] as const) {
    const metadata = `Date Backup Requested: ${id}\nModel Name: databases\nApplication Name: mysql\n`
    put(store, `p/${id}.metadata`, metadata, day(number, 2))
    put(store, `p/${id}.md5`, 'sums', day(number, 3))
  }
  return store
}

function put(store: MemoryStore, key: string, text: string, written: number): void {
  store.objects.set(key, {text, size: text.length})
  store.written.set(key, new Date(written))
}

/** @param begun of its first event, ms @param collected when it was uploaded, ms */
function binlog(store: MemoryStore, number: number, begun: number, collected: number, set: string): string {
  const key = `p/binlogs/binlog_${begun / 1000}_${String(number).padStart(6, '0')}_${collected.toString(16).padStart(32, '0')}`
  put(store, key, 'binary log', collected)
  put(store, `${key}-gtid-set`, set, collected)
  return key
}

/** One log a day from July 31 on; each is collected at the end of its day. */
function daily(store: MemoryStore, sets: readonly string[]): void {
  for (const [index, set] of sets.entries()) binlog(store, index + 1, day(index), day(index + 1), set)
}

async function reach(store: MemoryStore, expect: {modelName?: string; application?: string} = {}) {
  const backups = [{backupID: early}, {backupID: late}]
  const moments = await recoverableMoments('XtraBackup', store, {path: '/p/', backups, ...expect, signal})
  return Object.fromEntries(moments.map(({backupID, first, last}) => [backupID, [first, last]]))
}

const ended = {[early]: iso(day(1, 3)), [late]: iso(day(2, 3))}
const until = (first: number | undefined, second: number | undefined): Record<string, string[]> => ({
  ...(first === undefined ? {} : {[early]: [ended[early] ?? '', iso(first)]}),
  ...(second === undefined ? {} : {[late]: [ended[late] ?? '', iso(second)]}),
})

const following = [`${group}:1-10`, `${group}:11-20`, `${group}:21-30`, `${group}:31-40`]

test('S1.23 a backup of MySQL can be replayed from its end to when the newest binary log was collected', async () => {
  const store = repository()
  daily(store, following)
  assert.deepEqual(await reach(store, {modelName: 'databases', application: 'mysql'}), until(day(4), day(4)))
})

const cases: readonly [what: string, sets: readonly string[], expected: Record<string, string[]>][] = [
  [
    'a gap ends the reach of the backups before it',
    [...following.slice(0, 2), `${group}:25-30`, `${group}:31-40`],
    until(day(2), day(4)),
  ],
  [
    'a gap between sets of two sources is one, too',
    [...following.slice(0, 2), `${group}:21-30,\n${other}:7-9`],
    until(day(2), day(3)),
  ],
  [
    'a new source that begins with its first transaction is none',
    [...following.slice(0, 2), `${group}:21-30,\n${other}:1-9`],
    until(day(3), day(3)),
  ],
  [
    'a new primary begins a block of numbers of its own',
    [...following.slice(0, 2), `${group}:1000001-1000009`, `${group}:21-30:1000010-1000020`],
    until(day(4), day(4)),
  ],
  ['sets that overlap follow each other', [`${group}:1-10`, `${group}:5-20`, `${group}:1-30`], until(day(3), day(3))],
  [
    'a set that cannot be read ends the reach',
    [...following.slice(0, 2), 'garbled', `${group}:21-30`],
    until(day(2), day(4)),
  ],
  ['without binary logs there is nothing', [], {}],
]
for (const [what, sets, expected] of cases)
  test(`S1.23 ${what}`, async () => {
    const store = repository()
    daily(store, sets)
    assert.deepEqual(await reach(store), expected)
  })

test('a log that is written to is collected again and again: the last time counts', async () => {
  const store = repository()
  daily(store, following.slice(0, 1))
  for (const hour of [4, 5, 6]) binlog(store, 2, day(1), day(1, hour), `${group}:11-${10 + hour}`)
  binlog(store, 3, day(1, 6), day(2, 6), `${group}:17-30`)
  assert.deepEqual(await reach(store), until(day(2, 6), day(2, 6)))
})

test('a log without its set is passed over, as the tool of the charm does; what was in it is a gap', async () => {
  const store = repository()
  daily(store, following)
  store.objects.delete(`${binlog(store, 3, day(2), day(3), '')}-gtid-set`)
  assert.deepEqual(await reach(store), until(day(2), day(2, 3)))
})

test('a backup that began before the oldest log has no reach: nobody knows what was written before', async () => {
  const store = repository()
  binlog(store, 1, day(2), day(3), `${group}:1-10`)
  assert.deepEqual(await reach(store), until(undefined, day(3)))
})

test('backups that are not finished, or of another application, have no reach', async () => {
  const store = repository()
  daily(store, following)
  store.objects.delete(`p/${early}.md5`)
  assert.deepEqual(await reach(store), until(undefined, day(4)))
  assert.deepEqual(await reach(store, {application: 'shop'}), {})
  assert.deepEqual(await reach(store, {modelName: 'elsewhere'}), {})
})

test('a store that cannot be read says nothing about the backups', async () => {
  const store = repository()
  const fault = new StorageError('Unreachable', 'ListObjectsV2', 'no')
  store.faults.set('list', fault)
  await assert.rejects(reach(store), fault)
})

test('S1.23 property: the reach ends with the last log before the first that is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 4, max: 28}),
      fc.uniqueArray(fc.integer({min: 2, max: 27})),
      async (count, lost) => {
        const store = repository()
        for (let index = 0; index < count; index += 1)
          if (!lost.includes(index))
            binlog(store, index + 1, day(index), day(index + 1), `${group}:${index * 10 + 1}-${index * 10 + 10}`)
        const [last] = (await reach(store))[early]?.slice(1) ?? []
        const first = Math.min(count, ...lost)
        assert.equal(last, iso(day(first)))
      },
    ),
    {numRuns: 40},
  )
})
