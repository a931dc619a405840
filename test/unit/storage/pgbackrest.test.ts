import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {
  StorageError,
  statusOf,
  verifyBackup,
  type BackupQuestion,
  type StoreEvidence,
} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'

/** What a real pgBackRest left in a real S3 server; see record.ts beside it. */
const recording = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/pgbackrest/repository.json'), 'utf8'),
) as {
  modelUUID: string
  stanza: string
  path: string
  info: {
    label: string
    archive: {start: string; stop: string}
    lsn: {start: string; stop: string}
    info: {size: number}
  }[]
  objects: Record<string, {size: number; text?: string}>
}
const [full, differential, incremental] = recording.info
assert(full && differential && incremental)
const directory = `pg/backup/${recording.stanza}`
const archive = `pg/archive/${recording.stanza}`
const logPath = Object.keys(recording.objects).find(key => key.endsWith('/backup.log')) ?? ''

function ask(change: Partial<BackupQuestion> = {}): BackupQuestion {
  const expect = {modelUUID: recording.modelUUID, type: 'Incremental', logPath} as const
  return {path: '/pg/', stanza: recording.stanza, label: incremental?.label ?? '', expect, ...change}
}

/** Looks at the recorded repository after some damage. */
function verify(damage: (store: MemoryStore) => void, change?: Partial<BackupQuestion>): Promise<StoreEvidence> {
  const store = new MemoryStore(recording.objects)
  damage(store)
  return verifyBackup(store, ask(change))
}

function remove(store: MemoryStore, pattern: RegExp): void {
  const keys = [...store.objects.keys()].filter(key => pattern.test(key))
  assert(keys.length > 0, String(pattern))
  for (const key of keys) store.objects.delete(key)
}

test('S2.13 S2.14 a real backup is complete, and the store says what pgBackRest itself says of it', async () => {
  for (const [backup, type] of [
    [full, 'Full'],
    [differential, 'Differential'],
    [incremental, 'Incremental'],
  ] as const) {
    const evidence = await verify(() => undefined, {
      label: backup.label,
      expect: {modelUUID: recording.modelUUID, type},
    })
    assert(evidence.kind === 'complete', evidence.message)
    assert.deepEqual(
      {
        wal: {start: evidence.backup.walStart, stop: evidence.backup.walStop},
        lsn: {start: evidence.backup.lsnStart, stop: evidence.backup.lsnStop},
        size: evidence.backup.size,
        version: evidence.engineVersion,
        timeline: evidence.timeline,
        log: evidence.logFound,
      },
      {wal: backup.archive, lsn: backup.lsn, size: backup.info.size, version: '15', timeline: '1', log: undefined},
    )
  }
})

test('S2.13 S2.14 what the store says becomes the status of the job', async () => {
  const evidence = await verify(() => undefined)
  assert(evidence.kind === 'complete', evidence.message)
  const artefact = {bucket: 'backups', path: 'pg', stanza: recording.stanza, label: incremental.label, logPath}
  assert.deepEqual(statusOf(evidence, artefact), {
    timeline: '1',
    lsnStart: incremental.lsn.start,
    lsnStop: incremental.lsn.stop,
    walStart: incremental.archive.start,
    walStop: incremental.archive.stop,
    sizeBytes: incremental.info.size,
    repositorySizeBytes: evidence.backup.repositorySize,
    engineVersion: '15',
    artefact,
  })
  assert.match(evidence.message, /is complete in the store: index, manifest, what it builds on \(2\) and WAL 0{7}1/)
})

test('S2.14 a log that the charm did not upload is not promised', async () => {
  const evidence = await verify(store => remove(store, /backup\.log$/))
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.logFound, false)
  assert.deepEqual(statusOf(evidence, {bucket: 'b', path: 'pg', logPath}).artefact, {bucket: 'b', path: 'pg'})
})

