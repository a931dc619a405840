import {startChild, type Usage} from './support/child.ts'
import {openClient, withCluster} from './support/cluster.ts'
import {seedFinishedJobs} from './support/jobs.ts'
import {printFigures} from './support/report.ts'

const jobs = 10_000
const rounds = 3

type SyncUsage = Usage & {readonly rssBefore: number; readonly heapBytes: number; readonly objects: number}

/** How long the first sync takes and what a finished job weighs in memory. */
export async function benchInformer(): Promise<void> {
  await withCluster(async cluster => {
    const {client, transport} = await openClient(cluster.kubeconfigPath)
    console.log(`creating ${jobs} finished BackupJobs`)
    await seedFinishedJobs(client, jobs)
    await transport.close()
    const bare: Usage[] = []
    const synced: SyncUsage[] = []
    // In turns, so that what the machine does meanwhile meets both.
    for (let round = 0; round < rounds; round++) {
      bare.push(await startChild<Usage>('bare-streamed-list', cluster.kubeconfigPath).result)
      synced.push(await startChild<SyncUsage>('informer', cluster.kubeconfigPath).result)
    }
    const best = <T>(runs: readonly T[], pick: (run: T) => number): number => Math.min(...runs.map(pick))
    printFigures(`Initial sync of ${synced[0]?.objects} finished BackupJobs (best of ${rounds})`, [
      {
        what: 'time, beside a bare streamed list',
        figure: best(synced, run => run.wallMs),
        floor: best(bare, run => run.wallMs),
        unit: 'ms',
        goal: 'ratio at most 1.3',
      },
      {
        what: 'CPU, beside a bare streamed list',
        figure: best(synced, run => run.cpuMs),
        floor: best(bare, run => run.cpuMs),
        unit: 'ms',
        goal: '',
      },
      {
        what: 'RSS per finished job',
        figure: best(synced, run => (run.rssBytes - run.rssBefore) / run.objects / 1024),
        floor: 3,
        unit: 'KiB',
        goal: 'at most 3 KiB; the floor column is that goal',
      },
      {
        what: 'heap per finished job',
        figure: best(synced, run => run.heapBytes / run.objects / 1024),
        floor: 3,
        unit: 'KiB',
        goal: 'the part of it that is live objects',
      },
    ])
  })
}
