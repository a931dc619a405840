import {spawn} from 'node:child_process'

import type {Clock} from '../time/clock.ts'
import {Deadline} from '../time/deadline.ts'
import type {CertificatePair, Credentials} from './credentials.ts'

/** The `exec` of a kubeconfig's user: a program that prints credentials. */
export interface ExecConfig {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint?: string | undefined
  /** Told to the program when the kubeconfig asks for it (`provideClusterInfo`). */
  readonly cluster?: object | undefined
}

/** Runs a program and returns what it printed; the signal kills it. Tests hand in their own. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
) => Promise<string>

interface ExecStatus {
  readonly token?: string
  readonly clientCertificateData?: string
  readonly clientKeyData?: string
  readonly expirationTimestamp?: string
}

/** The plugin cannot give credentials; the message holds nothing that it printed on standard output. */
export class ExecPluginFailed extends Error {
  override readonly name = 'ExecPluginFailed'
}

/** Credentials of a plugin (client.authentication.k8s.io), kept until they expire; parallel callers share one run. */
export class ExecPlugin implements Credentials {
  readonly #config: ExecConfig
  readonly #clock: Clock
  readonly #run: RunProgram
  readonly #environment: NodeJS.ProcessEnv
  #status: ExecStatus | undefined
  #asking: Promise<ExecStatus> | undefined

  /** @param environment what the program inherits */
  constructor(config: ExecConfig, clock: Clock, environment: NodeJS.ProcessEnv, run: RunProgram = runProgram) {
    this.#config = config
    this.#clock = clock
    this.#environment = environment
    this.#run = run
  }

  /** @throws ExecPluginFailed */
  async authorization(): Promise<string | undefined> {
    const {token} = await this.#current()
    return token === undefined ? undefined : `Bearer ${token}`
  }

  /** @throws ExecPluginFailed */
  async certificate(): Promise<CertificatePair | undefined> {
    const {clientCertificateData: cert, clientKeyData: key} = await this.#current()
    return cert === undefined || key === undefined ? undefined : {cert, key}
  }

  refused(): boolean {
    this.#status = undefined
    return true
  }

  async #current(): Promise<ExecStatus> {
    if (this.#status !== undefined && !this.#isExpired(this.#status)) return this.#status
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)))
  }

  #isExpired({expirationTimestamp}: ExecStatus): boolean {
    return expirationTimestamp !== undefined && Date.parse(expirationTimestamp) <= this.#clock.now()
  }

  async #ask(): Promise<ExecStatus> {
    const late = (): Error => new Error(`gave no answer within ${programTimeoutMs} ms`)
    const deadline = new Deadline(this.#clock, programTimeoutMs, undefined, late)
    try {
      return await this.#askWithin(deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  async #askWithin(signal: AbortSignal): Promise<ExecStatus> {
    const {command, args, env, apiVersion, cluster, installHint} = this.#config
    const spec = {interactive: false, ...(cluster === undefined ? {} : {cluster})}
    const info = JSON.stringify({apiVersion, kind: 'ExecCredential', spec})
    try {
      const printed = await this.#run(command, args, {...this.#environment, ...env, KUBERNETES_EXEC_INFO: info}, signal)
      return (this.#status = parseCredential(printed, this.#config))
    } catch (error) {
      if (error instanceof ExecPluginFailed) throw error
      throw this.#failure(signal.aborted ? signal.reason : error, installHint)
    }
  }

  #failure(error: unknown, installHint: string | undefined): ExecPluginFailed {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const hint = missing && installHint !== undefined ? `\n${installHint}` : ''
    const message = error instanceof Error ? error.message : 'failed'
    return new ExecPluginFailed(`${this.#config.command}: ${message}${hint}`, {cause: error})
  }
}

function parseCredential(printed: string, {command, apiVersion}: ExecConfig): ExecStatus {
  const credential = parseJson(printed, command)
  if (credential.kind !== 'ExecCredential' || credential.apiVersion !== apiVersion)
    throw new ExecPluginFailed(`${command}: printed no ExecCredential of ${apiVersion}`)
  const {status} = credential
  if (
    status?.token === undefined &&
    (status?.clientCertificateData === undefined || status.clientKeyData === undefined)
  )
    throw new ExecPluginFailed(`${command}: printed neither a token nor a certificate with its key`)
  return status
}

function parseJson(printed: string, command: string): {apiVersion?: string; kind?: string; status?: ExecStatus} {
  try {
    return JSON.parse(printed) as {status?: ExecStatus}
  } catch {
    // The parser's message would quote what was printed, and that may be a token.
    throw new ExecPluginFailed(`${command}: what it printed is not JSON`)
  }
}

const programTimeoutMs = 60_000
const longestComplaint = 1024

/** Without a terminal: nobody is there to answer questions. */
const runProgram: RunProgram = (command, args, env, signal) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {env, stdio: ['ignore', 'pipe', 'pipe'], signal})
    const output: Buffer[] = []
    let complaint = ''
    child.stdout.on('data', (piece: Buffer) => output.push(piece))
    child.stderr.on('data', (piece: Buffer) => (complaint = (complaint + piece.toString()).slice(-longestComplaint)))
    child.on('error', reject)
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'))
      else reject(new Error(`ended with ${killedBy ?? code}: ${complaint.trim()}`))
    })
  })
