import {mkdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Charm} from '../../charms/machine.ts'
import type {ModelSeed} from '../../charms/model-seed.ts'
import {driveRealJuju, type DrivenJuju} from '../../charms/real-juju/drive.ts'
import {writeRealJujuSeed, type RealUser} from '../../charms/real-juju/seed-files.ts'
import {Charmhub} from '../charmhub/server.ts'
import {Daemon} from '../process/daemon.ts'
import {ensureParts, type PartsOptions} from '../toolchain/parts.ts'

export interface RealJujuOptions extends PartsOptions {
  /** Made by start, removed by stop. */
  readonly dir: string
  /** At least one; the first is the one that `modelUUID` names. */
  readonly models: readonly ModelSeed[]
  /** Revisions that Charmhub has besides those of the models' applications. */
  readonly charmhub?: readonly Charm[]
  /** Local charms that each model gets besides those of its applications, their revisions counted on from those. */
  readonly localCharms?: readonly Charm[]
  /** Beside admin; default operator, viewer, modeladmin and nobody, each with the password `<name>-secret`. */
  readonly users?: readonly RealUser[]
  /** Default true: the charm machines of the seed play. False: whoever calls plays the agents through the control port. */
  readonly drive?: boolean
  /** How often `update-status` runs, in ms; default five minutes, as in Juju. */
  readonly updateStatusEvery?: number
  /** Of the API and of the control; default: any. */
  readonly port?: number
  readonly controlPort?: number
}

export interface RealJujuModel {
  readonly name: string
  readonly owner: string
  readonly uuid: string
  readonly type: 'machines' | 'kubernetes'
}

interface ReadyLine {
  readonly address: string
  readonly caCert: string
  readonly user: string
  readonly password: string
  readonly controllerUUID: string
  readonly models: readonly RealJujuModel[]
  readonly control: string
  readonly serverVersion: string
}

const defaultUsers: readonly RealUser[] = ['operator', 'viewer', 'modeladmin', 'nobody'].map(name => ({
  name,
  password: `${name}-secret`,
}))

/** Juju's own API server and domain services (4.x), in a process of its own, with charm machines behind its agents. */
export class RealJuju {
  /** `host:port` */
  readonly endpoint: string
  /** PEM; the server's certificate is for `juju-apiserver`. */
  readonly caCertificate: string
  /** May write in the first model, as an operator's user should. */
  readonly username: string
  readonly password: string
  /** Password by user name; admin is superuser. */
  readonly passwords: Readonly<Record<string, string>>
  readonly controllerUUID: string
  readonly modelUUID: string
  readonly models: readonly RealJujuModel[]
  /** URL of the control port (juju-server/README.md). */
  readonly control: string
  readonly serverVersion: string
  readonly #dir: string
  readonly #server: Daemon
  /** Where its models get their charms. */
  readonly charmhub: Charmhub
  #machines: DrivenJuju | undefined

  private constructor({dir, server, charmhub}: Running, ready: ReadyLine, users: readonly RealUser[]) {
    this.endpoint = ready.address
    this.caCertificate = ready.caCert
    this.passwords = Object.fromEntries([
      [ready.user, ready.password],
      ...users.map(({name, password}) => [name, password]),
    ])
    const operator = users.find(({name}) => name === 'operator')
    this.username = operator?.name ?? ready.user
    this.password = operator?.password ?? ready.password
    this.controllerUUID = ready.controllerUUID
    this.models = ready.models
    this.modelUUID = ready.models[0]?.uuid ?? ''
    this.control = ready.control
    this.serverVersion = ready.serverVersion
    this.#dir = dir
    this.#server = server
    this.charmhub = charmhub
  }

  /** Use startRealJuju. */
  static async start(options: RealJujuOptions): Promise<RealJuju> {
    const {dir, models, users = defaultUsers, drive = true} = options
    if (models.length === 0) throw new RangeError('a Juju needs a model')
    const parts = await ensureParts(['juju-server'], options)
    await mkdir(dir, {recursive: true, mode: 0o700})
    const charmhub = await Charmhub.start(charmsOf(options))
    let server: Daemon | undefined
    try {
      const {localCharms = []} = options
      const seed = await writeRealJujuSeed(join(dir, 'seed'), {users, models, localCharms, charmhub: charmhub.url})
      const started = await launchUntilReady(parts['juju-server'], dir, seed, options)
      server = started.server
      const juju = new RealJuju({dir, server, charmhub}, started.ready, users)
      if (drive) await juju.#drive(options)
      return juju
    } catch (error) {
      await server?.stop('SIGKILL')
      await charmhub.stop()
      throw error
    }
  }

