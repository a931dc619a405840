import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {test, type TestContext} from 'node:test'
import {fileURLToPath} from 'node:url'
import {systemClock} from '../../../src/time/clock.ts'
import {integratedSeed} from '../../charms/integrated-model.ts'
import {databaseCharmIds, memoryDatabase, s3EndpointOf, type DatabaseCharmId} from '../../charms/memory-database.ts'
import {withPooler} from '../../charms/pooler.ts'
import {postgresqlCharmIds} from '../../charms/postgresql/dialect.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import {until} from './support.ts'

const program = fileURLToPath(new URL('../../juju-simulator/main.ts', import.meta.url))

async function ended(...args: readonly string[]): Promise<{code: number | null; out: string}> {
  const child = spawn(process.execPath, [program, ...args], {stdio: ['ignore', 'pipe', 'pipe']})
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (out += data.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return {code, out}
}

async function running(t: TestContext, ...args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {stdio: ['ignore', 'pipe', 'inherit']})
  t.after(() => child.kill('SIGKILL'))
  const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string]
  const told = JSON.parse(line) as Record<
    'endpoint' | 'caCertificate' | 'username' | 'password' | 'modelUUID' | 'control',
    string
  >
  const client = await RawClient.login(told, `/model/${told.modelUUID}/api`, told.username, told.password)
  t.after(() => client.close())
  const post = async (command: object): Promise<unknown> =>
    (await fetch(told.control, {method: 'POST', body: JSON.stringify(command)})).json()
  return {child, client, post}
}

test('--help names options, commands and faults, and ends well', async () => {
  const {code, out} = await ended('--help')
  assert.equal(code, 0)
  for (const word of ['--juju', '--pooler', ...databaseCharmIds, '--control-port', 'unit-status', 'drop-reply'])
    assert.ok(out.includes(word), word)
})

test('a version that is not played is refused with what there is', async () => {
  const {code, out} = await ended('--juju', '5.0')
  assert.equal(code, 2)
  assert.match(out, /--juju is one of 2\.9\.49, 3\.1\.10, 3\.6\.14, 4\.0\.12, not 5\.0/)
})

interface Shown {
  readonly applications: Readonly<
    Record<
      string,
      {readonly units: Readonly<Record<string, {'workload-status': {status: string; info: string}}>> | null}
    >
  >
}

const offered: readonly (readonly string[])[] = [
  ...databaseCharmIds.map(id => [id]),
  ...postgresqlCharmIds.map(id => [id, '--pooler']),
]
/** Those that are tried as a process of their own; the others are started as the program starts them. */
const asProcess: ReadonlySet<string> = new Set(['postgresql-16 --pooler', 'mysql-k8s-8.0', 'mongodb-8'])

async function inProcess(t: TestContext, charm: string, options: readonly string[]) {
  const id = charm as DatabaseCharmId
  const {charm: database} = memoryDatabase(id, {clock: systemClock, backup: 0})
  const alone = integratedSeed(database, s3EndpointOf(id), {})
  const models = [options.includes('--pooler') ? withPooler(alone) : alone]
  const juju = await startTestedJuju(t, {profile: '3.6.14', models, checksParams: false})
  t.after(() => juju.stop())
  const client = await RawClient.login(juju, `/model/${juju.modelUUID}/api`, juju.username, juju.password)
  t.after(() => client.close())
  const enqueue = (unit: string, action: string) => Promise.resolve(juju.control.model().enqueue(unit, action))
  return {client, enqueue}
}

async function asProgram(t: TestContext, charm: string, options: readonly string[]) {
  const {client, post} = await running(t, '--charm', charm, ...options)
  const enqueue = async (unit: string, action: string) =>
    ((await post({op: 'enqueue', unit, action})) as {task: string}).task
  return {client, enqueue}
}

for (const [charm = '', ...options] of offered) {
  const words = [charm, ...options].join(' ')
  const begin = asProcess.has(words) ? asProgram : inProcess
  test(`--charm ${words}: every unit is active, and a database unit lists its backups`, async t => {
    const {client, enqueue} = await begin(t, charm, options)
    const {applications} = (await client.call('Client', 6, 'FullStatus', {patterns: []})) as unknown as Shown
    for (const [name, {units}] of Object.entries(applications))
      for (const {'workload-status': shown} of Object.values(units ?? {}))
        assert.equal(shown.status, 'active', `${name}: ${shown.info}`)
    const [database = ''] = Object.keys(applications)
    assert.equal(Object.keys(applications).includes(`${database}-pooler`), options.includes('--pooler'))
    const task = await enqueue(`${database}/0`, 'list-backups')
    await until(async () => {
      const {results} = await client.call('Action', 7, 'Actions', {entities: [{tag: `action-${task}`}]})
      return (results as [{status: string}])[0].status === 'completed'
    })
  })
}

test('a pooler in front of another database is refused', async () => {
  const {code, out} = await ended('--charm', 'mysql-8.0', '--pooler')
  assert.equal(code, 2)
  assert.match(out, /--pooler goes with PostgreSQL, not with mysql-8\.0/)
})

test('it prints how to reach it, answers a login, takes commands, and SIGTERM ends it', async t => {
  const {child, client, post} = await running(t, '--juju', '4.0.12', '--charm', 'postgresql-16')
  const {task} = (await post({op: 'enqueue', unit: 'postgresql/1', action: 'get-primary'})) as {task: string}
  const reply = await client.call('Action', 7, 'Actions', {entities: [{tag: `action-${task}`}]})
  assert.deepEqual((reply['results'] as [{output: object}])[0].output, {primary: 'postgresql/0', 'return-code': 0})
  assert.deepEqual(await post({op: 'fault', fault: 'reset'}), {ok: true})
  assert.deepEqual(await post({op: 'fault', fault: 'nonsense'}).then(answer => Object.keys(answer as object)), [
    'error',
  ])
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
