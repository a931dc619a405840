import assert from 'node:assert/strict'
import test, {type TestContext} from 'node:test'
import {silentLogger} from '../../../src/observability/log.ts'
import {healthPage, PageServer, type Routes} from '../../../src/observability/health-server.ts'
import {LoopLag} from '../../../src/observability/loop-lag.ts'

async function serve(t: TestContext, routes: Routes): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = await PageServer.listen({host: '127.0.0.1', port: 0}, routes, silentLogger)
  t.after(() => server.close())
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init)
}

test('a page is healthy while every check is, and names those that are not', () => {
  const well = {ok: true, checks: [{name: 'loop'}, {name: 'caches'}]}
  assert.deepEqual(healthPage(well), {
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    body: '[+]loop ok\n[+]caches ok\nok\n',
  })
  const sick = healthPage({
    ok: false,
    checks: [{name: 'loop'}, {name: 'caches', problem: 'backupjobs have not been listed'}],
  })
  assert.equal(sick.status, 503)
  assert.equal(sick.body, '[+]loop ok\n[-]caches failed: backupjobs have not been listed\nnot ok\n')
})

test('only the given paths are served, for reading', async t => {
  const get = await serve(t, {
    '/healthz': () => healthPage({ok: true, checks: []}),
    '/slow': async () => Promise.resolve(healthPage({ok: true, checks: []})),
  })
  assert.equal((await get('/healthz?verbose')).status, 200)
  assert.equal(await (await get('/slow')).text(), 'ok\n')
  assert.equal((await get('/')).status, 404)
  assert.equal((await get('/healthz', {method: 'POST'})).status, 405)
  const head = await get('/healthz', {method: 'HEAD'})
  assert.deepEqual([head.status, await head.text()], [200, ''])
})

test('a page that throws ends its own request only', async t => {
  let broken = true
  const page = () => {
    if (broken) throw new Error('no metrics today')
    return healthPage({ok: true, checks: []})
  }
  const get = await serve(t, {'/metrics': page})
  await assert.rejects(get('/metrics'))
  broken = false
  assert.equal((await get('/metrics')).status, 200)
})

test('an address that is taken is named', async t => {
  const first = await PageServer.listen({host: '127.0.0.1', port: 0}, {}, silentLogger)
  t.after(() => first.close())
  await assert.rejects(PageServer.listen({host: '127.0.0.1', port: first.port}, {}, silentLogger), {
    message: `cannot listen on 127.0.0.1:${first.port}`,
  })
})

test('a process that is not late is healthy', () => {
  const lag = new LoopLag()
  lag.start()
  assert.equal(lag.check(), undefined)
  lag.stop()
})
