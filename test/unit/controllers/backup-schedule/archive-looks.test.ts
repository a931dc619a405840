import assert from 'node:assert/strict'
import {beforeEach, suite, test} from 'node:test'
import {ArchiveLooks} from '../../../../src/controllers/backup-schedule/archive-looks.ts'
import type {ArchivePlace} from '../../../../src/controllers/backup-schedule/archive-read.ts'
import type {StorageDirectory, StorageLookup} from '../../../../src/controllers/backup-storage/directory.ts'
import {silentLogger} from '../../../../src/observability/log.ts'
import {StorageError} from '../../../../src/storage/object-store.ts'
import type {MemoryStore} from '../../storage/memory-store.ts'
import {keysLike, RecordedRepository, remove} from '../../storage/recorded-repository.ts'
import {settle, VirtualClock} from '../../../support/virtual-clock.ts'

const minute = 60_000
const repository = new RecordedRepository('repository')
const hour = Date.parse('2026-11-23T01:00:00.000Z')
const archivedAt = (position: number): number => hour + position * minute

/** Segments 1 to 8 of timeline 1 are archived, n minutes after the hour; the backups need 2, 5 and 8. */
function dated(): MemoryStore {
  const store = repository.store()
  for (const key of keysLike(store, /\/15-1\/\w{16}\//)) {
    const position = Number.parseInt(/\/\w{22}(\w\w)[-.]/.exec(key)?.[1] ?? '', 16)
    store.written.set(key, new Date(archivedAt(position)))
  }
  return store
}

function addSegment(store: MemoryStore, position: number): void {
  const name = `0000000100000000${position.toString(16).toUpperCase().padStart(8, '0')}`
  const key = `${repository.archive}/15-1/${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.zst`
  store.objects.set(key, {size: 1000, text: ''})
  store.written.set(key, new Date(archivedAt(position)))
}

const place: ArchivePlace = {
  namespace: 'team-a',
  storage: 'backups',
  layout: 'pgBackRest',
  path: 'pg',
  stanza: repository.recording.stanza,
  modelName: 'prod',
  application: 'postgresql',
}

suite('looks into the archive', () => {
  let store: MemoryStore
  let clock: VirtualClock
  let looks: ArchiveLooks
  let looked: string[]
  let lookup: StorageLookup

  beforeEach(() => {
    store = dated()
    clock = new VirtualClock(archivedAt(9))
    looked = []
    lookup = {found: true, ready: true, namespace: 'team-a', name: 'backups', spec: {} as never, store}
    const storages: StorageDirectory = {lookup: () => lookup, onChange: () => () => undefined}
    looks = new ArchiveLooks({
      storages,
      onLooked: key => void looked.push(key),
      clock,
      random: () => 0,
      log: silentLogger,
    })
  })

  const last = (key: string): number | undefined => {
    const look = looks.of(key)
    return look.kind === 'seen' ? look.span?.last : undefined
  }
  /** Reads of the index: one for each look, and one for its moments. */
  const indexReads = (): number => store.requests.filter(request => request.endsWith('backup.info')).length

  test('S1.23 one look serves all schedules of an application, and each of them is told', async () => {
    for (const key of ['team-a/nightly', 'team-a/weekly', 'team-a/hourly']) looks.ask(key, place, 15 * minute)
    assert.deepEqual(looks.of('team-a/nightly'), {kind: 'unread'})
    await settle()
    assert.deepEqual(looked, ['team-a/nightly', 'team-a/weekly', 'team-a/hourly'])
    for (const key of looked) assert.equal(last(key), archivedAt(8))
    const reads = indexReads()
    for (const key of looked) assert.ok(looks.ask(key, place, 15 * minute) > 0)
    await settle()
    assert.equal(indexReads(), reads, 'nothing is read again before it is due')
  })

  test('S1.23 the shortest lag that is allowed decides how often is looked: a quarter of it, a minute at least', async () => {
    assert.equal(looks.ask('a', place, undefined), 60 * minute)
    assert.equal(looks.ask('b', place, 60 * minute), 15 * minute)
    assert.equal(looks.ask('c', place, 16 * minute), 4 * minute)
    assert.equal(looks.ask('d', place, 2 * minute), minute)
    looks.forget('d')
    await settle()
    assert.equal(looks.ask('b', place, 60 * minute), 4 * minute)
  })

  test('S1.23 a later look sees what was archived since, reading the log from the newest backups on only', async () => {
    looks.ask('a', place, 16 * minute)
    await settle()
    const whole = store.requests.length
    addSegment(store, 9)
    await clock.advance(4 * minute)
    looks.ask('a', place, 16 * minute)
    await settle()
    const look = looks.of('a')
    assert.equal(last('a'), archivedAt(9))
    assert.ok(look.kind === 'seen' && (look.span?.first ?? 0) < archivedAt(8), 'where it begins is still known')
    assert.ok(store.requests.length - whole <= whole)
  })

  test('S1.23 a gap in the log moves nothing on', async () => {
    looks.ask('a', place, 16 * minute)
    await settle()
    addSegment(store, 10)
    await clock.advance(20 * minute)
    looks.ask('a', place, 16 * minute)
    await settle()
    assert.equal(last('a'), archivedAt(8))
  })

  test('a store that fails says since when, keeps what was seen, and is asked again', async () => {
    looks.ask('a', place, 16 * minute)
    await settle()
    for (const request of ['list', 'get', 'read', 'head'])
      store.faults.set(request, new StorageError('Unreachable', 'ListObjects', 'connection refused'))
    await clock.advance(4 * minute)
    looks.ask('a', place, 16 * minute)
    await settle()
    const since = clock.now()
    await clock.advance(4 * minute)
    looks.ask('a', place, 16 * minute)
    await settle()
    const look = looks.of('a')
    assert.ok(
      look.kind === 'unreadable' && look.since === since && look.span?.last === archivedAt(8),
      JSON.stringify(look),
    )
    store.faults.clear()
    await clock.advance(4 * minute)
    looks.ask('a', place, 16 * minute)
    await settle()
    assert.equal(looks.of('a').kind, 'seen')
  })

  test('a BackupStorage that is not ready proves nothing', async () => {
    lookup = {found: true, ready: false, reason: 'AccessDenied', message: 'no rights', spec: {} as never}
    looks.ask('a', place, undefined)
    await settle()
    const look = looks.of('a')
    assert.equal(look.kind === 'unreadable' && look.message, 'BackupStorage backups is AccessDenied: no rights')
  })

  test('a repository without backups is no fault, and who asks for another one forgets the first', async () => {
    remove(store, /./)
    looks.ask('a', place, undefined)
    await settle()
    const look = looks.of('a')
    assert.ok(look.kind === 'seen' && look.backups === 0 && look.span === undefined)
    looks.ask('a', {...place, application: 'other'}, undefined)
    assert.equal(looks.of('a').kind, 'unread')
    looks.forget('a')
    assert.equal(looks.of('a').kind, 'unread')
  })
})
