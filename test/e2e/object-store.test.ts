import assert from 'node:assert/strict'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {EndpointPolicy} from '../../src/net/endpoint-policy.ts'
import {openS3, probe, verifyBackup, type ObjectStore, type S3Config} from '../../src/storage/index.ts'
import {PostgresCluster} from '../env/postgres/cluster.ts'
import {startS3} from '../env/s3/server.ts'
import {ensurePostgres} from '../env/toolchain/parts.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'

const work = await makeWorkDirectory('ck-store')
const s3 = await startS3({dir: join(work.path, 's3')})
after(async () => {
  await s3.stop()
  await work.remove()
})

function open(change: Partial<S3Config> = {}): ObjectStore {
  const credentials = {accessKey: s3.accessKey, secretKey: s3.secretKey}
  const {bucket, endpoint, caCertificate} = s3
  const config = {bucket, endpoint, uriStyle: 'Path', caCertificate, credentials, ...change} as const
  const store = openS3(config, {policy: EndpointPolicy.parse(['127.0.0.1']), limits: {attempts: 1, requestMs: 2000}})
  after(() => store.close())
  return store
}

test('S2.8 a real S3 server over TLS: write, read, list, look, delete', async () => {
  const store = open()
  await store.put('a/1', 'one')
  await store.put('a/2', Buffer.from('two'))
  await store.put('b/3', 'three')
  assert.equal((await store.get('a/2', {maxBytes: 10})).toString(), 'two')
  assert.equal((await store.head('b/3'))?.size, 5)
  const keys: string[] = []
  for await (const {key} of store.list('a/', {after: 'a/1'})) keys.push(key)
  assert.deepEqual(keys, ['a/2'])
  await store.delete('a/2')
  await store.delete('a/2')
  assert.equal(await store.head('a/2'), undefined)
})

test('S2.8 S2.10 the probe tells apart what can be wrong with a real store', async () => {
  const stranger = await s3.addStranger()
  const wrong = {accessKey: s3.accessKey, secretKey: 'not-the-secret'}
  const cases: readonly [expected: string, change: Partial<S3Config>][] = [
    ['Available', {}],
    ['BucketNotFound', {bucket: 'no-such-bucket'}],
    ['CredentialsRejected', {credentials: wrong}],
    ['CredentialsRejected', {credentials: {accessKey: 'AKNOBODY', secretKey: 'x'}}],
    ['AccessDenied', {credentials: stranger}],
    ['CertificateNotTrusted', {caCertificate: undefined}],
  ]
  for (const [expected, change] of cases) {
    const result = await probe(open(change), {readWrite: true, path: '/pg'})
    assert.equal(result.ok ? 'Available' : result.kind, expected, result.ok ? '' : result.message)
    assert(result.ok || !/not-the-secret/.test(result.message))
  }
  await s3.pause()
  const paused = await probe(open(), {readWrite: false})
  await s3.resume()
  assert.equal(!paused.ok && paused.kind, 'Unreachable')
})

test('S2.13 a real backup is proved in the store, and each way to break it is found', async t => {
  const binaries = await ensurePostgres()
  const cluster = await PostgresCluster.create({dir: join(work.path, 'pg'), stanza: 'prod.postgresql', binaries})
  t.after(() => cluster.destroy())
  const {endpoint, region, bucket, accessKey, secretKey, caCertificate} = s3
  const repository = {
    endpoint,
    region,
    bucket,
    path: '/pg',
    accessKey,
    secretKey,
    uriStyle: 'path',
    caCertificate,
  } as const
  await cluster.useRepository(repository)
  for (const made of [await cluster.stanzaCreate(), await cluster.backup('full'), await cluster.backup('incr')]) {
    assert.equal(made.code, 0, made.stderr)
  }
  const [stanza] = await cluster.info()
  const newest = stanza?.backup.at(-1)
  assert(newest)
  const question = {path: 'pg', stanza: 'prod.postgresql', label: newest.label, expect: {type: 'Incremental'}} as const
  const store = open()
  const good = await verifyBackup(store, question)
  assert(good.kind === 'complete', good.message)
  assert.deepEqual([good.backup.walStart, good.backup.walStop], [newest.archive.start, newest.archive.stop])
  assert.deepEqual([good.backup.lsnStart, good.backup.lsnStop], [newest.lsn.start, newest.lsn.stop])
  assert.deepEqual([good.backup.prior, good.backup.size], [newest.prior, newest.info.size])

  const wal = (await s3.listKeys('pg/archive/')).find(key => key.includes(`${newest.archive.stop}-`)) ?? ''
  const manifest = `pg/backup/prod.postgresql/${newest.label}/backup.manifest`
  for (const key of [wal, manifest]) {
    const kept = await readFile(s3.objectPath(key))
    await rm(s3.objectPath(key))
    const damaged = await verifyBackup(store, question)
    assert.equal(damaged.kind, 'broken', key)
    await writeFile(s3.objectPath(key), kept)
  }
})
