import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {systemClock} from '../../../src/time/clock.ts'
import {ModelSession} from '../../../src/juju/model-session.ts'
import {fleet} from '../../juju-simulator/fleet.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {testDeps} from '../juju/support.ts'
import type {Ended, Started} from './fleet-program.ts'

const program = fileURLToPath(new URL('fleet-program.ts', import.meta.url))
const models = 200

test('200 models with 5 databases of 3 units live in one process, and one client holds a session to each', async t => {
  const child = spawn(process.execPath, [program, String(models)], {stdio: ['pipe', 'pipe', 'inherit']})
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => JSON.parse(String((await lines.next()).value)) as T
  const {endpoint, caCertificate, username, password, models: uuids, startMs, startCpuMs} = await next<Started>()
  assert.equal(uuids.length, models)
  const credentials = {kind: 'password', username, password} as const
  const target = {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper fleet'}
  const deps = testDeps(systemClock)
  const began = performance.now()
  const sessions = uuids.map(uuid => new ModelSession(target, uuid, deps))
  t.after(() => Promise.all(sessions.map(session => session.close())))
  await Promise.all(sessions.map(session => session.whenConnected()))
  const connectMs = Math.round(performance.now() - began)
  const statuses = await Promise.all(sessions.map(session => session.fullStatus()))
  const statusMs = Math.round(performance.now() - began) - connectMs
  for (const {applications} of statuses) {
    const units = [...applications.values()].flatMap(application => application.units)
    assert.equal(applications.size, 6)
    assert.equal(units.length, 16)
    assert.ok(units.every(({workload}) => workload.status === 'active'))
  }
  assert.equal(new Set(statuses.map(({model}) => model.name)).size, models)
  child.stdin.end()
  const {residentMiB, heapMiB} = await next<Ended>()
  t.diagnostic(
    `started in ${startMs} ms (${startCpuMs} ms of a processor); ${models} sessions in ${connectMs} ms; all statuses in ${statusMs} ms`,
  )
  t.diagnostic(`the simulator holds ${residentMiB} MiB resident, ${heapMiB} MiB of it in the heap`)
  assert.ok(startCpuMs < 20_000, `it started with ${startCpuMs} ms of a processor`)
  assert.ok(residentMiB < 700, `it holds ${residentMiB} MiB`)
})

test('the same seed gives the same fleet, another seed other charms', () => {
  const clock = new VirtualClock()
  const charms = (seed: number): readonly string[] =>
    fleet({clock, models: 5, seed}).flatMap(model =>
      model.seed.applications.map(({charm: {description}}) => `${description.name} ${description.channel}`),
    )
  assert.deepEqual(charms(1), charms(1))
  assert.notDeepEqual(charms(1), charms(2))
})
