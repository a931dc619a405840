import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {StorageError, verifyXtraBackup, xtraBackupStatus, type XtraBackupEvidence} from '../../../src/storage/index.ts'
import {earlyChunks, lateChunks, md5File} from '../../charms/mysql/xtrabackup-files.ts'
import {MemoryStore} from './memory-store.ts'

const id = '2026-08-01T02:00:03Z'
const directory = `mysql/prod/${id}`
const chunks = [...earlyChunks(directory, id), ...lateChunks(directory, id)]
const metadata = `Date Backup Requested: ${id}\nModel Name: databases\nApplication Name: mysql\nUnit Name: mysql/1\nJuju Version: 3.6.14\n`
const expect = {modelName: 'databases', application: 'mysql'}

/** A repository as the charm and its tools leave it, with another backup beside this one. */
function repository(): MemoryStore {
  const other = '2026-08-02T02:00:03Z'
  const objects = [
    ...chunks,
    [`${directory}.md5`, md5File(id, chunks)],
    [`${directory}.metadata`, metadata],
    [`${directory}.backup.log`, 'Stdout:\n'],
    ['mysql/prod/group_replication_id.txt', 'a-group'],
    [`mysql/prod/${other}.metadata`, metadata.replace(id, other)],
    [`mysql/prod/${other}/ibdata1.${'0'.repeat(20)}`, 'x'],
  ] as const
  return new MemoryStore(Object.fromEntries(objects.map(([key, text]) => [key, {text}])))
}

function verify(damage: (store: MemoryStore) => void = () => undefined, backupID = id): Promise<XtraBackupEvidence> {
  const store = repository()
  damage(store)
  return verifyXtraBackup(store, {path: '/mysql/prod/', backupID, expect})
}

function edit(store: MemoryStore, key: string, change: (text: string) => string): void {
  const text = change(store.objects.get(key)?.text ?? assert.fail(key))
  store.objects.set(key, {text, size: text.length})
}

const chunk = (file: string, number = 0): string => `${directory}/${file}.${String(number).padStart(20, '0')}`

test('S2.13 a backup of the MySQL charm is complete when its description, its sums and all of its chunks are there', async () => {
  const evidence = await verify()
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.chunks, chunks.length)
  assert.equal(
    evidence.repositorySize,
    chunks.reduce((total, [, text]) => total + text.length, 0),
  )
  assert.equal(evidence.logFound, true)
  assert.match(evidence.message, /all 18 chunks of it; their sums agree$/)
})

test('a store that encrypts does not tell the sums, so they are not compared, and that is said', async () => {
  for (const etagOf of [() => 'c'.repeat(32), () => `${'c'.repeat(32)}-2`]) {
    const evidence = await verify(store => void (store.etagOf = etagOf))
    assert(evidence.kind === 'complete', evidence.message)
    assert.match(evidence.message, /their sums were not compared/)
  }
  const some = await verify(store => {
    const {etagOf} = store
    store.etagOf = text => (text === '' ? `${etagOf(text)}-1` : etagOf(text))
  })
  assert.match(some.message, /the sums of 9 agree, the others were not compared/)
})

test('S2.14 the status gets the size in the store, and keeps the log only where there is one', async () => {
  const artefact = {bucket: 'b', path: 'mysql/prod', label: id, logPath: `${directory}.backup.log`}
  const whole = await verify()
  assert(whole.kind === 'complete')
  assert.deepEqual(xtraBackupStatus(whole, artefact), {repositorySizeBytes: whole.repositorySize, artefact})
  const without = await verify(store => store.objects.delete(`${directory}.backup.log`))
  assert(without.kind === 'complete')
  const {logPath: _gone, ...rest} = artefact
  assert.deepEqual(xtraBackupStatus(without, artefact).artefact, rest)
  assert.deepEqual(xtraBackupStatus(without, undefined), {repositorySizeBytes: whole.repositorySize})
})