const nothing = (): void => undefined
const missing: readonly [
  what: string,
  damage: (store: MemoryStore) => void,
  message: RegExp,
  change?: Partial<BackupQuestion>,
][] = [
  [
    'an unknown label',
    nothing,
    /^there is no backup 20000101-000000F in pg\/backup\/prod\.postgresql$/,
    {label: '20000101-000000F'},
  ],
  [
    'a run that was cut short',
    store => {
      store.edit(`${directory}/backup.info`, text => text.replaceAll(/^.*I=.*\n/gm, ''))
      remove(store, /I\/backup\.manifest$/)
    },
    /was never finished: only a copy of its manifest exists$/,
  ],
  [
    'a backup that is not in the index',
    store => store.edit(`${directory}/backup.info`, text => text.replaceAll(/^.*I=.*\n/gm, '')),
    /is not in backup\.info, though its manifest exists$/,
  ],
  [
    'another repository',
    nothing,
    /^there is no repository: pg\/backup\/other\.db\/backup\.info does not exist$/,
    {stanza: 'other.db'},
  ],
  ['another path', nothing, /^there is no repository/, {path: '/elsewhere', expect: {}}],
]
for (const [what, damage, message, change] of missing) {
  test(`missing: ${what}`, async () => {
    const evidence = await verify(damage, change)
    assert.equal(evidence.kind, 'missing')
    assert.match(evidence.message, message)
  })
}

const index = `${directory}/backup.info`
function editEntry(store: MemoryStore, change: (line: string) => string): void {
  const label = incremental?.label ?? ''
  for (const key of [index, `${index}.copy`]) {
    store.edit(key, text => text.replace(new RegExp(`^${label}=.*$`, 'm'), change))
  }
}