  /** The machines of the seed's charms. @throws Error when they do not play (`drive: false`) */
  get machines(): DrivenJuju {
    if (this.#machines === undefined) throw new Error('no charm machines play on this Juju')
    return this.#machines
  }

  /** One command to the control port. @throws Error with the server's words */
  async command(command: Readonly<Record<string, unknown>>): Promise<unknown> {
    const response = await fetch(this.control, {method: 'POST', body: JSON.stringify(command)})
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`control port, ${String(command['op'])}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** cut: resets all connections. refuse: resets new ones too, until accept. */
  async connections(status: 'cut' | 'refuse' | 'accept'): Promise<void> {
    await this.command({op: 'connections', status})
  }

  /** Ends the machines and the server, and removes the folder. @throws AggregateError of what went wrong in machines */
  async stop(): Promise<void> {
    try {
      await this.#machines?.stop()
    } finally {
      // Its data is thrown away, so there is nothing to end in order.
      await this.#server.stop('SIGKILL')
      await this.charmhub.stop()
      await rm(this.#dir, {recursive: true, force: true, maxRetries: 3})
    }
  }

  get processes(): Readonly<Record<string, number>> {
    return this.#server.running ? {'juju-server': this.#server.pid} : {}
  }

  async #drive(options: RealJujuOptions): Promise<void> {
    const {models, updateStatusEvery} = options
    this.#machines = await driveRealJuju({
      charms: charmsOf(options),
      control: this.control,
      jujuVersion: this.serverVersion,
      models: models.map((seed, index) => ({seed, uuid: this.models[index]?.uuid ?? ''})),
      ...(updateStatusEvery === undefined ? {} : {updateStatusEvery}),
    })
  }
}

interface Running {
  readonly dir: string
  readonly server: Daemon
  readonly charmhub: Charmhub
}

function charmsOf({models, charmhub = [], localCharms = []}: RealJujuOptions): readonly Charm[] {
  const deployed = models.flatMap(({applications}) => applications.map(({charm}) => charm))
  return [...new Set([...deployed, ...charmhub, ...localCharms])]
}

/** Starts a Juju; resolves when every application has settled. */
export function startRealJuju(options: RealJujuOptions): Promise<RealJuju> {
  return RealJuju.start(options)
}

/** Now and then Juju's own start-up writes to its SQLite files at the same moment as the seed, and one of the two gives up. */
const startedInVain = /database is locked/
const mostStarts = 3

async function launchUntilReady(
  program: string,
  dir: string,
  seed: string,
  options: RealJujuOptions,
): Promise<{server: Daemon; ready: ReadyLine}> {
  for (let start = 1; ; start++) {
    const server = await launch(program, dir, seed, options)
    try {
      return {server, ready: await server.ready(() => readyLine(dir))}
    } catch (error) {
      await server.stop('SIGKILL')
      if (start === mostStarts || !(error instanceof Error) || !startedInVain.test(error.message)) throw error
    }
  }
}

function launch(program: string, dir: string, seed: string, options: RealJujuOptions): Promise<Daemon> {
  const {port = 0, controlPort: control = 0} = options
  const flags = {'test.run': 'TestServe', 'test.timeout': 0, seed, port, control, ready: join(dir, 'ready.json')}
  return Daemon.start({
    name: 'juju-server',
    file: program,
    args: Object.entries(flags).map(([name, value]) => `-${name}=${value}`),
    cwd: dir,
    // Its databases are in temporary folders of its own, which a killed process leaves behind.
    env: {PATH: process.env['PATH'], HOME: dir, TMPDIR: dir},
    logFile: join(dir, 'juju-server.log'),
  })
}

async function readyLine(dir: string): Promise<ReadyLine> {
  return JSON.parse(await readFile(join(dir, 'ready.json'), 'utf8')) as ReadyLine
}
