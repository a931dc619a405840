import assert from 'node:assert/strict'
import {test} from 'node:test'
import {UncaughtCharmError} from '../../charms/machine.ts'
import type {MysqlStep} from '../../charms/mysql/engine.ts'
import {mysqlCharm} from '../../charms/mysql/machine.ts'
import {MemoryMysql} from '../../charms/mysql/memory-engine.ts'
import type {MemoryMysqlOptions} from '../../charms/mysql/memory-engine.ts'
import {StubHost, unitViews} from './stub-host.ts'

const data = {bucket: 'b', 'access-key': 'a', 'secret-key': 's', path: '/my/sql/'}
const s3Changed = {kind: 'relation-changed', endpoint: 's3-parameters'} as const

/** A settled MySQL without Juju. */
async function settled(units = 3, options: Omit<MemoryMysqlOptions, 'clock'> = {}) {
  const host = new StubHost({
    application: 'mysql',
    units: unitViews('mysql', units),
    relations: {'s3-parameters': [{id: 1, application: 's3-integrator', data}]},
  })
  const engine = new MemoryMysql({clock: host.clock, ...options})
  const charm = mysqlCharm({engine})
  const machine = charm.deploy(host)
  await machine.install()
  await machine.hook(s3Changed)
  if (units < 3) engine.group.stated = 'OK'
  const run = async (unit: string, action: string, parameters: Readonly<Record<string, unknown>> = {}) => {
    const {signal} = new AbortController()
    const running = machine.runAction({id: '1', unit, action, parameters, signal, log: async () => {}})
    const ended = running.catch((error: unknown) => {
      if (error instanceof UncaughtCharmError) return {status: 'raised', message: error.message} as const
      throw error
    })
    await host.clock.advance(60_000)
    return ended
  }
  const messageOf = async (...asked: Parameters<typeof run>): Promise<string> => {
    const outcome = await run(...asked)
    return outcome.status === 'completed' ? 'completed' : outcome.message
  }
  return {host, engine, charm, machine, run, messageOf}
}

test('without mysqld no backup is taken; without a store none begins, and none is listed', async () => {
  const {engine, messageOf} = await settled()
  engine.group.stop('mysql/1')
  assert.equal(await messageOf('mysql/1', 'create-backup', {force: true}), 'Process mysqld not running')
  engine.group.start('mysql/1')
  engine.store.trouble = 'no access'
  assert.equal(await messageOf('mysql/1', 'create-backup'), 'Failed to upload metadata to provided S3')
  assert.equal(await messageOf('mysql/1', 'list-backups'), 'Failed to retrieve backup ids from S3')
  engine.store.trouble = 'missing bucket'
  assert.equal(await messageOf('mysql/1', 'list-backups'), 'Bucket b does not exist')
})

test('a restore from a store that does not answer is an exception', async () => {
  const {engine, run} = await settled(1)
  engine.store.trouble = 'missing bucket'
  const outcome = await run('mysql/0', 'restore', {'backup-id': '2026-08-01T02:00:03Z'})
  assert.deepEqual(outcome, {
    status: 'raised',
    message:
      'botocore.errorfactory.NoSuchBucket: An error occurred (NoSuchBucket) when calling the GetObject operation: The specified bucket does not exist',
  })
})

const badEnds: readonly [step: MysqlStep, message: string][] = [
  ['go online', 'Error unsetting instance as offline before performing backup'],
  ['unhide', 'Error setting instance option tag:_hidden'],
]
for (const [step, message] of badEnds) {
  test(`a backup after which the step "${step}" fails is in the store, and its unit in a bad state`, async () => {
    const {host, engine, messageOf} = await settled()
    engine.failing.add(step)
    assert.equal(await messageOf('mysql/1', 'create-backup'), message)
    assert.deepEqual(host.statusOf('mysql/1'), {
      status: 'blocked',
      message: 'Failed to create backup; instance in bad state',
    })
    assert.ok(engine.store.bucket.keys('my/sql/').some(key => key.endsWith('.md5')))
  })
}

const restoreFailures: readonly [step: MysqlStep, message: string, status: 'blocked' | 'maintenance'][] = [
  ['go offline for restore', 'Failed to set instance as offline before restoring the backup', 'maintenance'],
  ['delete restore directory', 'Failed to delete the temp restore directory', 'blocked'],
  ['delete backup directory', 'Failed to delete the temp backup directory', 'blocked'],
  ['configure', 'Failed to configure restored instance for InnoDB cluster', 'blocked'],
  ['create cluster set', 'Failed to create InnoDB cluster-set on restored instance', 'blocked'],
  ['create operations table', 'Failed to initialize the juju operations table', 'blocked'],
]
for (const [step, message, status] of restoreFailures) {
  test(`a restore whose step "${step}" fails says so and leaves the unit in ${status}`, async () => {
    const {host, engine, messageOf} = await settled(1)
    await engine.store.bucket.put('my/sql/2026-08-01T02:00:03Z.md5', '')
    engine.failing.add(step)
    assert.equal(await messageOf('mysql/0', 'restore', {'backup-id': '2026-08-01T02:00:03Z'}), message)
    assert.equal(host.statusOf('mysql/0').status, status)
  })
}

