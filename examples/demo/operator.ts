import {existsSync, globSync, statSync} from 'node:fs'
import path from 'node:path'
import {freePorts} from '../../test/env/ports.ts'
import {Daemon} from '../../test/env/process/daemon.ts'
import {release} from '../../test/support/chart.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The operator as a process of its own, with the rights of the chart. */
export interface RunningOperator {
  readonly program: string
  readonly logFile: string
  readonly metricsUrl: string
  /** Resolves, with how it ended, when it is over. */
  readonly over: Promise<string>
  stop(): Promise<void>
}

/** Starts it and waits until it is ready. @throws Error with the end of its log when it is not */
export async function startOperator(kubeconfig: string, directory: string): Promise<RunningOperator> {
  const [health = 0, metrics = 0] = await freePorts(2)
  const program = entry()
  const logFile = path.join(directory, 'operator.log')
  const args = [
    path.join(root, program),
    `--kubeconfig=${kubeconfig}`,
    // Everything is on loopback here; by default the operator refuses to be sent there.
    '--allowed-endpoints=127.0.0.1/32',
    `--lease-namespace=${release.namespace}`,
    `--health-bind-address=127.0.0.1:${health}`,
    `--metrics-bind-address=127.0.0.1:${metrics}`,
  ]
  const daemon = await Daemon.start({name: 'operator', file: process.execPath, args, cwd: root, logFile})
  const ready = async () => ((await fetch(`http://127.0.0.1:${health}/readyz`)).ok ? true : undefined)
  try {
    await daemon.ready(ready)
  } catch (error) {
    await daemon.stop()
    throw error
  }
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`
  return {program, logFile, metricsUrl, over: daemon.over, stop: () => daemon.stop()}
}

/** The compiled operator if nothing has changed since, otherwise the sources, which Node runs as they are. */
function entry(): string {
  const built = path.join(root, 'dist/main.js')
  if (!existsSync(built)) return 'src/main.ts'
  const builtAt = statSync(built).mtimeMs
  const changed = globSync('src/**/*.ts', {cwd: root}).some(file => statSync(path.join(root, file)).mtimeMs > builtAt)
  return changed ? 'src/main.ts' : 'dist/main.js'
}
