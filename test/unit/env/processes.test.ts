import {existsSync} from 'node:fs'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test, type TestContext} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {CommandFailed, runCommand, runOrThrow} from '../../env/process/command.ts'
import {Daemon} from '../../env/process/daemon.ts'
import {alive, withLock} from '../../env/toolchain/lock.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'processes-'))
  t.after(() => rm(path, {recursive: true}))
  return path
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not happen within 10 s')
    await delay(10)
  }
}

test('a command that fails is a value with its exit code and words, or an error where it had to succeed', async t => {
  const script = ['-c', 'cat; echo bad >&2; exit 3']
  const result = await runCommand('sh', script, {input: 'in'})
  t.assert.deepEqual([result.code, result.signal, result.stdout, result.stderr], [3, null, 'in', 'bad\n'])
  await t.assert.rejects(runOrThrow('sh', script), (error: CommandFailed) => /exit code 3\nbad/.test(error.message))
  await t.assert.rejects(runCommand('/nowhere/program', []), {code: 'ENOENT'})
  await t.assert.rejects(runCommand('no-such-program', []), {code: 'ENOENT'})
})

test('a command is killed with its children when its time is over or its caller gives up', async t => {
  const slow = ['-c', 'sleep 600 & echo $!; wait']
  const late = await runCommand('sh', slow, {timeoutMs: 200})
  t.assert.equal(late.signal, 'SIGKILL')
  await until(() => !alive(Number(late.stdout)))
  const abort = new AbortController()
  const given = runCommand('sh', slow, {abort: abort.signal, abortWith: 'SIGTERM'})
  setTimeout(() => abort.abort(), 50)
  t.assert.equal((await given).signal, 'SIGTERM')
})

test('a daemon that ends before it is ready says so, with the end of its log', async t => {
  const logFile = join(await folder(t), 'log')
  const daemon = await Daemon.start({name: 'broken', file: 'sh', args: ['-c', 'echo no such flag; exit 4'], logFile})
  await t.assert.rejects(
    daemon.ready(async () => undefined),
    /broken ended with code 4\nno such flag/,
  )
  t.assert.equal(daemon.running, false)
  await daemon.stop()
})

test('a daemon that does not listen to SIGTERM is killed after its grace', async t => {
  const logFile = join(await folder(t), 'log')
  const args = ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done']
  const daemon = await Daemon.start({name: 'deaf', file: 'sh', args, logFile, graceMs: 100})
  await daemon.ready(async () => (daemon.logTail() === 'up' ? true : undefined))
  await daemon.stop()
  t.assert.equal(await daemon.over, 'ended by SIGKILL')
})

test('a daemon dies with the process that started it, even when that is killed', async t => {
  const directory = await folder(t)
  const source = join(import.meta.dirname, '../../env/process/daemon.ts')
  const program = `
    import {Daemon} from ${JSON.stringify(source)}
    const {pid} = await Daemon.start({name: 'child', file: 'sleep', args: ['600'], logFile: 'log'})
    console.log(pid)
    setInterval(() => {}, 1000)`
  await writeFile(join(directory, 'parent.mjs'), program)
  const parent = await Daemon.start({
    name: 'parent',
    file: process.execPath,
    args: ['parent.mjs'],
    cwd: directory,
    logFile: join(directory, 'out'),
  })
  const child = await parent.ready(async () => Number(await readFile(join(directory, 'out'), 'utf8')) || undefined)
  t.assert.equal(alive(child), true)
  await parent.stop('SIGKILL')
  await until(() => !alive(child))
})

test('a lock keeps two from working at once, and is taken over from one that died', async t => {
  const file = join(await folder(t), 'lock')
  const waited: number[] = []
  let inside = 0
  const work = async () => {
    inside += 1
    t.assert.equal(inside, 1)
    await delay(20)
    inside -= 1
  }
  await Promise.all([1, 2, 3].map(() => withLock(file, pid => waited.push(pid), work)))
  t.assert.deepEqual(waited, [process.pid, process.pid])
  t.assert.equal(existsSync(file), false)
  const dead = await runCommand('sh', ['-c', 'echo $$'])
  await writeFile(file, dead.stdout)
  await withLock(file, pid => waited.push(pid), work)
  t.assert.equal(waited.length, 2)
})