const broken: readonly [what: string, damage: (store: MemoryStore) => void, problem: RegExp][] = [
  [
    'pages with wrong checksums',
    store => editEntry(store, line => line.replace('"backup-error":false', '"backup-error":true')),
    /pgBackRest found pages with wrong checksums/,
  ],
  [
    'a repository of another model',
    store => store.edit('pg/model-uuid.txt', () => 'another\n'),
    /belongs to model another, not to /,
  ],
  ['no manifest', store => remove(store, /I\/backup\.manifest$/), /I\/backup\.manifest does not exist/],
  [
    'an empty manifest',
    store => store.edit(`${directory}/${incremental.label}/backup.manifest`, () => ''),
    /I\/backup\.manifest is empty/,
  ],
  [
    'no manifest of the full backup below',
    store => remove(store, /F\/backup\.manifest$/),
    /F\/backup\.manifest does not exist/,
  ],
  [
    'a parent that has expired',
    store => {
      for (const key of [index, `${index}.copy`]) store.edit(key, text => text.replaceAll(/^.*D=.*\n/gm, ''))
    },
    /it builds on .*D, which backup\.info does not know/,
  ],
  [
    'a WAL segment that was lost',
    store => remove(store, new RegExp(`${incremental.archive.stop}-`)),
    new RegExp(`WAL ${incremental.archive.stop} is not in the archive`),
  ],
  [
    'an empty WAL segment',
    store => {
      const key = [...store.objects.keys()].find(each => each.includes(`${incremental.archive.start}-`)) ?? ''
      store.objects.set(key, {size: 0, text: ''})
    },
    new RegExp(`WAL ${incremental.archive.start} is not in the archive`),
  ],
  ['no WAL at all', store => remove(store, /^pg\/archive\/.*\/15-1\//), /WAL .*, .* is not in the archive/],
  ['no archive', store => remove(store, /^pg\/archive\//), /archive\.info is missing/],
  [
    'an archive of another database',
    store => {
      for (const key of [`${archive}/archive.info`, `${archive}/archive.info.copy`])
        store.edit(key, text => text.replaceAll(/"db-id":\d+/g, '"db-id":1'))
    },
    /archive\.info does not know the database of the backup/,
  ],
  [
    'an index that cannot be read, twice',
    store => {
      for (const key of [index, `${index}.copy`]) store.edit(key, () => 'garbled')
    },
    /backup\.info cannot be read, and its copy neither/,
  ],
  [
    'a line that cannot be read',
    store => editEntry(store, line => line.slice(0, 80)),
    /the line of .*I in .* cannot be read/,
  ],
  [
    'another type',
    store => editEntry(store, line => line.replace('"incr"', '"diff"')),
    /it is of type Differential, not Incremental/,
  ],
  [
    'an end before the start',
    store => editEntry(store, line => line.replace(/"backup-timestamp-stop":\d+/, '"backup-timestamp-stop":1')),
    /its times make no sense/,
  ],
  [
    'WAL of two timelines',
    store =>
      editEntry(store, line => line.replace(/"backup-archive-stop":"00000001/, '"backup-archive-stop":"00000002')),
    /its WAL makes no sense: .* are of two timelines/,
  ],
  [
    'WAL that ends before it starts',
    store =>
      editEntry(store, line =>
        line.replace(/"backup-archive-stop":"\w+"/, '"backup-archive-stop":"000000010000000000000001"'),
      ),
    /its WAL makes no sense: .* is before /,
  ],
  [
    'more WAL than there can be',
    store =>
      editEntry(store, line =>
        line.replace(/"backup-archive-stop":"\w+"/, '"backup-archive-stop":"00000001FFFFFFFF000000FF"'),
      ),
    /its WAL makes no sense: \d+ segments/,
  ],
  [
    'no WAL named',
    store => editEntry(store, line => line.replace(/"backup-archive-stop":"\w+",/, '')),
    /does not say which WAL it needs/,
  ],
]
for (const [what, damage, problem] of broken) {
  test(`broken: ${what}`, async () => {
    const evidence = await verify(damage)
    assert(evidence.kind === 'broken', evidence.message)
    assert.match(evidence.problems.join('; '), problem)
    assert.match(evidence.message, /^the backup in the store is not usable: /)
  })
}

test('every problem is named, not only the first', async () => {
  const evidence = await verify(store => {
    editEntry(store, line => line.replace('"backup-error":false', '"backup-error":true'))
    remove(store, /I\/backup\.manifest$/)
    remove(store, new RegExp(`${incremental.archive.stop}-`))
  })
  assert.equal(evidence.kind === 'broken' && evidence.problems.length, 3)
})

test('a damaged index is read from its copy, as pgBackRest does', async () => {
  for (const key of [index, `${archive}/archive.info`]) {
    assert.equal((await verify(store => store.edit(key, text => text.slice(50)))).kind, 'complete')
    assert.equal((await verify(store => store.objects.delete(key))).kind, 'complete')
  }
})

test('a repository of an older charm, without the model beside it, is taken, and that is said', async () => {
  const evidence = await verify(store => remove(store, /model-uuid/))
  assert.equal(evidence.kind, 'complete')
  assert.match(evidence.message, /pg\/model-uuid\.txt is missing, so whose repository this is was not checked$/)
})

test('a store that cannot be read says nothing about the backup', async () => {
  for (const request of ['get', 'head', 'list']) {
    const fault = new StorageError('Unreachable', request, 'gone')
    await assert.rejects(
      verify(store => void store.faults.set(request, fault)),
      fault,
    )
  }
})

test('the check writes nothing, and reads no data of the backup', async () => {
  const store = new MemoryStore(recording.objects)
  await verifyBackup(store, ask())
  const kinds = new Set(store.requests.map(request => request.split(' ')[0]))
  assert.deepEqual(
    [...kinds].sort((a = '', b = '') => a.localeCompare(b)),
    ['get', 'head', 'list'],
  )
  assert(!store.requests.some(request => /bundle|pg_data/.test(request)))
  assert(store.requests.length < 12, store.requests.join('\n'))
})