test('a restored cluster is another one: the repository that it came from is not its own', async () => {
  const {host, engine, machine, charm, messageOf} = await settled(1)
  await engine.store.bucket.put('my/sql/2026-08-01T02:00:03Z.md5', '')
  const before = engine.groupReplicationId()
  assert.equal(await messageOf('mysql/0', 'restore', {'backup-id': '2026-08-01T02:00:03Z'}), 'completed')
  assert.notEqual(engine.groupReplicationId(), before)
  await machine.hook(s3Changed)
  assert.equal(charm.conditions.s3Block, 'S3 repository claimed by another cluster')
  host.relationViews = {}
  await machine.hook(s3Changed)
  assert.equal(charm.conditions.s3Block, undefined)
  assert.equal(await messageOf('mysql/0', 'create-backup'), 'Missing relation with S3 integrator charm')
})

test('S3 settings that come while MySQL is down are taken up when it is back', async () => {
  const {engine, machine, charm} = await settled(1)
  charm.conditions.s3Block = 'stale'
  engine.group.stop('mysql/0')
  await machine.hook(s3Changed)
  assert.equal(charm.conditions.s3Block, 'stale')
  for (let round = 0; round < 3; round++) await machine.hook({kind: 'update-status', unit: 'mysql/0'})
  assert.equal(charm.conditions.s3Block, undefined)
})

test('a standby cluster is promoted on its leader, and only then', async () => {
  const {charm, machine, host, messageOf} = await settled()
  const cluster = {scope: 'cluster'}
  assert.equal(await messageOf('mysql/0', 'promote-to-primary', cluster), 'Only a standby cluster can be promoted')
  charm.conditions.standbyCluster = true
  await machine.hook({kind: 'update-status', unit: 'mysql/0'})
  assert.equal(host.statusOf('mysql/0').message, 'Standby')
  const elsewhere = await messageOf('mysql/1', 'promote-to-primary', cluster)
  assert.equal(elsewhere, 'Only the leader unit can promote a standby cluster')
  assert.equal(await messageOf('mysql/0', 'promote-to-primary', cluster), 'completed')
  assert.equal(host.statusOf('mysql/0').message, 'Primary')
})

test('the cluster’s status is what MySQL Shell prints, in lower case', async () => {
  const {engine, run} = await settled()
  engine.group.instance('mysql/1').state = 'RECOVERING'
  const outcome = await run('mysql/0', 'get-cluster-status')
  assert.equal(outcome.status, 'completed')
  assert.deepEqual(outcome.results, {
    success: 'True',
    status: {
      clustername: 'cluster-0f5c1ae7',
      clusterrole: 'primary',
      defaultreplicaset: {
        name: 'default',
        primary: 'mysql-0.lxd:3306',
        ssl: 'required',
        status: 'ok_no_tolerance_partial',
        statustext: 'cluster is not tolerant to any failures. 1 member is not active.',
        topology: {
          'mysql-0': member('mysql-0', 'primary', 'r/w', 'online'),
          'mysql-1': member('mysql-1', 'secondary', 'n/a', 'recovering'),
          'mysql-2': member('mysql-2', 'secondary', 'r/o', 'online'),
        },
        topologymode: 'single-primary',
      },
      domainname: 'cluster-set-0f5c1ae7',
      groupinformationsourcemember: 'mysql-0.lxd:3306',
    },
  })
})

function member(name: string, memberrole: string, mode: string, status: string): Readonly<Record<string, string>> {
  return {address: `${name}.lxd:3306`, memberrole, mode, role: 'ha', status, version: '8.0.39'}
}

test('all that lies in the bucket goes to the store that the settings name', async () => {
  const stored = new Map<string, string>()
  const store = () => ({put: async (key: string, body: Buffer) => void stored.set(key, body.toString())})
  const {engine, messageOf} = await settled(3, {store})
  assert.equal(await messageOf('mysql/1', 'create-backup'), 'completed')
  const {bucket} = engine.store
  assert.ok(stored.size > 10)
  assert.deepEqual(Object.fromEntries(stored), Object.fromEntries(bucket.keys().map(key => [key, bucket.get(key)])))
})
