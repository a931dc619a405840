import assert from 'node:assert/strict'
import test, {type TestContext} from 'node:test'
import type {Logger} from '../../../src/observability/log.ts'
import {LoopLag} from '../../../src/observability/loop-lag.ts'
import {Metrics} from '../../../src/observability/metrics.ts'
import {serveProbes} from '../../../src/probes.ts'
import {HealthRegistry} from '../../../src/runtime/health.ts'
import {freePorts} from '../../env/ports.ts'

type Address = {host: string; port: number} | undefined

async function start(t: TestContext, metricsBindAddress: Address, healthBindAddress: Address) {
  const ports = new Map<string, number>()
  const log: Logger = {
    debug: () => undefined,
    info: (_message, fields) => void ports.set(String(fields?.['path']), Number(fields?.['port'])),
    warn: () => undefined,
    error: () => undefined,
    child: () => log,
  }
  const wanted = {metricsBindAddress, healthBindAddress}
  const probes = await serveProbes(wanted, {metrics: new Metrics('1'), lag: new LoopLag(), log})
  t.after(() => probes.close())
  const get = async (path: string) => {
    const [, port] = [...ports].find(([paths]) => paths.split(' ').includes(path)) ?? []
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return {status: response.status, body: await response.text()}
  }
  return {probes, ports, get}
}

const any = {host: '127.0.0.1', port: 0}

test('a process that has just started is alive and not ready', async t => {
  const {get} = await start(t, any, any)
  assert.deepEqual(await get('/healthz'), {status: 200, body: '[+]event-loop ok\nok\n'})
  const ready = await get('/readyz')
  assert.equal(ready.status, 503)
  assert.match(ready.body, /the API server has not answered yet/)
})

test('later the checks of its parts answer', async t => {
  const {probes, get} = await start(t, any, any)
  const health = new HealthRegistry()
  let synced = false
  health.addReadiness('cache:backupjobs', () => (synced ? undefined : 'the first list is not complete'))
  health.addLiveness('controller:backupjob', () => 'stuck')
  probes.follow(health)
  assert.match((await get('/readyz')).body, /\[-\]cache:backupjobs failed: the first list is not complete/)
  synced = true
  assert.equal((await get('/readyz')).status, 200)
  assert.deepEqual(await get('/healthz'), {
    status: 503,
    body: '[+]event-loop ok\n[-]controller:backupjob failed: stuck\nnot ok\n',
  })
})

test('metrics have an address of their own', async t => {
  const {get, ports} = await start(t, any, any)
  assert.match((await get('/metrics')).body, /^charmkeeper_build_info\{version="1"/m)
  assert.equal(ports.size, 2)
})

test('pages that share an address share a server, and an address that is not wanted has none', async t => {
  const [port = 0] = await freePorts(1)
  const shared = {host: '127.0.0.1', port}
  const both = await start(t, shared, shared)
  assert.equal((await both.get('/metrics')).status, 200)
  assert.equal((await both.get('/healthz')).status, 200)
  assert.equal(both.ports.size, 1)
  assert.equal((await start(t, undefined, undefined)).ports.size, 0)
})
