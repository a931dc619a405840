import {readFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type {BackupJob} from '../../../src/api/backup-job.ts'
import {startEnvironment, type Environment, type EnvironmentOptions} from '../../env/environment.ts'
import {freePorts} from '../../env/ports.ts'
import {Daemon} from '../../env/process/daemon.ts'
import type {CommandResult} from '../../env/process/command.ts'
import {createReferences, installOperatorRights, tenantNamespace} from '../../env/provision.ts'
import {makeWorkDirectory, type WorkDirectory} from '../../env/work-directory.ts'
import {release} from '../../support/chart.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** The operator as a process of its own: the compiled program, with the rights that the chart gives it, never as admin. */
export interface OperatorProcess {
  readonly daemon: Daemon
  readonly logFile: string
  readonly metricsUrl: string
  readonly healthUrl: string
}

/** What a user has: a cluster with the chart installed, a Juju with PostgreSQL, an object store, and kubectl. All of it real. */
export class UserWorld {
  readonly environment: Environment
  readonly #directory: WorkDirectory
  readonly #operators: OperatorProcess[] = []

  private constructor(environment: Environment, directory: WorkDirectory) {
    this.environment = environment
    this.#directory = directory
  }

  static async start(options: Omit<EnvironmentOptions, 'dir'>): Promise<UserWorld> {
    const directory = await makeWorkDirectory('charmkeeper-e2e')
    const environment = await startEnvironment({...options, dir: path.join(directory.path, 'environment')})
    const world = new UserWorld(environment, directory)
    const kubectl = (args: readonly string[], more?: {input?: string}) =>
      environment.controlPlane.kubectlOrThrow(args, more)
    await installOperatorRights(kubectl)
    await createReferences(kubectl, environment.juju, environment.s3)
    return world
  }

  /** Starts another replica, with these flags beside the usual ones, and waits until it is ready. */
  async startOperator(flags: readonly string[] = []): Promise<OperatorProcess> {
    const [health = 0, metrics = 0] = await freePorts(2)
    const name = `operator-${this.#operators.length + 1}`
    const logFile = path.join(this.#directory.path, `${name}.log`)
    const args = [
      path.join(root, 'dist/main.js'),
      `--kubeconfig=${this.environment.controlPlane.kubeconfigFor('operator')}`,
      '--allowed-endpoints=127.0.0.1/32',
      `--lease-namespace=${release.namespace}`,
      `--health-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      '--log-level=debug',
      ...flags,
    ]
    const daemon = await Daemon.start({name, file: process.execPath, args, cwd: root, logFile})
    const healthUrl = `http://127.0.0.1:${health}`
    await daemon.ready(async () => ((await fetch(`${healthUrl}/readyz`)).ok ? true : undefined))
    const operator = {daemon, logFile, healthUrl, metricsUrl: `http://127.0.0.1:${metrics}/metrics`}
    this.#operators.push(operator)
    return operator
  }

  /** The text of an example, pointed at the ports of this environment; everything else is as it is in examples/. */
  example(name: string): string {
    const text = readFileSync(path.join(root, 'examples', name), 'utf8')
    return text
      .replaceAll('127.0.0.1:17070', this.environment.juju.endpoint)
      .replaceAll('https://127.0.0.1:9443', this.environment.s3.endpoint)
  }

  /** `kubectl` in the namespace of the examples, as the administrator. */
  kubectl(...args: readonly string[]): Promise<CommandResult> {
    return this.environment.controlPlane.kubectl(args, {namespace: tenantNamespace, timeoutMs: 120_000})
  }

  async kubectlOk(...args: readonly string[]): Promise<string> {
    const result = await this.kubectl(...args)
    if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr}`)
    return result.stdout
  }

  async apply(text: string): Promise<void> {
    const {controlPlane} = this.environment
    await controlPlane.kubectlOrThrow(['apply', '--filename', '-'], {namespace: tenantNamespace, input: text})
  }

  applyExamples(...names: readonly string[]): Promise<void> {
    return this.apply(names.map(name => this.example(name)).join('\n---\n'))
  }

  /** A BackupJob with this spec beside what every job here has. */
  applyJob(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const whole = {modelRef: {name: 'prod'}, application: 'postgresql', storageRef: {name: 'backups'}, ...spec}
    const job = {apiVersion: 'charmkeeper.dev/v1alpha1', kind: 'BackupJob', metadata: {name}, spec: whole}
    return this.apply(JSON.stringify(job))
  }

  async job(name: string): Promise<BackupJob> {
    return JSON.parse(await this.kubectlOk('get', 'backupjob', name, '--output=json')) as BackupJob
  }

  async reason(name: string): Promise<string> {
    return (await this.job(name)).status?.conditions?.find(({type}) => type === 'Succeeded')?.reason ?? ''
  }

  /** `kubectl wait` until the job is over, in either way. @returns the job then */
  async ended(name: string): Promise<BackupJob> {
    return this.until(`BackupJob ${name} to end`, async () => {
      const job = await this.job(name)
      const outcome = job.status?.conditions?.find(({type}) => type === 'Succeeded')?.status
      return outcome === 'True' || outcome === 'False' ? job : undefined
    })
  }

  /** Asks again and again until there is an answer. @throws Error after two minutes, with the end of the operators' logs */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + 120_000
    while (performance.now() < deadline) {
      const answer = await ask()
      if (answer !== undefined) return answer
      await delay(200)
    }
    throw new Error(`waited in vain for ${what}\n${await this.situation()}`)
  }

  /** For whoever has to find out why something did not happen: the objects, and the end of the operators' logs. */
  async situation(): Promise<string> {
    const objects = (await this.kubectl('get', 'backupjobs,jujumodels,backupstorages', '--output=wide')).stdout
    return `${objects}\n${this.logs().slice(-4000)}`
  }

  /** How often the charm was asked for a backup, as Juju itself tells it. */
  backupTasks(): Promise<number> {
    return this.tasks('create-backup')
  }

  /** How often the charm was asked for an action, as Juju itself tells it. */
  async tasks(action: string): Promise<number> {
    const tasks = (await this.juju({op: 'tasks'})) as readonly {readonly action: string}[]
    return tasks.filter(task => task.action === action).length
  }

  /** One command to the control port of Juju. @throws Error with its words */
  async juju(command: Readonly<Record<string, unknown>>): Promise<unknown> {
    const response = await fetch(this.environment.juju.control, {method: 'POST', body: JSON.stringify(command)})
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`control port of Juju, ${String(command['op'])}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** What all replicas have logged. */
  logs(): string {
    return this.#operators.map(({logFile}) => readFileSync(logFile, 'utf8')).join('\n')
  }

  async stop(): Promise<void> {
    for (const {daemon} of this.#operators) await daemon.stop()
    await this.environment.stop()
    await this.#directory.remove()
  }
}
