import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {parse} from 'yaml'
import {freePorts} from '../../test/env/ports.ts'
import {Daemon} from '../../test/env/process/daemon.ts'
import {chartDirectory, release} from '../../test/support/chart.ts'

/** A large fleet's history takes its time on a slow machine: how long is a figure, and not a failure. */
const readyWithinMs = 300_000

const root = path.resolve(import.meta.dirname, '../..')

/** Makes the program that `OperatorProcess` starts. @throws Error when it does not compile */
export function buildOperator(): void {
  const built = spawnSync('npm', ['run', '--silent', 'build'], {cwd: root, stdio: 'inherit'})
  if (built.status !== 0) throw new Error('npm run build failed')
}

/** The built operator as a process of its own. */
export class OperatorProcess {
  /** from its start to the first answer that it is ready, ms */
  readonly readyMs: number
  readonly #daemon: Daemon

  private constructor(daemon: Daemon, readyMs: number) {
    this.#daemon = daemon
    this.readyMs = readyMs
  }

  /** @param directory gets its log */
  static async start(kubeconfig: string, directory: string): Promise<OperatorProcess> {
    const [health = 0] = await freePorts(1)
    const args = [
      path.join(root, 'dist/main.js'),
      `--kubeconfig=${kubeconfig}`,
      '--allowed-endpoints=127.0.0.1/32',
      `--lease-namespace=${release.namespace}`,
      // Started again it is the same container, as the chart has it.
      '--lease-identity=bench',
      `--health-bind-address=127.0.0.1:${health}`,
      '--metrics-bind-address=0',
    ]
    const started = performance.now()
    const logFile = path.join(directory, 'operator.log')
    const env = {...process.env, NODE_OPTIONS: nodeOptions()}
    const daemon = await Daemon.start({name: 'operator', file: process.execPath, args, logFile, env})
    try {
      const isReady = async (): Promise<true | undefined> =>
        (await fetch(`http://127.0.0.1:${health}/readyz`)).ok ? true : undefined
      await daemon.ready(isReady, readyWithinMs)
    } catch (error) {
      await daemon.stop()
      throw error
    }
    return new OperatorProcess(daemon, performance.now() - started)
  }

  /** Resident memory now. */
  get rssMiB(): number {
    return rssMiB(this.#daemon.pid)
  }

  /** The most that it had since its start. */
  get peakRssMiB(): number {
    return statusMiB(this.#daemon.pid, 'VmHWM')
  }

  /** Processor time since its start, s. */
  get cpuSeconds(): number {
    return cpuSeconds(this.#daemon.pid)
  }

  async stop(): Promise<void> {
    await this.#daemon.stop()
  }

  /** Ends it without a chance to finish anything. */
  async kill(): Promise<void> {
    await this.#daemon.stop('SIGKILL')
  }
}

/** As the chart starts it. */
function nodeOptions(): string {
  const values = parse(readFileSync(path.join(chartDirectory, 'values.yaml'), 'utf8')) as {nodeOptions: string}
  return values.nodeOptions
}

/** The process itself: what the launcher in front of it needs is not ours. */
export function rssMiB(pid: number): number {
  return statusMiB(pid, 'VmRSS')
}

function statusMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const [, kib = '0'] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

export function cpuSeconds(pid: number): number {
  // Fields after the name in brackets; 14 and 15 of all are user and system time in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
