import {setTimeout as delay} from 'node:timers/promises'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from '../src/api/backup-job.ts'
import type {KubeClient} from '../src/kube/client.ts'
import type {ControlPlane} from '../test/env/kubernetes/control-plane.ts'
import {installOperatorRights, tenantNamespace} from '../test/env/provision.ts'
import {readRequests, writes, type Requests} from './support/api-requests.ts'
import {startChild, type Usage} from './support/child.ts'
import {benchNamespace, openClient, withCluster} from './support/cluster.ts'
import {connectedModels, createModels, modelName} from './support/fleet-models.ts'
import {inParallel} from './support/in-parallel.ts'
import {JujuFleet} from './support/juju-fleet.ts'
import {buildOperator, OperatorProcess} from './support/operator-process.ts'
import {printFigures, type Figure} from './support/report.ts'
import {until} from './support/until.ts'

const models = 200
const applications = 5
const jobs = models * applications
/** How many writes the bench and its floor have under way at once; as many as the operator has workers for jobs. */
const width = 16
/** Long enough for start-up's garbage to be collected. */
const settleMs = 20_000
/** Beyond the first progress of the last job, which is written after 30 s; how often a model is read depends on how long it is quiet. */
const runningSettleMs = 150_000
const measuredMs = 60_000

interface Run {
  readonly connectMs: number
  readonly createMs: number
  readonly enqueueMs: number
  readonly endMs: number
  readonly idleRssMiB: number
  readonly runningRssMiB: number
  readonly peakRssMiB: number
  readonly enqueueCpuSeconds: number
  readonly endCpuSeconds: number
  readonly idlePercent: number
  readonly runningPercent: number
  readonly runningWrites: number
  readonly runningCalls: number
  readonly jobWrites: number
  readonly modelWrites: number
  readonly calls: Readonly<Record<string, number>>
}

/** One backup of each database of a fleet, all asked for at once; then all of them running while nothing changes. */
export async function benchBackupJobs(): Promise<void> {
  buildOperator()
  const juju = await JujuFleet.start(models, applications)
  try {
    await withCluster(async cluster => {
      await installOperatorRights((args, options) => cluster.kubectlOrThrow(args, options))
      const {client, transport} = await openClient(cluster.kubeconfigPath)
      const floor = await bareEnqueues(cluster, client, juju)
      print(await run(cluster, client, juju), floor)
      await transport.close()
    })
  } finally {
    juju.stop()
  }
}

async function bareEnqueues(cluster: ControlPlane, client: KubeClient, {place}: JujuFleet): Promise<Usage> {
  await createJobs(client, benchNamespace)
  const args = [cluster.kubeconfigPath, benchNamespace, JSON.stringify(place), String(applications), String(width)]
  const usage = await startChild<Usage>('bare-enqueue', ...args).result
  await inParallel(jobs, width, async index => {
    await client.delete(backupJobResource, {namespace: benchNamespace, name: jobName(index)})
  })
  return usage
}

async function run(cluster: ControlPlane, client: KubeClient, juju: JujuFleet): Promise<Run> {
  await createModels(client, juju, applications)
  const operator = await OperatorProcess.start(cluster.kubeconfigFor('operator'), cluster.directory)
  try {
    const started = performance.now()
    await until('all models are connected', async () => (await connectedModels(client)) === models)
    const connectMs = performance.now() - started
    await delay(settleMs)
    const idleRssMiB = operator.rssMiB
    const idlePercent = await cpuPercent(operator, measuredMs / 2)

    const before = {requests: await readRequests(cluster), calls: await callsOf(juju), cpu: operator.cpuSeconds}
    const created = Date.now()
    await createJobs(client, tenantNamespace)
    const createMs = Date.now() - created
    let lastAt = 0
    await until('all backups are enqueued', async () => {
      const answer = await juju.ask('enqueued')
      lastAt = answer.lastAt ?? 0
      return answer.count === jobs
    })
    const enqueueCpuSeconds = operator.cpuSeconds - before.cpu
    await delay(runningSettleMs)

    const running = {requests: await readRequests(cluster), calls: await callsOf(juju)}
    const runningPercent = await cpuPercent(operator, measuredMs)
    const runningRssMiB = operator.rssMiB
    const after = {requests: await readRequests(cluster), calls: await callsOf(juju), cpu: operator.cpuSeconds}

    const released = Date.now()
    await juju.ask('end')
    await until('all jobs have succeeded', async () => (await succeededJobs(client)) === jobs)
    const endMs = Date.now() - released
    const end = {requests: await readRequests(cluster), calls: await callsOf(juju), cpu: operator.cpuSeconds}
    const ofJobs = ({resource, verb}: Requests): boolean => resource === 'backupjobs' && verb !== 'POST'
    const ofModels = ({resource}: Requests): boolean => resource === 'jujumodels'
    const ofBoth = (one: Requests): boolean => ofJobs(one) || ofModels(one)
    const written = (which: (one: Requests) => boolean, from: readonly Requests[], to: readonly Requests[]): number =>
      writes(to, which) - writes(from, which)
    return {
      connectMs,
      createMs,
      enqueueMs: lastAt - created,
      endMs,
      idleRssMiB,
      runningRssMiB,
      peakRssMiB: operator.peakRssMiB,
      enqueueCpuSeconds,
      endCpuSeconds: end.cpu - after.cpu,
      idlePercent,
      runningPercent,
      runningWrites: written(ofBoth, running.requests, after.requests),
      runningCalls: sum(minus(after.calls, running.calls)),
      jobWrites: written(ofJobs, before.requests, end.requests) / jobs,
      modelWrites: written(ofModels, before.requests, end.requests) / jobs,
      calls: minus(minus(end.calls, before.calls), minus(after.calls, running.calls)),
    }
  } finally {
    await operator.stop()
  }
}

