import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {startChild, type Usage} from './support/child.ts'
import {openClient, withCluster} from './support/cluster.ts'
import {startCountingProxy} from './support/counting-proxy.ts'
import {seedFinishedJobs} from './support/jobs.ts'
import {printFigures} from './support/report.ts'

const gets = 2_000
const atOnce = 20
const rounds = 3

interface ClientRun {
  readonly perSecond: number
  readonly cpuMsPerGet: number
  readonly connections: number
}

/** GETs per second and connections through our transport, beside a bare undici pool and client-node's own API classes. */
export async function benchCalls(): Promise<void> {
  await withCluster(async cluster => {
    const {client, transport} = await openClient(cluster.kubeconfigPath)
    await seedFinishedJobs(client, 1)
    await transport.close()
    const proxy = await startCountingProxy(new URL(cluster.url))
    try {
      const kubeconfig = path.join(cluster.directory, 'counted.kubeconfig')
      const text = await readFile(cluster.kubeconfigPath, 'utf8')
      await writeFile(kubeconfig, text.replaceAll(cluster.url, `https://127.0.0.1:${proxy.port}`), {mode: 0o600})
      const runs: Record<'raw' | 'ours' | 'client-node', ClientRun[]> = {raw: [], ours: [], 'client-node': []}
      for (let round = 0; round < rounds; round++) {
        for (const kind of ['raw', 'ours', 'client-node'] as const) {
          const {wallMs, cpuMs} = await startChild<Usage>('get', kind, kubeconfig, String(gets), String(atOnce)).result
          runs[kind].push({
            perSecond: (gets / wallMs) * 1000,
            cpuMsPerGet: cpuMs / gets,
            connections: proxy.take(),
          })
        }
      }
      print(runs)
    } finally {
      await proxy.close()
    }
  })
}

function print(runs: Readonly<Record<'raw' | 'ours' | 'client-node', readonly ClientRun[]>>): void {
  const most = (kind: keyof typeof runs) => Math.max(...runs[kind].map(run => run.perSecond))
  const least = (kind: keyof typeof runs, what: 'cpuMsPerGet' | 'connections') =>
    Math.min(...runs[kind].map(run => run[what]))
  const rows = (['ours', 'client-node'] as const).flatMap(kind => [
    {what: `${kind}: GETs per second`, figure: most(kind), floor: most('raw'), unit: '/s', goal: ''},
    {
      what: `${kind}: CPU per GET`,
      figure: least(kind, 'cpuMsPerGet'),
      floor: least('raw', 'cpuMsPerGet'),
      unit: 'ms',
      goal: '',
    },
    {
      what: `${kind}: connections opened`,
      figure: least(kind, 'connections'),
      floor: least('raw', 'connections'),
      unit: '',
      goal: kind === 'ours' ? 'no more than the pool' : '',
    },
  ])
  printFigures(`${gets} GETs of one object, ${atOnce} at once; floor: a bare undici pool (best of ${rounds})`, rows)
}
