import {generateKeyPairSync} from 'node:crypto'
import {mkdir, rm, writeFile} from 'node:fs/promises'
import {get} from 'node:https'
import {join} from 'node:path'
import {CertificateAuthority} from '../certificates.ts'
import {freePorts} from '../ports.ts'
import {CommandFailed, runCommand, type CommandResult} from '../process/command.ts'
import {Daemon} from '../process/daemon.ts'
import {ensureParts, type PartsOptions} from '../toolchain/parts.ts'
import * as flags from './flags.ts'
import {kubeconfig, makeIdentities, tokenFile, type KubeIdentity, type KubeSubject} from './identities.ts'

export interface ControlPlaneOptions extends PartsOptions {
  /** Made by start, removed by stop. */
  readonly dir: string
  /** Also runs the controller manager, so that owner references and namespace deletion work; default false. */
  readonly controllerManager?: boolean
  /** Known by a token beside the standard ones (identities.ts); one of the same name replaces it. */
  readonly identities?: Readonly<Record<string, KubeSubject>>
}

export interface KubectlOptions {
  /** Who asks; default admin. */
  readonly as?: string
  readonly namespace?: string
  /** Given to kubectl's stdin, for `-f -`. */
  readonly input?: string
  /** Default 60,000. */
  readonly timeoutMs?: number
}

/** etcd, kube-apiserver and, if asked for, kube-controller-manager: the real ones, on loopback, with RBAC. */
export class ControlPlane {
  /** https://127.0.0.1:port; the same after a restart. */
  readonly url: string
  /** PEM */
  readonly caCertificate: string
  readonly directory: string
  readonly #layout: flags.ControlPlaneLayout
  readonly #programs: Programs
  readonly #identities: ReadonlyMap<string, KubeIdentity>
  #etcd: Daemon | undefined
  #apiServer: Daemon | undefined
  #controllerManager: Daemon | undefined

  private constructor(
    layout: flags.ControlPlaneLayout,
    programs: Programs,
    identities: ReadonlyMap<string, KubeIdentity>,
    caCertificate: string,
  ) {
    this.directory = layout.directory
    this.url = `https://127.0.0.1:${layout.apiServerPort}`
    this.caCertificate = caCertificate
    this.#layout = layout
    this.#programs = programs
    this.#identities = identities
  }

