import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {archiveInfoFile, backupInfoFile} from '../../charms/postgresql/pgbackrest-files.ts'
import type {InfoStanza} from '../../charms/postgresql/pgbackrest-info.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/charm-recordings/pgbackrest/${name}`, import.meta.url), 'utf8')

function recordedFacts() {
  const text = recorded('info.json')
  const [stanza] = JSON.parse(text) as InfoStanza[]
  // JSON.parse would round the 64-bit number.
  const systemId = BigInt(/"system-id":(\d+)/.exec(text)?.[1] ?? '0')
  assert.ok(stanza)
  return {stanza: stanza.name, version: '15', systemId, backups: stanza.backup}
}

test('backup.info is written byte for byte as pgBackRest 2.45 writes it, checksum included', () => {
  assert.equal(backupInfoFile(recordedFacts()), recorded('backup.info'))
})

test('archive.info is written byte for byte as pgBackRest 2.45 writes it, checksum included', () => {
  assert.equal(archiveInfoFile(recordedFacts()), recorded('archive.info'))
})

const s3 = {
  bucket: 'b',
  accessKey: 'a',
  secretKey: 's',
  path: '/pg/one',
  endpoint: 'https://s3.example.com',
  region: '',
  uriStyle: 'path',
  caChain: undefined,
}

async function mirrored() {
  const files = new Map<string, string>()
  const clock = new VirtualClock()
  const store = () => ({put: async (key: string, body: Buffer) => void files.set(key, body.toString())})
  const engine = new MemoryPostgresql({clock, store, version: '15'})
  await engine.initialise(s3, 'testing.postgresql', 'the-model')
  const backup = (type: 'full' | 'incr' = 'full', signal = new AbortController().signal) =>
    engine.backup({stanza: 'testing.postgresql', type, fromStandby: true, unit: 'postgresql/1', signal})
  return {files, clock, engine, backup}
}

test('a running backup has only its manifest copy in the store; the index names it when it has ended', async () => {
  const {files, clock, backup} = await mirrored()
  assert.equal(files.get('pg/one/model-uuid.txt'), 'the-model')
  const running = backup()
  await clock.advance(1000)
  const manifest = 'pg/one/backup/testing.postgresql/20261122-120000F/backup.manifest'
  assert.equal(files.has(`${manifest}.copy`), true)
  assert.equal(files.has(manifest), false)
  assert.doesNotMatch(files.get('pg/one/backup/testing.postgresql/backup.info') ?? '', /20261122-120000F=/)
  await clock.advance(5000)
  assert.equal((await running).rc, 0)
  assert.equal(files.has(manifest), true)
  assert.match(files.get('pg/one/backup/testing.postgresql/backup.info') ?? '', /20261122-120000F=/)
  const wal = [...files.keys()]
    .filter(key => /\/archive\/.*\.zst$/.test(key))
    .map(key => key.split('/').at(-1)?.slice(0, 24))
  assert.deepEqual(wal, ['000000010000000000000001', '000000010000000000000002', '000000010000000000000003'])
})

test('a killed backup leaves no row, and its manifest copy in the store', async () => {
  const {files, clock, engine, backup} = await mirrored()
  const kill = new AbortController()
  const running = assert.rejects(backup('full', kill.signal), /killed/)
  await clock.advance(1000)
  kill.abort(new Error('killed'))
  await running
  assert.deepEqual(engine.repository.backups, [])
  assert.equal(files.has('pg/one/backup/testing.postgresql/20261122-120000F/backup.manifest.copy'), true)
})

test('an incremental refers to the newest backup, a label never repeats', async () => {
  const {engine} = await mirrored()
  await engine.addBackup()
  await engine.addBackup('incr')
  await engine.addBackup('incr')
  const labels = engine.repository.backups.map(({label, prior}) => [label, prior])
  assert.deepEqual(labels, [
    ['20261122-120000F', null],
    ['20261122-120000F_20261122-120002I', '20261122-120000F'],
    ['20261122-120000F_20261122-120004I', '20261122-120000F_20261122-120002I'],
  ])
})
