import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {memoryMysqlModel} from '../../charms/mysql-model.ts'
import type {MysqlModelOptions} from '../../charms/mysql-model.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

const minute = 60_000
const profiles = ['3.6.14', '4.0.12'] as const

async function begin(
  t: TestContext,
  options: Omit<MysqlModelOptions, 'clock'> = {},
  profile: (typeof profiles)[number] = '4.0.12',
) {
  const clock = new VirtualClock()
  const {seed, engine, charm} = memoryMysqlModel({clock, durations: {backup: 12 * minute}, ...options})
  const story = await Story.begin(t, {profile, clock, seed})
  return {story, engine, charm, clock, control: story.juju.control.model()}
}

for (const profile of profiles) {
  test(`on ${profile} a backup of MySQL runs on a secondary, is followed, listed, and restored on the only unit`, async t => {
    const {story, engine, clock, control} = await begin(t, {s3: {bucket: 'backups', path: '/my'}}, profile)
    assert.equal(await story.unit('mysql/0'), 'active: Primary')
    assert.equal(await story.application('mysql'), 'active: ')
    const onPrimary = await story.run('mysql/0', 'create-backup')
    assert.equal(onPrimary.message, 'Unit cannot perform backups as it is the cluster primary')

    const id = await story.enqueue('mysql/1', 'create-backup')
    await clock.advance(11 * minute)
    assert.equal((await story.task(id)).status, 'running')
    assert.equal(await story.unit('mysql/1'), 'maintenance: Running backup...')
    assert.deepEqual(await story.rows('mysql/2'), ['2026-11-22T12:00:00Z  | physical     | in progress'])
    const second = await story.run('mysql/2', 'create-backup')
    assert.equal(second.message, 'Backup already in progress on another unit')
    const ended = await story.ended(id)
    assert.deepEqual(ended.output, {'backup-id': '2026-11-22T12:00:00Z', 'return-code': 0})
    assert.equal(await story.unit('mysql/1'), 'active: ')
    assert.deepEqual(await story.rows('mysql/0'), ['2026-11-22T12:00:00Z  | physical     | finished'])

    const restore = {'backup-id': '2026-11-22T12:00:00Z'}
    const several = await story.run('mysql/0', 'restore', restore)
    assert.equal(several.message, 'Unit cannot restore backup as there are more than one units in the cluster')
    await control.removeUnit('mysql/2')
    await control.removeUnit('mysql/1')
    const restored = await story.run('mysql/0', 'restore', restore)
    assert.deepEqual(restored.output, {completed: 'ok', 'return-code': 0})
    assert.deepEqual(engine.restored, {backupId: '2026-11-22T12:00:00Z', toTime: undefined})
    assert.equal(await story.unit('mysql/0'), 'active: Primary')
    assert.equal(await story.application('mysql'), 'blocked: Move restored cluster to another S3 repository')
    const blocked = await story.run('mysql/0', 'create-backup', {force: true})
    assert.equal(blocked.message, 'S3 relation is blocked for write')

    await control.setConfig('s3-integrator', {path: '/my-2'})
    await clock.advance(5 * minute)
    assert.equal(await story.application('mysql'), 'active: ')
    assert.deepEqual(await story.rows('mysql/0'), [])
  })
}

// The simulated 4.0.12 refuses every cancel, as the real one does.
test('a cancelled backup of MySQL stays in progress, and its unit out of service', async t => {
  const {story, engine, clock} = await begin(t, {}, '3.6.14')
  const id = await story.enqueue('mysql/1', 'create-backup')
  await clock.advance(minute)
  await story.cancel(id)
  assert.equal((await story.ended(id)).status, 'aborted')
  assert.equal(await story.unit('mysql/1'), 'maintenance: Running backup...')
  await clock.advance(3 * 60 * minute)
  assert.equal(await story.unit('mysql/1'), 'active: ')
  assert.deepEqual(await story.rows('mysql/0'), ['2026-11-22T12:00:00Z  | physical     | in progress'])
  for (const unit of ['mysql/1', 'mysql/2'])
    assert.equal((await story.run(unit, 'create-backup')).message, 'Backup already in progress on another unit')
  const forced = await story.run('mysql/1', 'create-backup', {force: true})
  assert.equal(forced.status, 'completed')
  assert.equal(engine.group.offlineAndHidden(), false)
  assert.equal((await story.run('mysql/2', 'create-backup')).status, 'completed')
})

