/** The parts that every other test here stands on: that they are real, work together, and leave nothing behind. */
import {existsSync} from 'node:fs'
import {test, type TestContext} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {databaseCharmIds} from '../charms/memory-database.ts'
import {postgresqlCharmIds} from '../charms/postgresql/dialect.ts'
import {startEnvironment, type Environment, type EnvironmentOptions} from '../env/environment.ts'
import {alive} from '../env/toolchain/lock.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'

async function start(t: TestContext, options: Omit<EnvironmentOptions, 'dir'>) {
  const work = await makeWorkDirectory()
  t.after(() => work.remove())
  const environment = await startEnvironment({...options, dir: work.path})
  t.after(() => environment.stop())
  return {environment, directory: work.path}
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what} did not happen within 30 s`)
    await delay(50)
  }
}

/** One command to the control port of a Juju. */
async function command(environment: Environment, body: Readonly<Record<string, unknown>>): Promise<unknown> {
  const response = await fetch(environment.juju.control, {method: 'POST', body: JSON.stringify(body)})
  return await response.json()
}

interface Task {
  readonly task: string
  readonly status: string
}

async function runAction(environment: Environment, unit: string, action: string): Promise<string> {
  const {task} = (await command(environment, {op: 'enqueue', unit, action})) as Task
  return await until(`the end of ${action}`, async () => {
    const tasks = (await command(environment, {op: 'tasks'})) as readonly Task[]
    const status = tasks.find(candidate => candidate.task === task)?.status ?? ''
    return ['completed', 'failed', 'aborted'].includes(status) ? status : undefined
  })
}

const kubernetesParts = ['etcd', 'kube-apiserver', 'kube-controller-manager']

test("a charm's create-backup on a simulated Juju is a pgBackRest backup of a real PostgreSQL in a real store", async t => {
  const {environment, directory} = await start(t, {juju: '3.6.14'})
  const {cluster, s3} = environment
  t.assert.deepEqual(Object.keys(environment.processes).sort(), [...kubernetesParts, 'postgres', 'versitygw'].sort())
  // Without TLS the charm of track 14 makes backups on the primary.
  t.assert.equal(await runAction(environment, 'postgresql/0', 'create-backup'), 'completed')
  const [stanza] = (await cluster?.info()) ?? []
  const backup = stanza?.backup[0]
  t.assert.deepEqual(
    [stanza?.name, stanza?.backup.length, backup?.type, backup?.error],
    ['prod.postgresql', 1, 'full', false],
  )
  const keys = await s3.listKeys('pg/backup/prod.postgresql')
  t.assert.equal(keys.includes(`pg/backup/prod.postgresql/${backup?.label}/backup.manifest`), true, keys.join('\n'))

  const {processes} = environment
  await environment.stop()
  t.assert.deepEqual(
    Object.entries(processes).filter(([, pid]) => alive(pid)),
    [],
  )
  t.assert.equal(existsSync(directory), false)
})

test('a point-in-time restore loses what was written after the time, and opens a new timeline', async t => {
  const {environment} = await start(t, {controlPlane: false})
  const {cluster} = environment
  if (cluster === undefined) throw new Error('there is a real PostgreSQL')
  await cluster.psql('create table notes (id int); insert into notes values (1)')
  t.assert.equal((await cluster.backup('full')).code, 0)
  await cluster.psql('insert into notes values (2)')
  const moment = await cluster.psql('select clock_timestamp()')
  await cluster.psql('insert into notes values (3)')
  await cluster.archiveNow()
  // pgBackRest counts in seconds, and would look for a backup that ended in an earlier one.
  const set = (await cluster.info())[0]?.backup[0]?.label ?? ''
  t.assert.deepEqual(await cluster.restore({set, type: 'time', target: moment}), {outcome: 'restored'})
  t.assert.equal(await cluster.psql('select id from notes order by id'), '1\n2')
  t.assert.equal(await cluster.psql('select timeline_id from pg_control_checkpoint()'), '2')
})

test('keys of the store are refused from the moment they are rotated, strangers see no bucket, and a pause is an outage', async t => {
  const {environment} = await start(t, {controlPlane: false})
  const {cluster, s3} = environment
  const before = {accessKey: s3.accessKey, secretKey: s3.secretKey}
  await s3.rotateCredentials()
  t.assert.notEqual(s3.accessKey, before.accessKey)
  const refused = await cluster?.backup('full')
  t.assert.match(refused?.stderr ?? '', /InvalidAccessKeyId/)
  t.assert.equal((await s3.listKeys('pg/')).length > 0, true)
  const {endpoint, region, bucket, caCertificate} = s3
  const store = {endpoint, region, bucket, caCertificate, path: '/pg', uriStyle: 'path'} as const
  await cluster?.useRepository({...store, ...(await s3.addStranger())})
  t.assert.match((await cluster?.backup('full'))?.stderr ?? '', /AccessDenied/)
  await cluster?.useRepository({...store, accessKey: s3.accessKey, secretKey: s3.secretKey})
  t.assert.equal((await cluster?.backup('full'))?.code, 0)
  await s3.pause()
  await t.assert.rejects(s3.listKeys())
  await s3.resume()
  t.assert.equal((await s3.listKeys('pg/')).length > 0, true)
})

test("Juju's own API server has the charms, their relation and their settings, and its machines play", async t => {
  const {environment} = await start(t, {juju: 'real', controlPlane: false, database: 'memory'})
  const units = (await command(environment, {op: 'units', app: 'postgresql'})) as readonly Record<string, unknown>[]
  t.assert.deepEqual(
    // Juju's database gives them in no particular order.
    units
      .map(({name, leader, message}) => [name, leader, message])
      .sort(([one], [other]) => String(one).localeCompare(String(other))),
    [
      ['postgresql/0', true, 'Primary'],
      ['postgresql/1', false, ''],
      ['postgresql/2', false, ''],
    ],
  )
  const [relation] = (await command(environment, {op: 'relations', app: 'postgresql'})) as readonly {data: object}[]
  const {bucket, endpoint, accessKey} = environment.s3
  t.assert.partialDeepStrictEqual(relation?.data, {bucket, endpoint, 'access-key': accessKey})
  const {real} = environment.juju
  await real?.command({op: 'leader', unit: 'postgresql/2'})
  const leaders = (await command(environment, {op: 'units', app: 'postgresql'})) as readonly Record<string, unknown>[]
  t.assert.deepEqual(
    leaders.filter(({leader}) => leader).map(({name}) => name),
    ['postgresql/2'],
  )
  await t.assert.rejects(async () => await real?.command({op: 'dance'}), /unknown op/)
})

const onReal = {juju: 'real', pooler: false} as const
const offered = [
  ...databaseCharmIds.map(charm => ({charm, ...onReal})),
  ...postgresqlCharmIds.map(
    charm => ({charm, juju: charm.includes('-k8s-') ? 'real' : '4.0.12', pooler: true}) as const,
  ),
]

for (const {charm, juju, pooler} of offered)
  test(`on Juju ${juju} ${charm}${pooler ? ' behind PgBouncer' : ''} and its integrator settle`, async t => {
    const {environment} = await start(t, {charm, juju, pooler, controlPlane: false, database: 'memory'})
    const {applications} = environment.model
    t.assert.equal(applications.length, pooler ? 3 : 2)
    for (const {name: app} of applications) {
      const units = (await command(environment, {op: 'units', app})) as readonly Record<string, unknown>[]
      t.assert.equal(units.length > 0, true)
      for (const {name, status, message} of units)
        t.assert.equal(status, 'active', `${String(name)}: ${String(message)}`)
    }
  })

test('the API server knows who asks, forgets nothing in a restart, and namespaces go away', async t => {
  const {environment} = await start(t, {database: 'memory'})
  const {controlPlane} = environment
  const who = await controlPlane.kubectlOrThrow(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
    as: 'operator',
  })
  t.assert.equal(who, 'system:serviceaccount:charmkeeper:charmkeeper')
  const forbidden = await controlPlane.kubectl(['get', 'secrets', '--all-namespaces'], {as: 'tenant'})
  t.assert.match(forbidden.stderr, /User "tenant" cannot list resource "secrets"/)
  await controlPlane.kubectlOrThrow(['create', 'namespace', 'here'])
  await controlPlane.restartApiServer('SIGKILL')
  await controlPlane.kubectlOrThrow(['delete', 'namespace', 'here', '--timeout=30s'])
  t.assert.equal((await controlPlane.kubectl(['get', 'namespace', 'here'])).code, 1)
})
