/** `npm run env`, as a person uses it. */
import {existsSync} from 'node:fs'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {test, type TestContext} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {alive} from '../env/toolchain/lock.ts'
import {ensureParts} from '../env/toolchain/parts.ts'
import {runCommand} from '../env/process/command.ts'

const main = resolve(import.meta.dirname, '../env/main.ts')

/** The command with its files in a folder of the test's own; whatever is up is down at the end. */
async function folder(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'env-command-'))
  const run = (...args: readonly string[]) => runCommand(process.execPath, [main, ...args, '--dir', directory])
  t.after(async () => {
    await run('down')
    await rm(directory, {recursive: true})
  })
  const json = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(directory, name), 'utf8')) as Record<string, unknown>
  return {directory, run, json}
}

test('up leaves a cluster that knows the kinds and the operator, and what the examples refer to; down leaves nothing', async t => {
  const {directory, run, json} = await folder(t)
  const {kubectl} = await ensureParts(['kubectl'])
  const ask = (file: string, ...args: string[]) =>
    runCommand(kubectl, ['--kubeconfig', join(directory, file), '--cache-dir', join(directory, 'cache'), ...args])
  t.assert.equal((await run('status')).code, 3)

  const up = await run('up', '--simulated')
  t.assert.equal(up.code, 0, up.stdout + up.stderr)
  const applied = await ask(
    'kubeconfig',
    'apply',
    '--recursive',
    '-f',
    resolve(import.meta.dirname, '../../examples'),
    '--dry-run=server',
  )
  t.assert.equal(applied.code, 0, applied.stderr)
  const names = await ask('kubeconfig', 'get', 'secret,configmap', '-o', 'name')
  t.assert.deepEqual(names.stdout.trim().split('\n').sort(), [
    'configmap/juju-ca',
    'configmap/s3-ca',
    'secret/juju-operator',
    'secret/s3-backups',
  ])
  const rights = async (...args: string[]) => (await ask('operator.kubeconfig', 'auth', 'can-i', ...args)).stdout.trim()
  t.assert.equal(await rights('update', 'backupjobs.charmkeeper.dev', '--subresource=status'), 'yes')
  t.assert.equal(await rights('get', 'secrets', '-n', 'databases'), 'yes')
  t.assert.equal(await rights('get', 'secrets', '-n', 'default'), 'no')
  const juju = ['caCertificate', 'control', 'controllerUUID', 'endpoint', 'modelUUID', 'password', 'username']
  t.assert.deepEqual(Object.keys(await json('juju.json')).sort(), juju)
  t.assert.match(String((await json('s3.json'))['endpoint']), /^https:\/\/127\.0\.0\.1:\d+$/)

  t.assert.match((await run('up', '--simulated')).stdout, /runs already/)
  const state = await json('state.json')
  t.assert.match((await run('status')).stdout, new RegExp(`supervisor ${String(state['pid'])}`))
  t.assert.equal((await run('down')).stdout, 'Stopped.\n')
  t.assert.equal(alive(Number(state['pid'])), false)
  t.assert.equal(existsSync(String(state['workDirectory'])), false)
  t.assert.equal(existsSync(join(directory, 'juju.json')), false)
})

test('an environment that was killed counts as not there, and what it left is removed', async t => {
  const {directory, run, json} = await folder(t)
  t.assert.equal((await run('up', '--simulated')).code, 0)
  const {pid, workDirectory, processes} = await json('state.json')
  process.kill(Number(pid), 'SIGKILL')
  const {stdout, code} = await run('status')
  t.assert.deepEqual([stdout, code], ['Nothing runs.\n', 3])
  t.assert.equal(existsSync(String(workDirectory)), false)
  t.assert.equal(existsSync(join(directory, 'kubeconfig')), false)
  // The kernel has told them to go; they are gone when whoever adopted them has taken notice.
  const left = () => Object.entries(processes as Record<string, number>).filter(([, id]) => alive(id))
  const deadline = performance.now() + 10_000
  while (left().length > 0 && performance.now() < deadline) await delay(20)
  t.assert.deepEqual(left(), [])
})
