import assert from 'node:assert/strict'
import {test} from 'node:test'
import {StorageError, statusOf, verifyBackup, type BackupQuestion} from '../../../src/storage/index.ts'
import {keysLike, RecordedRepository, remove} from './recorded-repository.ts'
import type {MemoryStore} from './memory-store.ts'
import {signed} from './signed.ts'

/** As the charm sets it up; and without bundles and compression, with WAL segments of 1 MiB. */
const bundled = new RecordedRepository('repository')
const plain = new RecordedRepository('plain')
const {directory, archive, logPath, recording} = bundled
const {incremental} = bundled
const verify = bundled.verify.bind(bundled)
const editEntry = bundled.editEntry.bind(bundled)

for (const repository of [bundled, plain])
  test(`S2.13 S2.14 real backups of every type are complete, and the store says what pgBackRest itself says of them${repository === plain ? ': files of their own, short WAL segments' : ''}`, async () => {
    const {modelUUID} = repository.recording
    for (const [backup, type] of [
      [repository.full, 'Full'],
      [repository.differential, 'Differential'],
      [repository.incremental, 'Incremental'],
    ] as const) {
      const evidence = await repository.verify(() => undefined, {label: backup.label, expect: {modelUUID, type}})
      assert(evidence.kind === 'complete', evidence.message)
      assert.deepEqual(
        {
          wal: {start: evidence.backup.walStart, stop: evidence.backup.walStop},
          lsn: {start: evidence.backup.lsnStart, stop: evidence.backup.lsnStop},
          size: evidence.backup.size,
          version: evidence.engineVersion,
          timeline: evidence.timeline,
          log: evidence.logFound,
          notes: evidence.notes,
        },
        {
          wal: backup.archive,
          lsn: backup.lsn,
          size: backup.info.size,
          version: '15',
          timeline: '1',
          log: undefined,
          notes: [],
        },
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
  assert.match(
    evidence.message,
    /is complete in the store: index, manifest of 9\d\d files with all objects of them, what it builds on \(2\) and WAL 0{7}1/,
  )
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
      bundled.editIndex(store, text => text.replaceAll(/^.*I=.*\n/gm, ''))
      remove(store, /I\/backup\.manifest$/)
    },
    /was never finished: only a copy of its manifest exists$/,
  ],
  [
    'a backup that is not in the index',
    store => bundled.editIndex(store, text => text.replaceAll(/^.*I=.*\n/gm, '')),
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
      bundled.editIndex(store, text => text.replaceAll(/^.*D=.*\n/gm, ''))
    },
    /it builds on .*D, which backup\.info does not know/,
  ],
  [
    'a WAL segment that was lost',
    store => remove(store, new RegExp(`${incremental.archive.stop}-`)),
    new RegExp(`WAL ${incremental.archive.stop} is not in the archive pg/archive/prod.postgresql/15-1$`),
  ],
  [
    'an empty WAL segment',
    store => {
      const key = [...store.objects.keys()].find(each => each.includes(`${incremental.archive.start}-`)) ?? ''
      store.objects.set(key, {size: 0, text: ''})
    },
    new RegExp(`WAL ${incremental.archive.start} \\(0 bytes\\) is truncated in the archive`),
  ],
  ['no WAL at all', store => remove(store, /^pg\/archive\/.*\/15-1\//), /WAL 0\w+ is not in the archive/],
  ['no archive', store => remove(store, /^pg\/archive\//), /archive\.info is missing, and so is its copy/],
  [
    'an archive of another database',
    store => {
      for (const key of [`${archive}/archive.info`, `${archive}/archive.info.copy`])
        store.edit(key, text => signed(text.replaceAll(/"db-id":\d+/g, '"db-id":1')))
    },
    /archive\.info does not know the database of the backup/,
  ],
  [
    'an index that cannot be read, twice',
    store => {
      for (const key of [index, `${index}.copy`]) store.edit(key, () => 'garbled')
    },
    /backup\.info cannot be read from line 1 on, and its copy cannot be read from line 1 on$/,
  ],
  [
    'a line that cannot be understood',
    store => editEntry(store, line => line.replace(/"backup-timestamp-start":\d+,/, '')),
    /the line of .*I in .* cannot be understood/,
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
        line
          .replace(/"backup-archive-stop":"\w+"/, '"backup-archive-stop":"000000010000000000000001"')
          .replace(/"backup-lsn-stop":"[^"]+"/, '"backup-lsn-stop":"0/1000028"'),
      ),
    /its WAL makes no sense: .* is before /,
  ],
  [
    'more WAL than there can be',
    store =>
      editEntry(store, line =>
        line
          .replace(/"backup-archive-stop":"\w+"/, '"backup-archive-stop":"00000001FFFFFFFF000000FF"')
          .replace(/"backup-lsn-stop":"[^"]+"/, '"backup-lsn-stop":"FFFFFFFF/FF000028"'),
      ),
    /its WAL makes no sense: \d+ segments/,
  ],
  [
    'WAL that does not hold its places',
    store => editEntry(store, line => line.replace(/"backup-lsn-stop":"[^"]+"/, '"backup-lsn-stop":"7/28"')),
    /its WAL makes no sense: 0\/\w+ to 7\/28 is not in 0\w+ to 0\w+/,
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

test('a damaged index is read from its copy, as pgBackRest does, and that is said', async () => {
  for (const key of [index, `${archive}/archive.info`]) {
    const damages: readonly [damage: (store: MemoryStore) => void, note: string][] = [
      [store => store.edit(key, text => text.slice(50)), `${key} cannot be read from line 1 on; its copy was read`],
      [store => store.objects.delete(key), `${key} does not exist; its copy was read`],
      [store => store.objects.delete(`${key}.copy`), `${key}.copy does not exist`],
    ]
    for (const [damage, note] of damages) {
      const evidence = await verify(damage)
      assert(evidence.kind === 'complete', evidence.message)
      assert.equal(evidence.notes.length, 1)
      assert(evidence.notes[0]?.startsWith(note), evidence.notes[0])
      assert(evidence.message.endsWith(evidence.notes[0] ?? ''))
    }
  }
})

/** The repository as if the cluster had been restored once before the incremental backup was made. */
function onSecondTimeline(store: MemoryStore): void {
  const renamed = (text: string): string => text.replaceAll(/00000001(?=0{8}\w{8})/g, '00000002')
  bundled.editEntry(store, renamed)
  store.edit(`${directory}/${incremental.label}/backup.manifest`, text => signed(renamed(text)))
  for (const key of keysLike(store, new RegExp(`/${incremental.archive.start}-`))) {
    const moved = key.replace('/0000000100000000/00000001', '/0000000200000000/00000002')
    store.objects.set(moved, store.objects.get(key) ?? {size: 0, text: ''})
    store.objects.delete(key)
  }
}

test('a backup on a later timeline is taken, and it is said when the start of that is not known', async () => {
  const history = `${archive}/15-1/00000002.history`
  const without = await verify(onSecondTimeline)
  assert(without.kind === 'complete', without.message)
  assert.equal(without.timeline, '2')
  assert.deepEqual(without.notes, [`${history} does not exist: points in time of other timelines may be out of reach`])
  const withIt = await verify(store => {
    onSecondTimeline(store)
    store.objects.set(history, {size: 30, text: ''})
  })
  assert.deepEqual(withIt.kind === 'complete' && withIt.notes, [])
})

test('where nothing tells the size of WAL segments, only the first and the last are looked for, and that is said', async () => {
  const {label} = bundled.full
  const [start, stop] = ['000000010000000200000000', '000000010000000300000000']
  const moved = (text: string): string =>
    text
      .replace(/("?backup-archive-start"?[:=])"\w+"/, `$1"${start}"`)
      .replace(/("?backup-archive-stop"?[:=])"\w+"/, `$1"${stop}"`)
      .replace(/("?backup-lsn-start"?[:=])"[^"]+"/, '$1"2/28"')
      .replace(/("?backup-lsn-stop"?[:=])"[^"]+"/, '$1"3/28"')
  const damage = (store: MemoryStore): void => {
    bundled.editIndex(store, text => moved(text.replaceAll(/^\d+-\d+F_.*\n/gm, '')))
    store.edit(`${directory}/${label}/backup.manifest`, text => signed(moved(text)))
    for (const segment of [start, stop])
      store.objects.set(`${archive}/15-1/${segment.slice(0, 16)}/${segment}-${'0'.repeat(40)}.zst`, {size: 9, text: ''})
  }
  const question = {label, expect: {}}
  const evidence = await verify(damage, question)
  assert(evidence.kind === 'complete', evidence.message)
  assert.match(evidence.notes.join(), /^the size of WAL segments is not known, so only the first and the last/)
  const lost = await verify(store => {
    damage(store)
    remove(store, new RegExp(`${stop}-`))
  }, question)
  assert.match(lost.message, new RegExp(`WAL ${stop} is not in the archive`))
})

test('a repository of an older charm, without the model beside it, is taken, and that is said', async () => {
  const evidence = await verify(store => remove(store, /model-uuid/))
  assert.equal(evidence.kind, 'complete')
  assert.match(evidence.message, /pg\/model-uuid\.txt is missing, so whose repository this is was not checked$/)
})

test('a store that cannot be read says nothing about the backup', async () => {
  for (const request of ['get', 'read', 'head', 'list']) {
    const fault = new StorageError('Unreachable', request, 'gone')
    await assert.rejects(
      verify(store => void store.faults.set(request, fault)),
      fault,
    )
  }
})

test('the check writes nothing, and reads no data of the backup', async () => {
  const store = bundled.store()
  await verifyBackup(store, bundled.question())
  const kinds = new Set(store.requests.map(request => request.split(' ')[0]))
  assert.deepEqual(
    [...kinds].sort((a = '', b = '') => a.localeCompare(b)),
    ['get', 'head', 'list', 'read'],
  )
  assert(!store.requests.some(request => /^(get|read) .*(bundle|pg_data|15-1)/.test(request)))
  assert(store.requests.length < 16, store.requests.join('\n'))
})
