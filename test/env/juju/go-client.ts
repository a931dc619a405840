import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CommandFailed, runCommand} from '../process/command.ts'
import {ensureParts, type PartsOptions} from '../toolchain/parts.ts'

/** Where a Juju is, and who logs in. */
export interface GoClientTarget {
  /** `host:port` */
  readonly endpoint: string
  /** PEM */
  readonly caCertificate: string
  readonly username: string
  readonly password: string
  /** Absent: a connection to the controller. */
  readonly modelUUID?: string
}

export interface GoClientOptions extends PartsOptions {
  /** Holds the CA certificate; made and removed by the caller. */
  readonly dir: string
}

/** What Juju refused, as its own client understood it. */
export class GoClientRefused extends Error {
  /** Juju's error code, '' when it gave none. */
  readonly code: string
  readonly info: unknown

  constructor({error, code, info}: {readonly error: string; readonly code: string; readonly info?: unknown}) {
    super(error)
    this.name = 'GoClientRefused'
    this.code = code
    this.info = info
  }
}

/** Juju's own Go client: one process and one login per subcommand (juju-client/README.md). */
export class GoClient {
  readonly #program: string
  readonly #ca: string
  readonly #target: GoClientTarget

  private constructor(program: string, ca: string, target: GoClientTarget) {
    this.#program = program
    this.#ca = ca
    this.#target = target
  }

  static async make(target: GoClientTarget, {dir, ...options}: GoClientOptions): Promise<GoClient> {
    const parts = await ensureParts(['juju-client'], options)
    const ca = join(dir, 'juju-ca.pem')
    await writeFile(ca, target.caCertificate)
    return new GoClient(parts['juju-client'], ca, target)
  }

  /** The same Juju, by somebody else or on another connection. */
  with(changes: Partial<GoClientTarget>): GoClient {
    return new GoClient(this.#program, this.#ca, {...this.#target, ...changes})
  }

  /** The same Juju, on a connection to the controller. */
  onController(): GoClient {
    const {modelUUID: _model, ...target} = this.#target
    return new GoClient(this.#program, this.#ca, target)
  }

  /**
   * Runs one subcommand, flags first: `run('-wait', '10s', 'exec', 'postgresql/0', 'uname')`.
   *
   * @returns its JSON
   * @throws GoClientRefused in Juju's words; CommandFailed when it was used wrongly or did not end in a minute and a half
   */
  async run(...words: readonly string[]): Promise<unknown> {
    const {endpoint, username, password, modelUUID = ''} = this.#target
    const flags = ['-addresses', endpoint, '-ca', this.#ca, '-user', username, '-model', modelUUID]
    const result = await runCommand(this.#program, [...flags, ...words], {
      env: {PATH: process.env['PATH'], JUJU_PASSWORD: password},
      timeoutMs: 90_000,
    })
    if (result.code === 0) return JSON.parse(result.stdout) as unknown
    if (result.code !== 1) throw new CommandFailed(result)
    throw new GoClientRefused(JSON.parse(result.stderr) as {error: string; code: string; info?: unknown})
  }
}
