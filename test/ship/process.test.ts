import assert from 'node:assert/strict'
import path from 'node:path'
import {after, before, test, type TestContext} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {startControlPlane, type ControlPlane} from '../env/kubernetes/control-plane.ts'
import {freePorts} from '../env/ports.ts'
import {runCommand} from '../env/process/command.ts'
import {Daemon} from '../env/process/daemon.ts'
import {makeWorkDirectory, type WorkDirectory} from '../env/work-directory.ts'
import {asStream, needsPrometheusOperator, release, renderChart} from '../support/chart.ts'

const program = path.resolve(import.meta.dirname, '../../dist/main.js')

let directory: WorkDirectory
let cluster: ControlPlane
let started = 0

before(async () => {
  directory = await makeWorkDirectory('process')
  cluster = await startControlPlane({dir: directory.path})
  for (const namespace of [release.namespace, 'team-a', 'team-b']) {
    await cluster.kubectlOrThrow(['create', 'namespace', namespace])
  }
})

after(async () => {
  await cluster.stop()
  await directory.remove()
})

/** Installs the chart with these values, and nothing of the last one. */
async function install(values: unknown): Promise<void> {
  const kinds = 'roles,rolebindings,clusterroles,clusterrolebindings'
  const ours = ['--all-namespaces', '--selector=app.kubernetes.io/name=charmkeeper']
  await cluster.kubectlOrThrow(['delete', kinds, ...ours, '--ignore-not-found'])
  const manifests = (await renderChart(values)).filter(manifest => !needsPrometheusOperator(manifest))
  await cluster.kubectlOrThrow(['apply', '--server-side', '--force-conflicts', '-f', '-'], {input: asStream(manifests)})
  await cluster.kubectlOrThrow(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
}

interface Operator {
  readonly daemon: Daemon
  /** status and text of a page */
  get(page: '/healthz' | '/readyz' | '/metrics'): Promise<{status: number; text: string}>
  ready(): Promise<unknown>
}

/** The built operator as the chart's ServiceAccount; gone when the test is over. */
async function start(t: TestContext, ...flags: string[]): Promise<Operator> {
  const [health = 0, metrics = 0] = await freePorts(2)
  const args = [
    program,
    `--kubeconfig=${cluster.kubeconfigFor('operator')}`,
    `--lease-namespace=${release.namespace}`,
    `--health-bind-address=127.0.0.1:${health}`,
    `--metrics-bind-address=127.0.0.1:${metrics}`,
    ...flags,
  ]
  const logFile = path.join(directory.path, `operator-${++started}.log`)
  const daemon = await Daemon.start({name: 'operator', file: process.execPath, args, logFile})
  // In order, so that the next test need not wait for the Lease to run out.
  t.after(() => daemon.stop())
  const get: Operator['get'] = async page => {
    const response = await fetch(`http://127.0.0.1:${page === '/metrics' ? metrics : health}${page}`)
    return {status: response.status, text: await response.text()}
  }
  return {
    daemon,
    get,
    ready: () => daemon.ready(async () => ((await get('/readyz')).status === 200 ? true : undefined)),
  }
}

const leads = async (operator: Operator): Promise<boolean> =>
  /^leader_election_master_status.* 1$/m.test((await operator.get('/metrics')).text)

const lease = ['get', 'lease', 'charmkeeper', '--namespace', release.namespace, '-o', 'jsonpath={.spec.holderIdentity}']

test('with the rights of the chart it becomes ready, leads, serves metrics, and gives the Lease back when told to stop', async t => {
  await install({})
  const operator = await start(t)
  await operator.ready()
  const ready = await operator.get('/readyz')
  const caches = ['jujumodels', 'backupstorages', 'backupjobs', 'backupschedules'].map(plural => `cache:${plural}`)
  for (const check of ['election', ...caches]) {
    assert.ok(ready.text.includes(`[+]${check}`), ready.text)
  }
  assert.equal((await operator.get('/healthz')).status, 200)
  assert.notEqual(await cluster.kubectlOrThrow(lease), '')
  await operator.daemon.ready(async () => ((await leads(operator)) ? true : undefined))
  const {text} = await operator.get('/metrics')
  for (const family of [
    'controller_runtime_reconcile_total',
    'workqueue_depth',
    'rest_client_requests_total',
    'nodejs_eventloop',
  ]) {
    assert.ok(text.includes(family), `${family} is missing`)
  }
  await operator.daemon.stop('SIGTERM')
  assert.equal(await operator.daemon.over, 'ended with code 0')
  assert.equal(await cluster.kubectlOrThrow(lease), '')
})

test('S5.26 with namespaces set it needs Roles only', async t => {
  await install({namespaces: ['team-a', 'team-b']})
  assert.equal(
    await cluster.kubectlOrThrow([
      'get',
      'clusterrolebindings',
      '-o',
      'name',
      '-l',
      'app.kubernetes.io/name=charmkeeper',
    ]),
    '',
  )
  const confined = await start(t, '--namespaces=team-a,team-b')
  await confined.ready()
  await confined.daemon.stop('SIGTERM')
  const greedy = await start(t)
  await greedy.daemon.ready(async () => ((await greedy.get('/readyz')).text.includes('[-]cache:') ? true : undefined))
  assert.equal((await greedy.get('/healthz')).status, 200, 'a missing right is nothing that a restart would mend')
})

test('a replica that waits is ready, and takes over when the leader is gone', async t => {
  await install({})
  const first = await start(t)
  await first.ready()
  // Ready comes before leading where the Lease of an earlier process has to run out first.
  await first.daemon.ready(async () => ((await leads(first)) ? true : undefined))
  const second = await start(t)
  await second.ready()
  assert.deepEqual([await leads(first), await leads(second)], [true, false])
  await first.daemon.stop('SIGTERM')
  await second.daemon.ready(async () => ((await leads(second)) ? true : undefined), 10_000)
})

test('it exits with 1 when it loses the Lease', async t => {
  await install({})
  const operator = await start(t)
  await operator.ready()
  await operator.daemon.ready(async () => ((await leads(operator)) ? true : undefined))
  const theft = {spec: {holderIdentity: 'somebody-else', renewTime: new Date().toISOString().replace('Z', '000Z')}}
  const patch = [
    'patch',
    'lease',
    'charmkeeper',
    '--namespace',
    release.namespace,
    '--type=merge',
    '-p',
    JSON.stringify(theft),
  ]
  await cluster.kubectlOrThrow(patch)
  assert.equal(
    await Promise.race([operator.daemon.over, delay(30_000, 'still running', {ref: false})]),
    'ended with code 1',
  )
  assert.match(operator.daemon.logTail(), /LeadershipLost/)
  await cluster.kubectlOrThrow(['delete', 'lease', 'charmkeeper', '--namespace', release.namespace])
})

test('without a cluster id and without the right to read one it exits with 2 and says what to do', async t => {
  await install({clusterId: 'prod-eu-1'})
  const operator = await start(t)
  assert.equal(await operator.daemon.over, 'ended with code 2')
  assert.match(operator.daemon.logTail(), /give --cluster-id, or the Role in kube-system/)
  const told = await start(t, '--cluster-id=prod-eu-1')
  await told.ready()
})

test('an API server that is not there yet is waited for', async t => {
  await install({})
  await cluster.stopApiServer('SIGKILL')
  const operator = await start(t)
  await operator.daemon.ready(async () => ((await operator.get('/readyz')).status === 503 ? true : undefined))
  assert.equal((await operator.get('/healthz')).status, 200)
  await cluster.startApiServer()
  await operator.ready()
})

const told: readonly [args: string[], code: number, stream: 'stdout' | 'stderr', says: RegExp][] = [
  [['--help'], 0, 'stdout', /--allowed-endpoints=<entry,...>[\s\S]*CHARMKEEPER_ALLOWED_ENDPOINTS/],
  [['--version'], 0, 'stdout', /^\d+\.\d+\.\d+\n$/],
  [['--log-level=loud'], 2, 'stderr', /^--log-level=loud: write debug, info, warn or error\n$/],
  [
    ['--kubeconfig=/nowhere', '--health-bind-address=0', '--metrics-bind-address=0'],
    2,
    'stderr',
    /\/nowhere cannot be read/,
  ],
]
for (const [args, code, stream, says] of told) {
  test(`${args[0]} ends with ${code}`, async () => {
    const result = await runCommand(process.execPath, [program, ...args], {env: {PATH: process.env['PATH']}})
    assert.equal(result.code, code, result.stderr)
    assert.match(result[stream], says)
  })
}
