import {backupJobResource} from '../src/api/backup-job.ts'
import {startChild, type Usage} from './support/child.ts'
import {benchNamespace, openClient, withCluster} from './support/cluster.ts'
import {inParallel} from './support/in-parallel.ts'
import {jobName, seedFinishedJobs} from './support/jobs.ts'
import {printFigures} from './support/report.ts'

const jobs = 10_000

interface NoOp {
  readonly reconciles: number
  readonly queue: Usage
  readonly floor: Usage
}

/** No-op reconciles per second, and how far the operator is behind a burst of changes. */
export async function benchReconcile(): Promise<void> {
  await withCluster(async cluster => {
    const {client, transport} = await openClient(cluster.kubeconfigPath)
    console.log(`creating ${jobs} finished BackupJobs`)
    await seedFinishedJobs(client, jobs)
    const {reconciles, queue, floor} = await startChild<NoOp>('no-op', cluster.kubeconfigPath).result
    const children = (['raw', 'operator'] as const).map(kind =>
      startChild<{endedAt: number; cpuMs: number}>('watch', kind, cluster.kubeconfigPath, String(jobs)),
    )
    await Promise.all(children.map(child => child.ready))
    console.log(`changing ${jobs} BackupJobs`)
    const started = Date.now()
    await inParallel(jobs, 32, async index => {
      const change = [{op: 'replace', path: '/spec/priority', value: 1}] as const
      await client.jsonPatch(backupJobResource, {namespace: benchNamespace, name: jobName(index)}, change)
    })
    const written = Date.now()
    const [raw, operator] = await Promise.all(children.map(child => child.result))
    await transport.close()
    if (raw === undefined || operator === undefined) throw new Error('a watching process is missing')
    const perSecond = (ms: number, count: number): number => (count / ms) * 1000
    printFigures(`No-op reconciles of ${jobs} finished jobs; floor: bare look-ups in the cache`, [
      {
        what: 'no-op reconciles per second of CPU',
        figure: perSecond(queue.cpuMs, reconciles),
        floor: perSecond(floor.cpuMs, reconciles),
        unit: '/s',
        goal: 'at least 5,000 /s',
      },
    ])
    printFigures(`${jobs} objects change within ${written - started} ms; floor: a bare watch beside it`, [
      {
        what: 'events handled per second, as fast as they came',
        figure: perSecond(operator.endedAt - started, jobs),
        floor: perSecond(raw.endedAt - started, jobs),
        unit: '/s',
        goal: '',
      },
      {
        what: 'events handled per second of CPU',
        figure: perSecond(operator.cpuMs, jobs),
        floor: perSecond(raw.cpuMs, jobs),
        unit: '/s',
        goal: '',
      },
    ])
  })
}
