import {chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {test, type TestContext} from 'node:test'
import {runCommand} from '../../env/process/command.ts'
import {Daemon} from '../../env/process/daemon.ts'

const bootstrap = join(import.meta.dirname, '../../env/bootstrap.mjs')
const lock = {
  packages: {'': {}, 'node_modules/a': {version: '1.0.0'}, 'node_modules/b': {version: '2.0.0', optional: true}},
}
const complete = {packages: {'node_modules/a': {version: '1.0.0'}}}

/** A checkout with a program, an npm that only notes that it was called, and what an earlier install left. */
async function checkout(t: TestContext, installed: unknown) {
  const root = await mkdtemp(join(tmpdir(), 'bootstrap-'))
  t.after(() => rm(root, {recursive: true}))
  for (const folder of ['test/env', 'node_modules/.bin', 'path']) await mkdir(join(root, folder), {recursive: true})
  await cp(bootstrap, join(root, 'test/env/bootstrap.mjs'))
  await symlink(process.execPath, join(root, 'node_modules/.bin/node'))
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(lock))
  if (installed !== undefined) await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify(installed))
  await writeFile(join(root, 'path/npm'), `#!/bin/sh\necho "$@" >> ${root}/npm-calls\n`)
  await chmod(join(root, 'path/npm'), 0o755)
  const env = {...process.env, PATH: [join(root, 'path'), process.env['PATH']].join(delimiter)}
  const run = async (program: string, ...args: string[]) => {
    await writeFile(join(root, 'program.mts'), program)
    return await runCommand(process.execPath, [join(root, 'test/env/bootstrap.mjs'), 'program.mts', ...args], {env})
  }
  const npmCalls = () => readFile(join(root, 'npm-calls'), 'utf8').catch(() => '')
  return {root, env, run, npmCalls}
}

test('the program gets its arguments, and its exit code is the exit code', async t => {
  const {run, npmCalls} = await checkout(t, complete)
  const result = await run('console.log(process.argv.slice(2).join()); process.exitCode = 7 as number', 'a', '--b')
  t.assert.deepEqual([result.code, result.stdout], [7, 'a,--b\n'])
  t.assert.equal(await npmCalls(), '')
})

test('packages are installed when they are missing or not those of the lock file', async t => {
  for (const installed of [undefined, {packages: {}}, {packages: {'node_modules/a': {version: '0.9.0'}}}]) {
    const {run, npmCalls} = await checkout(t, installed)
    t.assert.equal((await run('')).code, 0)
    t.assert.match(await npmCalls(), /^ci --loglevel=error/)
  }
})

test('a signal reaches the program, which ends as it likes', async t => {
  const {root, env} = await checkout(t, complete)
  await writeFile(
    join(root, 'program.mts'),
    `process.on('SIGINT', () => { console.log('bye'); process.exit(5) }); console.log('up'); setInterval(() => {}, 1000)`,
  )
  const daemon = await Daemon.start({
    name: 'bootstrap',
    file: process.execPath,
    args: [join(root, 'test/env/bootstrap.mjs'), 'program.mts'],
    env,
    logFile: join(root, 'log'),
  })
  await daemon.ready(async () => (daemon.logTail() === 'up' ? true : undefined))
  process.kill(daemon.pid, 'SIGINT')
  t.assert.equal(await daemon.over, 'ended with code 5')
  t.assert.match(daemon.logTail(), /bye/)
})
