// Starts a TypeScript program of this repository: installs the npm packages when they are missing or stale, then runs
// the program with the Node of node_modules. Built-ins only, since it runs before anything is installed, on Node 20.
//
// usage: node test/env/bootstrap.mjs <program.ts> [arguments]
import {spawn, spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const node = join(root, 'node_modules', '.bin', 'node')
const oldestNode = 20

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** @param {string} path @returns {Record<string, {version?: string, optional?: boolean, peer?: boolean}>} */
const packagesIn = path => JSON.parse(readFileSync(path, 'utf8')).packages

/** npm writes node_modules/.package-lock.json when an install is complete; it has to say what package-lock.json says. */
function installed() {
  const written = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(written) || !existsSync(node)) return false
  const have = packagesIn(written)
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(
    ([path, {version, optional}]) =>
      path === '' || have[path]?.version === version || (optional === true && have[path] === undefined),
  )
}

function install() {
  const started = Date.now()
  process.stderr.write('npm packages: installing\n')
  const npm = spawnSync('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (npm.error !== undefined) fail('npm is missing: install it beside Node, for example with: apt-get install npm')
  if (npm.status !== 0) fail(`npm ci failed (exit code ${npm.status}); run it by hand in ${root}`)
  process.stderr.write(`npm packages: installed in ${Math.round((Date.now() - started) / 1000)} s\n`)
}

/**
 * Runs the program, passes signals on and ends as it ends. On Ctrl-C at a terminal the program gets the signal from
 * the terminal and from here: it has to take the second as the first.
 *
 * @param {string} program @param {string[]} args
 */
function run(program, args) {
  const setpriv = '/usr/bin/setpriv'
  const dieWithUs = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--'] : []
  const [file = node, ...rest] = [...dieWithUs, node, join(root, program), ...args]
  const child = spawn(file, rest, {stdio: 'inherit'})
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', error => fail(`${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

const [program, ...args] = process.argv.slice(2)
if (program === undefined) fail('usage: node test/env/bootstrap.mjs <program.ts> [arguments]')
if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  fail(`Node ${process.versions.node} is too old: ${oldestNode} or newer is needed (https://nodejs.org/en/download)`)
}
if (!installed()) install()
run(program, args)