test('a cancelled backup whose xtrabackup goes on is listed as finished, without its log', async t => {
  const {story, engine, clock} = await begin(t, {}, '3.6.14')
  engine.scriptBackup({survivesKill: true})
  const id = await story.enqueue('mysql/1', 'create-backup')
  await clock.advance(minute)
  await story.cancel(id)
  await clock.advance(12 * minute)
  assert.deepEqual(await story.rows('mysql/0'), ['2026-11-22T12:00:00Z  | physical     | finished'])
  assert.equal(engine.store.bucket.get('pg/2026-11-22T12:00:00Z.backup.log'), undefined)
})

test('the unit that backs up becomes the primary meanwhile: the backup ends well, and the unit says Primary', async t => {
  const {story, engine, clock} = await begin(t)
  const id = await story.enqueue('mysql/1', 'create-backup')
  await clock.advance(minute)
  engine.group.primary = 'mysql/1'
  assert.equal((await story.ended(id)).status, 'completed')
  assert.equal(await story.unit('mysql/1'), 'active: Primary')
  await clock.advance(5 * minute)
  assert.equal(await story.unit('mysql/0'), 'active: ')
})

test('the machine of a unit dies during its backup: nothing ends it, and the others may back up', async t => {
  const {story, clock, control} = await begin(t)
  await story.enqueue('mysql/1', 'create-backup')
  await clock.advance(minute)
  control.killAgent('mysql/1')
  await clock.advance(30 * minute)
  assert.deepEqual(await story.rows('mysql/0'), ['2026-11-22T12:00:00Z  | physical     | in progress'])
  // Two of three members are left, which MySQL Shell calls a cluster without tolerance.
  const unsafe = await story.run('mysql/2', 'create-backup')
  assert.equal(unsafe.message, 'Cluster is not in a healthy state')
  assert.equal((await story.run('mysql/2', 'create-backup', {force: true})).status, 'completed')
})

test('the primary dies: another member takes over and says so at its next update-status', async t => {
  const {story, clock, control} = await begin(t)
  control.killAgent('mysql/0')
  await clock.advance(6 * minute)
  assert.equal(await story.unit('mysql/1'), 'active: Primary')
  assert.equal((await story.run('mysql/1', 'promote-to-primary', {scope: 'unit'})).output['success'], 'False')
  const moved = await story.run('mysql/2', 'promote-to-primary', {scope: 'unit'})
  assert.equal(moved.output['success'], 'True')
})

test('a single unit is no healthy cluster to the charm: it backs up by force only', async t => {
  const {story} = await begin(t, {units: 1, charm: 'mysql-k8s-8.0'})
  assert.equal((await story.run('mysql-k8s/0', 'create-backup')).message, 'Cluster is not in a healthy state')
  assert.equal((await story.run('mysql-k8s/0', 'create-backup', {force: true})).status, 'completed')
  const {output} = await story.run('mysql-k8s/0', 'get-cluster-status')
  const status = output['status'] as {readonly defaultreplicaset: {readonly status: string}}
  assert.equal(status.defaultreplicaset.status, 'ok_no_tolerance')
})

test('two clusters on one repository: the second is told that it is claimed, and does not back up', async t => {
  const first = await begin(t, {cluster: 'cluster-a'})
  const {bucket} = first.engine.store
  const {story, clock} = await begin(t, {cluster: 'cluster-b', bucket})
  await clock.advance(5 * minute)
  assert.equal(await story.application('mysql'), 'blocked: S3 repository claimed by another cluster')
  assert.equal((await story.run('mysql/1', 'create-backup')).message, 'S3 relation is blocked for write')
})

