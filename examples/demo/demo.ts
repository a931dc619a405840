/** `npm run demo`: from nothing to a backup that is proved to be there, told line by line. */
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import type {BackupJob} from '../../src/api/backup-job.ts'
import {abortable} from '../../src/time/abortable.ts'
import {startEnvironment, type Environment} from '../../test/env/environment.ts'
import {freePort, isFree} from '../../test/env/ports.ts'
import {CommandFailed} from '../../test/env/process/command.ts'
import {createReferences, installOperatorRights, tenantNamespace} from '../../test/env/provision.ts'
import {makeWorkDirectory} from '../../test/env/work-directory.ts'
import {embeddedCluster, givenCluster, type DemoCluster} from './cluster.ts'
import {Narrator} from './narrator.ts'
import {startOperator, type RunningOperator} from './operator.ts'
import {help, parseOptions, type DemoOptions} from './options.ts'
import {proveBackups} from './proof.ts'

const examples = path.resolve(import.meta.dirname, '..')
/** What the examples name; other ports are written into them when these are taken. */
const examplePorts = {juju: 17070, s3: 9443}
const patienceMs = 10 * 60_000

const print = (line: string): void => console.log(line)

async function demo(options: DemoOptions, stop: AbortSignal): Promise<number> {
  await using ending = new AsyncDisposableStack()
  const work = await makeWorkDirectory('charmkeeper-demo')
  ending.defer(() => work.remove())
  // What has been started when a person stops here dies with this process.
  if (options.kubeconfig !== undefined) await refuseLeftovers(await givenCluster(options.kubeconfig, work.path))
  const environment = await abortable(prepare(options, work.path), stop)
  ending.defer(() => environment.stop())

  const cluster = await clusterOf(options, environment, work.path)
  print('\n== The operator, with the rights that the chart gives it')
  await installOperatorRights(cluster.kubectl)
  await createReferences(cluster.kubectl, environment.juju, environment.s3)
  const operator = await startOperator(await cluster.operatorKubeconfig(), work.path)
  ending.defer(() => operator.stop())
  print(`${operator.program} is ready; its log is in ${operator.logFile}`)

  const narrator = new Narrator(tenantNamespace, print)
  await narrator.start(cluster.kubeconfig)
  ending.defer(() => narrator.stop())
  const manifests = await readExamples(environment)
  if (options.kubeconfig !== undefined) ending.defer(() => removeExamples(cluster, manifests))
  const jobs = await abortable(tell(cluster, narrator, operator, manifests), stop)
  await narrator.stop()
  const good = jobs.every(succeeded)
  if (good) await prove(environment, jobs)
  else
    print(`\nNot all went well. The log of the operator:\n${(await readFile(operator.logFile, 'utf8')).slice(-4000)}`)
  await conclude(options, cluster, operator, stop)
  return good ? 0 : 1
}

async function prepare(options: DemoOptions, directory: string): Promise<Environment> {
  const database = options.simulated ? 'PostgreSQL in memory' : 'a real PostgreSQL with pgBackRest'
  print(`== The world: Kubernetes, S3 over TLS, Juju ${options.juju}, ${database}`)
  const started = performance.now()
  const environment = await startEnvironment({
    dir: path.join(directory, 'environment'),
    juju: options.juju,
    database: options.simulated ? 'memory' : 'postgresql',
    ports: {juju: await choose(examplePorts.juju), s3: await choose(examplePorts.s3)},
    ...(options.kubeconfig === undefined ? {} : {controlPlane: false as const}),
    report: print,
  })
  print(
    `ready after ${((performance.now() - started) / 1000).toFixed(1)} s: Juju at ${environment.juju.endpoint}, S3 at ${environment.s3.endpoint}`,
  )
  return environment
}

const choose = async (port: number): Promise<number> => ((await isFree(port)) ? port : await freePort())

function clusterOf({kubeconfig}: DemoOptions, environment: Environment, directory: string): Promise<DemoCluster> {
  if (kubeconfig !== undefined) return givenCluster(kubeconfig, directory)
  return Promise.resolve(embeddedCluster(environment.controlPlane))
}

interface Manifest {
  readonly file: string
  readonly text: string
}

async function readExamples({juju, s3}: Environment): Promise<readonly Manifest[]> {
  const files = ['juju-model.yaml', 'backup-storage.yaml', 'backup-job.yaml', 'backup-job-incremental.yaml']
  return await Promise.all(
    files.map(async file => {
      const text = await readFile(path.join(examples, file), 'utf8')
      const addresses = [
        [`127.0.0.1:${examplePorts.juju}`, juju.endpoint],
        [`https://127.0.0.1:${examplePorts.s3}`, s3.endpoint],
      ] as const
      return {file, text: addresses.reduce((all, [example, real]) => all.replaceAll(example, real), text)}
    }),
  )
}

