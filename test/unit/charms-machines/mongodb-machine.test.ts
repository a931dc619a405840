import assert from 'node:assert/strict'
import {test} from 'node:test'
import {MemoryBucket} from '../../charms/memory-bucket.ts'
import {mongodbCharm} from '../../charms/mongodb/machine.ts'
import {MemoryMongodb} from '../../charms/mongodb/memory-engine.ts'
import type {MemoryMongodbOptions} from '../../charms/mongodb/memory-engine.ts'
import {StubHost, unitViews} from './stub-host.ts'

type Track = 'mongodb-6' | 'mongodb-8'
type Data = Readonly<Record<string, string>>

const data: Data = {bucket: 'b', 'access-key': 'a', 'secret-key': 's', path: 'm', endpoint: 'https://s3.demo.invalid'}
const s3Changed = {kind: 'relation-changed', endpoint: 's3-credentials'} as const
const minute = 60_000

interface Setting {
  readonly s3?: Data
  readonly role?: string
  readonly application?: string
  readonly engine?: Omit<MemoryMongodbOptions, 'clock'>
}

/** A settled MongoDB on three units without Juju. */
async function settled(
  id: Track,
  {s3 = data, role = 'replication', application = 'mongodb', engine: options}: Setting = {},
) {
  const host = new StubHost({
    application,
    units: unitViews(application, 3),
    relations: {'s3-credentials': [{id: 1, application: 's3-integrator', data: s3}]},
    config: {role},
  })
  const engine = new MemoryMongodb({clock: host.clock, durations: {backup: minute}, ...options})
  const machine = mongodbCharm({id, engine}).deploy(host)
  await machine.install()
  await machine.hook(s3Changed)
  const messageOf = async (action: string, parameters: Data = {}): Promise<string> => {
    const {signal} = new AbortController()
    const task = {id: '1', unit: `${application}/0`, action, parameters, signal, log: async () => {}}
    const running = machine.runAction(task)
    await host.clock.advance(0)
    const outcome = await running
    return outcome.status === 'completed' ? 'completed' : outcome.message
  }
  const shown = (unit: string): string => {
    const {status, message} = host.statusOf(`${application}/${unit}`)
    return `${status}: ${message}`
  }
  return {host, engine, machine, messageOf, shown}
}

const without = (...keys: readonly string[]): Data =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)))

test('MongoDB 8 names a key that the relation misses as Python does, and shows that settings are missing', async () => {
  const {machine, messageOf, shown} = await settled('mongodb-8', {s3: without('endpoint')})
  assert.equal(await messageOf('create-backup'), "'endpoint'")
  await machine.hook({kind: 'update-status', unit: 'mongodb/1'})
  assert.equal(shown('1'), 'blocked: Missing configurations in the s3-credentials relation.')
  const nothing = await settled('mongodb-8', {s3: {}})
  assert.equal(await nothing.messageOf('create-backup'), 'Missing valid credentials in relation.')
})

test('MongoDB 6 has a PBM error until PBM was configured, which needs bucket and keys', async () => {
  const {host, machine, messageOf, shown} = await settled('mongodb-6', {s3: without('access-key')})
  assert.equal(await messageOf('list-backups'), 'PBM error')
  assert.equal(shown('0'), 'blocked: PBM error')
  host.relationViews = {'s3-credentials': [{id: 1, application: 's3-integrator', data}]}
  await machine.hook(s3Changed)
  assert.equal(await messageOf('list-backups'), 'completed')
})

const refusedConfigurations: readonly [id: Track, text: string][] = [
  ['mongodb-6', "blocked: couldn't configure s3 backup options."],
  ['mongodb-8', 'blocked: Failed to configure S3 backup options.'],
]
for (const [id, text] of refusedConfigurations) {
  test(`${id} shows that PBM refuses its configuration`, async () => {
    const {engine, machine, shown} = await settled(id)
    engine.configureFails = 'Error: unable to set config key\n'
    await machine.hook(s3Changed)
    assert.equal(shown('0'), text)
    assert.equal(shown('1'), id === 'mongodb-6' ? text : 'active: ')
  })
}

