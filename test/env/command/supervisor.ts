/**
 * Holds an environment until SIGTERM: what `npm run env -- up` leaves in the background. All parts are its children and
 * go with it.
 */
import {freePort, isFree} from '../ports.ts'
import {startEnvironment, type Environment} from '../environment.ts'
import {createReferences, installOperatorRights, type Kubectl} from '../provision.ts'
import {makeWorkDirectory} from '../work-directory.ts'
import {removeFiles, writeFiles} from './files.ts'
import {parseOptions, type Options} from './options.ts'

/** The ports that the examples name. */
const preferredPorts = {juju: 17070, jujuControl: 17071, s3: 9443}

async function hold(options: Options): Promise<void> {
  const stopped = stopSignal()
  const work = await makeWorkDirectory()
  const environment = await startEnvironment({
    dir: work.path,
    juju: options.juju,
    charm: options.charm,
    pooler: options.pooler,
    database: options.simulated ? 'memory' : 'postgresql',
    ports: await choosePorts(),
    report: line => console.log(line),
  })
  try {
    await provision(environment)
    await writeFiles(options.directory, environment, work.path)
    await stopped
  } finally {
    await environment.stop()
    await removeFiles(options.directory)
  }
}

async function provision({controlPlane, juju, s3}: Environment): Promise<void> {
  const kubectl: Kubectl = (args, given) => controlPlane.kubectlOrThrow(args, given)
  await installOperatorRights(kubectl)
  await createReferences(kubectl, juju, s3)
}

async function choosePorts(): Promise<typeof preferredPorts> {
  const choose = async (port: number) => ((await isFree(port)) ? port : await freePort())
  return {
    juju: await choose(preferredPorts.juju),
    jujuControl: await choose(preferredPorts.jujuControl),
    s3: await choose(preferredPorts.s3),
  }
}

function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options !== undefined) await hold(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
