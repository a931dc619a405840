import assert from 'node:assert/strict'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {test} from 'node:test'

import {TokenFile} from '../../../src/kube/credentials.ts'
import {type ExecConfig, ExecPlugin, ExecPluginFailed, type RunProgram} from '../../../src/kube/exec-plugin.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

test('a token file is read again after a minute, and after a refusal', async t => {
  const directory = await mkdtemp(path.join(tmpdir(), 'charmkeeper-token-'))
  t.after(() => rm(directory, {recursive: true}))
  const file = path.join(directory, 'token')
  const clock = new VirtualClock()
  const credentials = new TokenFile(file, clock)
  await assert.rejects(credentials.authorization(), /ENOENT/)
  await writeFile(file, 'one\n')
  assert.deepEqual(await Promise.all([credentials.authorization(), credentials.authorization()]), [
    'Bearer one',
    'Bearer one',
  ])
  await writeFile(file, 'two')
  await clock.advance(59_000)
  assert.equal(await credentials.authorization(), 'Bearer one')
  await clock.advance(1_000)
  assert.equal(await credentials.authorization(), 'Bearer two')
  await writeFile(file, 'three')
  assert.equal(credentials.refused(), true)
  assert.equal(await credentials.authorization(), 'Bearer three')
  await rm(file)
  credentials.refused()
  assert.equal(await credentials.authorization(), 'Bearer three')
})

const apiVersion = 'client.authentication.k8s.io/v1'
const config: ExecConfig = {apiVersion, command: 'get-token', args: ['--x'], env: {REGION: 'eu'}}
const printed = (status: object): string => JSON.stringify({apiVersion, kind: 'ExecCredential', status})

function plugin(run: RunProgram, more: Partial<ExecConfig> = {}) {
  const clock = new VirtualClock()
  return {clock, credentials: new ExecPlugin({...config, ...more}, clock, {PATH: '/bin'}, run)}
}

test('a plugin is told who asks, is run once for parallel callers, and again when its token expires or is refused', async () => {
  const runs: {args: readonly string[]; env: NodeJS.ProcessEnv}[] = []
  const {clock, credentials} = plugin(
    async (_, args, env) => {
      runs.push({args, env})
      return printed({token: `t${runs.length}`, expirationTimestamp: new Date(clock.now() + 60_000).toISOString()})
    },
    {cluster: {server: 'https://api'}},
  )
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => credentials.authorization())), [
    'Bearer t1',
    'Bearer t1',
    'Bearer t1',
  ])
  assert.deepEqual(runs[0]?.args, ['--x'])
  assert.equal(runs[0]?.env['REGION'], 'eu')
  assert.equal(runs[0]?.env['PATH'], '/bin')
  assert.deepEqual(JSON.parse(runs[0]?.env['KUBERNETES_EXEC_INFO'] ?? ''), {
    apiVersion,
    kind: 'ExecCredential',
    spec: {interactive: false, cluster: {server: 'https://api'}},
  })
  await clock.advance(60_000)
  assert.equal(await credentials.authorization(), 'Bearer t2')
  credentials.refused()
  assert.equal(await credentials.authorization(), 'Bearer t3')
})

test('a plugin may give a client certificate instead of a token', async () => {
  const {credentials} = plugin(async () => printed({clientCertificateData: 'C', clientKeyData: 'K'}))
  assert.deepEqual(await credentials.certificate(), {cert: 'C', key: 'K'})
  assert.equal(await credentials.authorization(), undefined)
  const tokenOnly = plugin(async () => printed({token: 't'}))
  assert.equal(await tokenOnly.credentials.certificate(), undefined)
})

test('what a plugin prints wrongly is refused without repeating it, for it may be a token', async () => {
  const answers = ['hunter2', '{"kind":"Other"}', printed({}), printed({clientCertificateData: 'hunter2'})]
  for (const answer of answers)
    await assert.rejects(plugin(async () => answer).credentials.authorization(), (error: unknown) => {
      assert.ok(error instanceof ExecPluginFailed)
      assert.doesNotMatch(`${error.message} ${error.stack}`, /hunter2/)
      return true
    })
})

test('a plugin that is missing is named, with the kubeconfig’s hint; one that fails with what it complained of', async () => {
  const clock = new VirtualClock()
  const missing = new ExecPlugin({...config, command: '/does/not/exist', installHint: 'install it from x'}, clock, {})
  await assert.rejects(missing.authorization(), /\/does\/not\/exist.*ENOENT\ninstall it from x/s)
  const script = (code: string) => ({...config, command: process.execPath, args: ['-e', code]})
  const failing = new ExecPlugin(script('console.error("login first"); process.exit(3)'), clock, {})
  await assert.rejects(failing.authorization(), /ended with 3: login first/)
  const working = new ExecPlugin(script(`console.log(JSON.stringify(${printed({token: 't'})}))`), clock, {})
  assert.equal(await working.authorization(), 'Bearer t')
})

test('a plugin that hangs is killed after a minute', async () => {
  const clock = new VirtualClock()
  const hanging = {...config, command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)']}
  const asked = Promise.allSettled([new ExecPlugin(hanging, clock, {}).authorization()])
  await clock.advance(60_000)
  const [outcome] = await asked
  assert.match(String(outcome.status === 'rejected' && outcome.reason), /gave no answer within 60000 ms/)
  assert.equal(clock.pendingTimers, 0)
})