const syncing: readonly [id: Track, shows: string, restore: string][] = [
  [
    'mongodb-6',
    'waiting: waiting to sync s3 configurations.',
    'Sync-ing configurations needs more time, must wait before restoring.',
  ],
  [
    'mongodb-8',
    'waiting: Waiting to sync S3 configurations...',
    'Sync-ing configurations needs more time, must wait before restoring backups.',
  ],
]
for (const [id, shows, refusal] of syncing) {
  test(`${id} waits while PBM reads its store, and is ready afterwards`, async () => {
    const durations = {backup: minute, resync: 5 * minute}
    const {host, machine, messageOf, shown} = await settled(id, {engine: {durations}})
    assert.equal(shown('0'), shows)
    assert.equal(await messageOf('restore', {'backup-id': 'x'}), refusal)
    await host.clock.advance(6 * minute)
    await machine.hook({kind: 'update-status', unit: 'mongodb/0'})
    assert.match(shown('0'), /^active: Primary/)
  })
}

test('a config-server needs to be told which replica sets are which; a replica set works it out', async () => {
  const bucket = new MemoryBucket()
  const old = await settled('mongodb-6', {application: 'old', engine: {bucket, durations: {backup: minute}}})
  assert.equal(await old.messageOf('create-backup'), 'completed')
  await old.host.clock.advance(2 * minute)
  const id = '2026-11-22T12:00:00Z'
  for (const track of ['mongodb-6', 'mongodb-8'] as const) {
    const server = await settled(track, {role: 'config-server', engine: {bucket}})
    const unmapped = await server.messageOf('restore', {'backup-id': id})
    assert.equal(unmapped, "Cannot restore backup, 'remap-pattern' must be set.")
    const mapped = {'backup-id': id, 'remap-pattern': 'mongodb=old'}
    assert.equal(await server.messageOf('restore', mapped), 'completed')
    assert.deepEqual(server.engine.restores, [{backupId: id, remap: 'mongodb=old', state: 'running'}])
  }
})

test('a shard that is related to S3 shows that it must not be', async () => {
  const six = await settled('mongodb-6', {role: 'shard'})
  assert.equal(six.shown('0'), 'blocked: Relation to s3-integrator is not supported, config role must be config-server')
  const eight = await settled('mongodb-8', {role: 'shard'})
  assert.equal(
    eight.shown('0'),
    'blocked: The s3-credentials relation can only be used by config servers or replica sets.',
  )
  assert.equal(await eight.messageOf('set-password'), 'this charm machine does not play set-password')
})

test('a store that is read anew forgets failed backups, and knows the finished ones', async () => {
  const {host, engine, machine, messageOf} = await settled('mongodb-6')
  engine.scriptBackup({fails: 'no space left'})
  for (let count = 0; count < 2; count++) {
    assert.equal(await messageOf('create-backup'), 'completed')
    await host.clock.advance(2 * minute)
  }
  const names = () => engine.catalogue.report('mongodb', host.clock.now()).map(({name, status}) => [name, status])
  const failed = ['2026-11-22T12:00:00Z', 'error']
  const finished = ['2026-11-22T12:02:00Z', 'done']
  assert.deepEqual(names(), [finished, failed])
  await machine.hook(s3Changed)
  assert.deepEqual(names(), [finished])
})

test('a finished backup without its metadata or its data can be made, to be found out by who looks', async () => {
  const removed: string[] = []
  const stored = new Set<string>()
  const store = () => ({
    put: async (key: string) => void stored.add(key),
    remove: async (key: string) => void (stored.delete(key) && removed.push(key)),
  })
  const {host, engine, messageOf} = await settled('mongodb-6', {engine: {store, durations: {backup: minute}}})
  engine.scriptBackup({omit: ['metadata']})
  engine.scriptBackup({omit: ['data']})
  for (let count = 0; count < 2; count++) {
    await messageOf('create-backup')
    await host.clock.advance(2 * minute)
  }
  assert.equal(stored.has('m/2026-11-22T12:00:00Z.pbm.json'), false)
  assert.equal(stored.has('m/2026-11-22T12:02:00Z.pbm.json'), true)
  assert.ok(removed.length > 0 && removed.every(key => key.startsWith('m/2026-11-22T12:02:00Z/')))
  assert.deepEqual([...stored].sort(), engine.bucket.keys())
})