/** One job for each database. */
async function createJobs(client: KubeClient, namespace: string): Promise<void> {
  await inParallel(jobs, width, async index => {
    const modelRef = {name: modelName(Math.floor(index / applications))}
    const spec = backupJobSpecSchema.parse({modelRef, application: `db${index % applications}`})
    const metadata = {name: jobName(index), namespace}
    const job: BackupJob = {apiVersion: 'charmkeeper.dev/v1alpha1', kind: 'BackupJob', metadata, spec}
    await client.create(backupJobResource, namespace, job)
  })
}

const jobName = (index: number): string => `backup-${index}`

async function succeededJobs(client: KubeClient): Promise<number> {
  const {items} = await client.listPage<BackupJob>(backupJobResource, {namespace: tenantNamespace})
  const isReleased = ({metadata}: BackupJob): boolean => (metadata.finalizers ?? []).length === 0
  const hasSucceeded = ({status}: BackupJob): boolean =>
    status?.conditions?.some(({type, status: value}) => type === 'Succeeded' && value === 'True') ?? false
  const failed = items.find(job =>
    job.status?.conditions?.some(({type, status}) => type === 'Succeeded' && status === 'False'),
  )
  if (failed) throw new Error(`${failed.metadata.name}: ${JSON.stringify(failed.status?.conditions)}`)
  return items.filter(job => hasSucceeded(job) && isReleased(job)).length
}

async function cpuPercent(operator: OperatorProcess, forMs: number): Promise<number> {
  const before = operator.cpuSeconds
  await delay(forMs)
  return ((operator.cpuSeconds - before) / forMs) * 100_000
}

async function callsOf(juju: JujuFleet): Promise<Readonly<Record<string, number>>> {
  return (await juju.ask('calls')).counts ?? {}
}

function minus(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)

/** By the smallest that does: two listings, the primary and the backup are asked for, and each is read once when it is over. */
const leastCalls = 8

function print(run: Run, bare: Usage): void {
  const none = {floor: 0, goal: ''}
  printFigures(
    `${models} models x ${applications} databases, a backup of each at once; floor: a bare write and a bare call for each`,
    [
      {what: 'until all are enqueued', figure: run.enqueueMs / 1000, floor: bare.wallMs / 1000, unit: 's', goal: ''},
      {what: 'CPU until then', figure: run.enqueueCpuSeconds, floor: bare.cpuMs / 1000, unit: 's', goal: ''},
      {what: 'creating the jobs took', figure: run.createMs / 1000, unit: 's', ...none},
      {what: 'from the end of the tasks to the last success', figure: run.endMs / 1000, unit: 's', ...none},
      {what: 'CPU of that', figure: run.endCpuSeconds, unit: 's', ...none},
      {
        what: 'API writes per job, of the job',
        figure: run.jobWrites,
        floor: 1,
        unit: '',
        goal: 'with those of its model at most 6',
      },
      {what: 'API writes per job, of its model', figure: run.modelWrites, unit: '', ...none},
      {what: 'Juju calls per job', figure: sum(run.calls) / jobs, floor: leastCalls, unit: '', goal: ''},
    ],
  )
  printFigures(`Those calls by name, per job`, callFigures(run.calls))
  printFigures(`${jobs} running jobs while nothing changes; floor: the same models without jobs`, [
    {what: 'CPU, of one core', figure: run.runningPercent, floor: run.idlePercent, unit: '%', goal: 'below 10 %'},
    {what: 'resident memory', figure: run.runningRssMiB, floor: run.idleRssMiB, unit: 'MiB', goal: ''},
    {what: 'the most memory it ever had', figure: run.peakRssMiB, floor: run.idleRssMiB, unit: 'MiB', goal: ''},
    {what: 'Juju calls per second', figure: (run.runningCalls / measuredMs) * 1000, unit: '/s', ...none},
    {what: 'API writes', figure: run.runningWrites, floor: 0, unit: '', goal: '0'},
    {what: 'start to all models connected', figure: run.connectMs / 1000, unit: 's', ...none},
  ])
}

function callFigures(calls: Readonly<Record<string, number>>): readonly Figure[] {
  const rows = Object.entries(calls).filter(([, count]) => count > 0)
  return rows
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => ({what, figure: count / jobs, floor: 0, unit: '', goal: ''}))
}