test('what a failed and a finished backup leave in the store', async t => {
  const {story, engine, clock} = await begin(t, {durations: {backup: 1000}})
  engine.scriptBackup({fails: 'xtrabackup: error: log copying being too slow\n'})
  const failure = await story.run('mysql/1', 'create-backup')
  assert.equal(failure.message, 'Error backing up the database')
  assert.equal(await story.unit('mysql/1'), 'maintenance: Running backup...')
  await clock.advance(minute)
  assert.equal((await story.run('mysql/1', 'create-backup')).status, 'completed')
  const {bucket} = engine.store
  const directly = bucket.keys('pg/2026').filter(key => !/Z\//.test(key))
  const [failed = '', finished = ''] = directly.filter(key => key.endsWith('.metadata')).map(key => key.slice(3, 23))
  assert.deepEqual(directly, [
    `pg/${failed}.backup.log`,
    `pg/${failed}.metadata`,
    `pg/${finished}.backup.log`,
    `pg/${finished}.md5`,
    `pg/${finished}.metadata`,
  ])
  assert.match(bucket.get(`pg/${failed}.backup.log`) ?? '', /^Stdout:\n\n\nStderr:\nxtrabackup: error/)
  assert.match(
    bucket.get(`pg/${finished}.metadata`) ?? '',
    /\nModel Name: databases\nApplication Name: mysql\nUnit Name: mysql\/1\nJuju Version: 4\.0\.12\n$/,
  )
  const chunks = bucket.keys(`pg/${finished}/`)
  assert.equal((bucket.get(`pg/${finished}.md5`) ?? '').trim().split('\n').length, chunks.length)
  assert.ok(bucket.keys(`pg/${failed}/`).length < chunks.length)
  assert.equal(bucket.get('pg/group_replication_id.txt'), engine.groupReplicationId())
  assert.ok(bucket.keys('pg/binlogs/').some(key => key.endsWith('-gtid-set')))
})

test('a unit that is added joins the cluster and can back up; one that is killed rejoins when it is back', async t => {
  const {story, clock, control, engine} = await begin(t, {
    charm: 'mysql-k8s-8.0',
    units: 2,
    durations: {backup: minute},
  })
  const name = control.life.startUnit('mysql-k8s')
  await clock.advanceUntil(() => control.model.unit(name)?.workload.status === 'active', {stepMs: 1000})
  assert.equal((await story.run(name, 'create-backup')).status, 'completed')
  control.life.killAgent('mysql-k8s/1')
  await clock.advance(5 * minute)
  assert.equal(engine.group.member('mysql-k8s/1'), undefined)
  await control.life.reviveAgent('mysql-k8s/1')
  await clock.advance(5 * minute)
  assert.deepEqual(engine.group.member('mysql-k8s/1'), {role: 'SECONDARY', state: 'ONLINE'})
  assert.equal(await story.unit('mysql-k8s/1'), 'active: ')
})

test('a restore that is killed leaves MySQL stopped; the charm starts it again', async t => {
  const {story, clock, engine} = await begin(t, {units: 1, durations: {backup: 1000, retrieve: 10 * minute}}, '3.6.14')
  const {output} = await story.run('mysql/0', 'create-backup', {force: true})
  const id = await story.enqueue('mysql/0', 'restore', {'backup-id': output['backup-id']})
  await clock.advance(minute)
  assert.equal(await story.unit('mysql/0'), 'maintenance: Downloading backup...')
  await story.cancel(id)
  await clock.advance(5 * minute)
  assert.equal(await story.unit('mysql/0'), 'maintenance: UNREACHABLE')
  await clock.advance(5 * minute)
  assert.equal(await story.unit('mysql/0'), 'maintenance: OFFLINE')
  await clock.advance(5 * minute)
  assert.equal(await story.unit('mysql/0'), 'active: Primary')
  assert.equal(engine.restored, undefined)
})

test('passwords are told and changed by the leader only', async t => {
  const {story} = await begin(t)
  const before = await story.run('mysql/2', 'get-password')
  assert.match(String(before.output['password'] as string), /^[A-Za-z0-9]{24}$/)
  const refused = await story.run('mysql/2', 'set-password', {username: 'serverconfig'})
  assert.equal(refused.message, 'set-password action can only be run on the leader unit.')
  assert.equal((await story.run('mysql/0', 'set-password', {password: 'made-up'})).status, 'completed')
  const after = await story.run('mysql/2', 'get-password')
  assert.deepEqual([after.output['username'], after.output['password']], ['root', 'made-up'])
})