/** Applies the examples and waits for the end of both jobs. */
async function tell(
  cluster: DemoCluster,
  narrator: Narrator,
  operator: RunningOperator,
  manifests: readonly Manifest[],
): Promise<readonly BackupJob[]> {
  print('\n== The examples')
  for (const {file, text} of manifests) {
    print(`kubectl apply -f examples/${file}`)
    await cluster.kubectl(['apply', '--filename', '-'], {input: text})
  }
  print('')
  const ends = Promise.all([narrator.end('postgresql-full'), narrator.end('postgresql-incremental')])
  const died = operator.over.then(how => Promise.reject(new Error(`the operator ${how}; see ${operator.logFile}`)))
  const patience = AbortSignal.timeout(patienceMs)
  return await abortable(Promise.race([ends, died]), patience)
}

const succeeded = (job: BackupJob): boolean =>
  job.status?.conditions?.some(({type, status}) => type === 'Succeeded' && status === 'True') ?? false

async function prove(environment: Environment, jobs: readonly BackupJob[]): Promise<void> {
  print(
    `\n== The proof: what ${environment.cluster === undefined ? 'lies in the store' : 'pgBackRest itself reads from the store'}`,
  )
  print(await proveBackups(environment, jobs))
  for (const {metadata, status} of jobs) {
    const {artefact, walStart, walStop, parentBackupID} = status ?? {}
    const where = `${artefact?.endpoint}/${path.posix.join(artefact?.bucket ?? '', artefact?.path ?? '')}`
    const parent = parentBackupID === undefined ? '' : `, builds on ${parentBackupID}`
    print(`\n${metadata.name}: backup ${status?.backupID} is ${artefact?.label} in ${where}`)
    print(`  needs WAL ${walStart} to ${walStop}${parent}`)
  }
}

async function conclude(
  options: DemoOptions,
  cluster: DemoCluster,
  operator: RunningOperator,
  stop: AbortSignal,
): Promise<void> {
  if (!options.keep) {
    print(`
== What to try next
npm run demo -- --keep           leaves all of this running, for kubectl
npm run demo -- --juju 4.0.12    another Juju; real is Juju's own API server
npm run env -- up                the environment alone; start the operator by hand
README.md                        install it on a cluster, back up your own database`)
    return
  }
  print(`
== It stays, until Ctrl-C
export KUBECONFIG=${cluster.kubeconfig}
kubectl get charmkeeper -n ${tenantNamespace}
kubectl get backupjob postgresql-full -n ${tenantNamespace} -o yaml
kubectl events -n ${tenantNamespace}
curl -s ${operator.metricsUrl} | grep ^charmkeeper_
tail -f ${operator.logFile}`)
  await new Promise<void>(resolve => stop.addEventListener('abort', () => resolve(), {once: true}))
}

/** Objects of an earlier run would be taken for those of this one. */
async function refuseLeftovers({kubectl}: DemoCluster): Promise<void> {
  const found = await kubectl([
    'get',
    'jujumodels,backupstorages,backupjobs',
    '-n',
    tenantNamespace,
    '-o',
    'name',
  ]).catch((error: unknown) => {
    // A cluster that has never seen us does not know the kinds.
    if (error instanceof CommandFailed && /doesn't have a resource type/.test(error.message)) return ''
    throw error
  })
  if (found.trim() === '') return
  throw new Error(`the namespace ${tenantNamespace} of this cluster is in use; the demo wants it for itself:\n${found}`)
}

/** On a cluster that is not ours nothing may be left that waits for an operator. */
async function removeExamples(cluster: DemoCluster, manifests: readonly Manifest[]): Promise<void> {
  for (const {text} of manifests.toReversed()) {
    await cluster.kubectl(['delete', '--ignore-not-found', '--timeout=60s', '--filename', '-'], {input: text})
  }
  print(`
The examples are deleted. Still in your cluster, in case you want to go on: the namespaces ${tenantNamespace} and charmkeeper, the
CRDs (kubectl delete -f crds) and the chart's roles (kubectl delete clusterrole,clusterrolebinding -l app.kubernetes.io/name=charmkeeper).`)
}

async function main(): Promise<number> {
  const stop = new AbortController()
  // A terminal and the launcher may both send one: the second changes nothing.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => stop.abort(new Error('stopped')))
  }
  try {
    const options = parseOptions(process.argv.slice(2))
    if (options === undefined) {
      print(help)
      return 0
    }
    return await demo(options, stop.signal)
  } catch (error) {
    if (stop.signal.aborted) {
      print('\nStopped.')
      return 130
    }
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

process.exit(await main())
