/** `npm run env`: an environment to play with, that stays until it is told to go. */
import {relative} from 'node:path'
import {running, startInBackground, stopInBackground} from './command/background.ts'
import {logFile, type EnvironmentState} from './command/files.ts'
import {help, parseOptions, type Options} from './command/options.ts'
import {ensureParts, type PartName} from './toolchain/parts.ts'

const kubernetes = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'helm'] as const
const everything = [
  ...kubernetes,
  'versitygw',
  'postgres',
  'pgbackrest',
  'juju-server',
  'juju-client',
  'promtool',
] as const

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === undefined) {
    process.stdout.write(help)
    return 0
  }
  switch (options.command) {
    case 'up':
      return await up(options, args)
    case 'down':
      return await down(options)
    case 'status':
      return await status(options)
    case 'install':
      await ensureParts(everything)
      return 0
  }
}

async function up(options: Options, args: readonly string[]): Promise<number> {
  const before = await running(options.directory)
  if (before !== undefined) {
    console.log('The environment runs already.')
    describe(options, before)
    return before.juju === options.juju ? 0 : 1
  }
  await ensureParts(partsFor(options))
  console.log('Starting.')
  const state = await startInBackground(options.directory, args)
  describe(options, state)
  const at = relative(process.cwd(), options.directory) || '.'
  console.log(`
  export KUBECONFIG=${at}/kubeconfig
  node dist/main.js --kubeconfig ${at}/operator.kubeconfig --allowed-endpoints=127.0.0.1/32   # after: npm run build

Stop it with: npm run env -- down`)
  return 0
}

function partsFor({juju, simulated}: Options): readonly PartName[] {
  const database = simulated ? [] : (['postgres', 'pgbackrest'] as const)
  return [...kubernetes, 'versitygw', ...database, ...(juju === 'real' ? (['juju-server'] as const) : [])]
}

async function down({directory}: Options): Promise<number> {
  const state = await running(directory)
  if (state === undefined) {
    console.log('Nothing runs.')
    return 0
  }
  await stopInBackground(directory, state)
  console.log('Stopped.')
  return 0
}

async function status(options: Options): Promise<number> {
  const state = await running(options.directory)
  if (state === undefined) {
    console.log('Nothing runs.')
    return 3
  }
  describe(options, state)
  return 0
}

function describe({directory}: Options, {pid, juju, endpoints, processes}: EnvironmentState): void {
  for (const [name, endpoint] of Object.entries(endpoints)) {
    console.log(`  ${name.padEnd(14)}${endpoint}${name === 'juju' ? ` (${juju})` : ''}`)
  }
  const ids = Object.entries({supervisor: pid, ...processes}).map(([name, id]) => `${name} ${id}`)
  console.log(`  ${'processes'.padEnd(14)}${ids.join(', ')}`)
  console.log(`  ${'files'.padEnd(14)}${directory}/{kubeconfig,operator.kubeconfig,juju.json,s3.json}`)
  console.log(`  ${'log'.padEnd(14)}${logFile(directory)}`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (error instanceof RangeError || error instanceof TypeError) process.stderr.write(`\n${help}`)
  process.exitCode = 2
}