  /** Use startControlPlane. */
  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const programs = await ensurePrograms(options)
    const [apiServerPort = 0, etcdPort = 0, etcdPeerPort = 0] = await freePorts(3)
    const layout = {directory: options.dir, apiServerPort, etcdPort, etcdPeerPort}
    const identities = makeIdentities(options.identities ?? {})
    const plane = new ControlPlane(layout, programs, identities, await writeFiles(options.dir, identities))
    for (const [name] of identities) await writeFile(plane.kubeconfigFor(name), plane.kubeconfig(name), {mode: 0o600})
    try {
      await plane.#startEtcd()
      await plane.startApiServer()
      if (options.controllerManager === true) await plane.startControllerManager()
    } catch (error) {
      await plane.stop()
      throw error
    }
    return plane
  }

  /** http://127.0.0.1:port of etcd, for whoever has to fill the store faster than the API server can. */
  get etcdUrl(): string {
    return `http://127.0.0.1:${this.#layout.etcdPort}`
  }

  /** Path of the admin's kubeconfig. */
  get kubeconfigPath(): string {
    return this.kubeconfigFor('admin')
  }

  get adminToken(): string {
    return this.identity('admin').token
  }

  /** @throws RangeError for a name that this control plane does not know */
  identity(name: string): KubeIdentity {
    const identity = this.#identities.get(name)
    if (identity === undefined)
      throw new RangeError(`no identity ${name}; there are ${[...this.#identities.keys()].join(', ')}`)
    return identity
  }

  /** Path of the kubeconfig of an identity: admin, operator, tenant, ... @throws RangeError */
  kubeconfigFor(name: string): string {
    return join(this.directory, `${this.identity(name).name}.kubeconfig`)
  }

  /** The text of a kubeconfig, with the namespace that commands without one act on. @throws RangeError */
  kubeconfig(name: string, namespace = 'default'): string {
    return kubeconfig(this.url, this.caCertificate, this.identity(name), namespace)
  }

  get kubectlPath(): string {
    return this.#programs.kubectl
  }

  /** Runs kubectl and returns what it said, whatever its exit code. */
  kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<CommandResult> {
    const {as = 'admin', namespace, input, timeoutMs = 60_000} = options
    const own = ['--kubeconfig', this.kubeconfigFor(as), '--cache-dir', join(this.directory, 'kubectl-cache')]
    const where = namespace === undefined ? [] : ['--namespace', namespace]
    const env = {PATH: process.env['PATH'], HOME: this.directory}
    return runCommand(this.kubectlPath, [...own, ...where, ...args], {
      env,
      timeoutMs,
      ...(input === undefined ? {} : {input}),
    })
  }

  /** As kubectl, for what has to work; returns stdout. @throws CommandFailed */
  async kubectlOrThrow(args: readonly string[], options?: KubectlOptions): Promise<string> {
    const result = await this.kubectl(args, options)
    if (result.code !== 0) throw new CommandFailed(result)
    return result.stdout
  }

  /** Starts kube-apiserver on its old port and data, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    if (this.#apiServer?.running === true) return
    this.#apiServer = await this.#daemon('kube-apiserver', flags.apiServerFlags(this.#layout))
    await this.#apiServer.ready(async () => ((await this.#readyz()) === 200 ? true : undefined))
  }

  /** SIGTERM: ends requests and watches in order, within three seconds. SIGKILL: cuts them. */
  async stopApiServer(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#apiServer?.stop(signal)
  }

  async restartApiServer(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.stopApiServer(signal)
    await this.startApiServer()
  }

  /** The garbage collector looks for new kinds at its start and every 30 s: start it after the CRDs to be quick. */
  async startControllerManager(): Promise<void> {
    if (this.#controllerManager?.running === true) return
    this.#controllerManager = await this.#daemon(
      'kube-controller-manager',
      flags.controllerManagerFlags(this.kubeconfigPath),
    )
  }

  /** Kills all parts (their data is thrown away) and removes the folder. */
  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop('SIGKILL')
    await rm(this.directory, {recursive: true, force: true, maxRetries: 3})
  }

  /** Names and process ids of the parts that run. */
  get processes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#parts.filter(part => part.running).map(part => [part.name, part.pid]))
  }

  get #parts(): readonly Daemon[] {
    const parts = [this.#controllerManager, this.#apiServer, this.#etcd]
    return parts.filter(part => part !== undefined)
  }

  async #startEtcd(): Promise<void> {
    const etcd = await this.#daemon('etcd', flags.etcdFlags(this.#layout))
    this.#etcd = etcd
    const health = `http://127.0.0.1:${this.#layout.etcdPort}/health`
    await etcd.ready(async () => ((await fetch(health)).ok ? true : undefined))
  }

  #daemon(name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager', args: readonly string[]): Promise<Daemon> {
    const program = this.#programs[name]
    if (program === undefined) throw new Error(`${name} was not asked for when the control plane started`)
    const logFile = join(this.directory, `${name}.log`)
    return Daemon.start({name, file: program, args, cwd: this.directory, logFile, graceMs: 3000})
  }

  #readyz(): Promise<number | undefined> {
    const headers = {authorization: `Bearer ${this.adminToken}`}
    return new Promise((resolve, reject) => {
      const asked = get(`${this.url}/readyz`, {ca: this.caCertificate, headers, agent: false}, response => {
        response.resume()
        response.once('end', () => resolve(response.statusCode))
      })
      asked.once('error', reject)
      asked.setTimeout(5000, () => asked.destroy(new Error('no answer')))
    })
  }
}

/** Starts a control plane; ready to be used when the promise resolves (about four seconds). */
export function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  return ControlPlane.start(options)
}

type Programs = Readonly<Record<'etcd' | 'kube-apiserver' | 'kubectl', string>> & {
  readonly 'kube-controller-manager'?: string
}

async function ensurePrograms(options: ControlPlaneOptions): Promise<Programs> {
  const always = ['etcd', 'kube-apiserver', 'kubectl'] as const
  if (options.controllerManager === undefined) return await ensureParts(always, options)
  return await ensureParts([...always, 'kube-controller-manager'], options)
}

/** Writes certificates, keys and tokens. @returns the CA's certificate */
async function writeFiles(directory: string, identities: ReadonlyMap<string, KubeIdentity>): Promise<string> {
  await mkdir(directory, {recursive: true, mode: 0o700})
  const authority = new CertificateAuthority('charmkeeper test control plane')
  const server = authority.issue(['127.0.0.1', 'localhost', 'kubernetes.default.svc'])
  const accounts = generateKeyPairSync('rsa', {modulusLength: 2048})
  const files = {
    [flags.certificateFile(directory)]: server.certificate,
    [flags.keyFile(directory)]: server.key,
    [flags.tokensFile(directory)]: tokenFile(identities.values()),
    [flags.serviceAccountKeyFile(directory)]: accounts.privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
  }
  for (const [path, text] of Object.entries(files)) await writeFile(path, text, {mode: 0o600})
  return authority.certificate
}