const damages: readonly [what: string, damage: (store: MemoryStore) => void, says: RegExp][] = [
  [
    'nothing at all',
    store => store.objects.clear(),
    /^missing: there is no backup 2026-08-01T02:00:03Z in mysql\/prod$/,
  ],
  ['no list of sums', store => store.objects.delete(`${directory}.md5`), /^missing: .* was never finished: .*\.md5/],
  ['no description', store => store.objects.delete(`${directory}.metadata`), /^broken: .*\.metadata does not exist/],
  [
    'the description of another model',
    store => edit(store, `${directory}.metadata`, text => text.replace('databases', 'other')),
    /^broken: .*says "other" for Model Name, not "databases"/,
  ],
  [
    'the description of another application',
    store => edit(store, `${directory}.metadata`, text => text.replace(': mysql\n', ': shop\n')),
    /^broken: .*says "shop" for Application Name, not "mysql"/,
  ],
  [
    'the description of another backup',
    store => edit(store, `${directory}.metadata`, text => text.replace(id, '2026-08-02T02:00:03Z')),
    /^broken: .*for Date Backup Requested, not "2026-08-01/,
  ],
  [
    'an empty description',
    store => edit(store, `${directory}.metadata`, () => ''),
    /^broken: .*says no Date Backup Requested/,
  ],
  [
    'no chunks',
    store => chunks.forEach(([key]) => store.objects.delete(key)),
    /^broken: .*ibdata1\.0{20}, .* and \d+ more of .*\.md5 is not below/,
  ],
  [
    'one chunk less',
    store => store.objects.delete(chunk('undo_002')),
    /^broken: .*undo_002\.0{20} of .*\.md5 is not below/,
  ],
  [
    'a last chunk less',
    store => store.objects.delete(chunk('ibdata1', 1)),
    /^broken: .*ibdata1\.0{19}1 of .*\.md5 is not below/,
  ],
  [
    'a chunk that was cut off',
    store => edit(store, chunk('ibdata1'), text => text.slice(0, -1)),
    /^broken: .*truncated or overwritten: ibdata1\.0{20}$/,
  ],
  [
    'a chunk of the same size with other bytes in it',
    store => edit(store, chunk('mysql.ibd'), text => text.replace('mysql', 'mySQL')),
    /^broken: .*truncated or overwritten: mysql\.ibd\.0{20}$/,
  ],
  [
    'chunks without anything in them',
    store => chunks.forEach(([key]) => store.objects.set(key, {text: '', size: 0})),
    /^broken: .*all of its chunks are empty/,
  ],
  [
    'a stream that did not come to its end',
    store => edit(store, `${directory}.md5`, text => text.replaceAll(/^.*xtrabackup_info.*\n/gm, '')),
    /^broken: .*it has no xtrabackup_info/,
  ],
  [
    'sums that were cut off',
    store => edit(store, `${directory}.md5`, text => text.slice(0, -5)),
    /^broken: .* was cut off/,
  ],
  [
    'sums that are no sums',
    store => edit(store, `${directory}.md5`, () => 'what is this\n'),
    /^broken: .*line 1 of .*\.md5 cannot be read/,
  ],
  ['empty sums', store => edit(store, `${directory}.md5`, () => ''), /^broken: .*\.md5 is empty, or too long/],
]
for (const [what, damage, says] of damages)
  test(`a damaged backup is never complete: ${what}`, async () => {
    const evidence = await verify(damage)
    assert.match(`${evidence.kind}: ${evidence.message}`, says)
  })

test('a backup that was begun and never finished is missing', async () => {
  const evidence = await verify(undefined, '2026-08-02T02:00:03Z')
  assert.equal(evidence.kind, 'missing')
})

test('property: whatever single object of a backup is lost, only the log may be', async () => {
  const keys = [...repository().objects.keys()].filter(key => key.startsWith(directory))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys), async key => {
      const {kind} = await verify(store => store.objects.delete(key))
      assert.equal(kind === 'complete', key.endsWith('.backup.log'), key)
    }),
  )
})

test('property: whatever stands in the list of sums, the answer is an answer, and never complete without its chunks', async () => {
  const real = md5File(id, chunks)
  const garbled = fc.oneof(
    fc.string(),
    fc.nat(real.length).map(end => real.slice(0, end)),
    fc.constantFrom(...real.split('\n')).map(line => `${line}\n${real}`),
  )
  await fc.assert(
    fc.asyncProperty(garbled, async text => {
      const evidence = await verify(store => {
        edit(store, `${directory}.md5`, () => text)
        store.objects.delete(chunk('mysql.ibd'))
      })
      if (text.includes(' mysql.ibd.') || !text.endsWith('\n')) assert.notEqual(evidence.kind, 'complete')
    }),
  )
})

test('a store that cannot be read says nothing about the backup', async () => {
  const fault = new StorageError('AccessDenied', 'ListObjectsV2', 'no')
  await assert.rejects(
    verify(store => store.faults.set('list', fault)),
    fault,
  )
})
