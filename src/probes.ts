import type {BindAddress, Config} from './config.ts'
import {healthPage, PageServer, type Routes} from './observability/health-server.ts'
import type {Logger} from './observability/log.ts'
import type {LoopLag} from './observability/loop-lag.ts'
import type {Metrics} from './observability/metrics.ts'
import type {HealthRegistry, HealthReport} from './runtime/health.ts'

/** The pages for probes and Prometheus, up from the first moment: not ready is an answer, too. */
export interface Probes {
  /** From now on these checks answer. */
  follow(health: HealthRegistry): void
  close(): Promise<void>
}

const starting: HealthReport = {ok: false, checks: [{name: 'start', problem: 'the API server has not answered yet'}]}

/** @throws when an address cannot be listened on, saying which */
export async function serveProbes(
  config: Pick<Config, 'metricsBindAddress' | 'healthBindAddress'>,
  {metrics, lag, log}: {metrics: Metrics; lag: LoopLag; log: Logger},
): Promise<Probes> {
  let health: HealthRegistry | undefined
  const live = (): HealthReport => withLoop(health?.live(), lag)
  const servers = await listen(log, [
    {
      address: config.healthBindAddress,
      routes: {'/healthz': () => healthPage(live()), '/readyz': () => healthPage(health?.ready() ?? starting)},
    },
    {
      address: config.metricsBindAddress,
      routes: {
        '/metrics': async () => ({status: 200, contentType: metrics.contentType, body: await metrics.page()}),
      },
    },
  ])
  return {
    follow: registry => void (health = registry),
    close: async () => void (await Promise.all(servers.map(server => server.close()))),
  }
}

function withLoop(report: HealthReport | undefined, lag: LoopLag): HealthReport {
  const problem = lag.check()
  const loop = problem === undefined ? {name: 'event-loop'} : {name: 'event-loop', problem}
  return {ok: problem === undefined && report?.ok !== false, checks: [loop, ...(report?.checks ?? [])]}
}

interface Wanted {
  readonly address: BindAddress | undefined
  readonly routes: Routes
}

/** One server per address; pages that share an address share its server. */
async function listen(log: Logger, wanted: readonly Wanted[]): Promise<readonly PageServer[]> {
  const servers: PageServer[] = []
  const byAddress = Map.groupBy(wanted, ({address}) => (address === undefined ? '' : `${address.host}:${address.port}`))
  for (const [, group] of byAddress) {
    const address = group[0]?.address
    if (address === undefined) continue
    // Port 0 stands for any free port: two of them are two servers.
    const shared = address.port === 0 ? group.map(({routes}) => routes) : [mergeRoutes(group)]
    for (const routes of shared) {
      const server = await PageServer.listen(address, routes, log)
      servers.push(server)
      log.info('serving', {path: Object.keys(routes).join(' '), address: address.host, port: server.port})
    }
  }
  return servers
}

function mergeRoutes(group: readonly Wanted[]): Routes {
  return Object.assign({}, ...group.map(({routes}) => routes)) as Routes
}
