import {spawn, type ChildProcess} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import {isolate, signalGroup, type Identity} from './isolation.ts'

export interface DaemonOptions {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  /** Its stdout and stderr are appended here. */
  readonly logFile: string
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly user?: Identity | undefined
  /** What asks it to end in stop(); default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals
  /** How long stop() waits before it kills, in milliseconds; default 10,000. */
  readonly graceMs?: number
  /** What the kernel sends it when this process dies; default KILL. */
  readonly orphanSignal?: 'KILL' | 'TERM' | 'QUIT'
}

/** A server process in a process group of its own, which never outlives this process. */
export class Daemon {
  readonly name: string
  readonly pid: number
  /** Resolves with a sentence when the process is over, whatever the cause. */
  readonly over: Promise<string>
  readonly #options: DaemonOptions
  #ended: string | undefined

  private constructor(options: DaemonOptions, child: ChildProcess, pid: number) {
    this.name = options.name
    this.pid = pid
    this.#options = options
    const killAtExit = () => signalGroup(pid, 'SIGKILL')
    process.once('exit', killAtExit)
    this.over = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        process.removeListener('exit', killAtExit)
        this.#ended = code === null ? `ended by ${signal}` : `ended with code ${code}`
        resolve(this.#ended)
      })
    })
  }

  /** @throws Error when the program cannot be started */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const {env = process.env, orphanSignal = 'KILL'} = options
    const {file, args} = isolate(options.file, options.args, orphanSignal, env['PATH'])
    const log = openSync(options.logFile, 'a')
    const child = spawn(file, args, {
      ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
      env,
      detached: true,
      stdio: ['ignore', log, log],
      ...options.user,
    })
    closeSync(log)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    return new Daemon(options, child, child.pid ?? 0)
  }

  get running(): boolean {
    return this.#ended === undefined
  }

  /**
   * Waits until `check` gives a value. A check that throws counts as "not yet".
   *
   * @throws Error with the end of the log when the process ends, or after `deadlineMs`
   */
  async ready<T>(check: () => Promise<T | undefined>, deadlineMs = 60_000): Promise<T> {
    const deadline = performance.now() + deadlineMs
    let last: unknown = 'nothing tried'
    while (performance.now() < deadline) {
      if (this.#ended !== undefined) throw new Error(`${this.name} ${this.#ended}\n${this.logTail()}`)
      try {
        const value = await check()
        if (value !== undefined) return value
      } catch (error) {
        last = error
      }
      await delay(25)
    }
    throw new Error(`${this.name} is not ready after ${deadlineMs} ms: ${String(last)}\n${this.logTail()}`)
  }

  /** Signals the whole process group, for tests that freeze or kill it. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) signalGroup(this.pid, signal)
  }

  /** Asks, waits, kills; resolves when the process is gone. */
  async stop(signal: NodeJS.Signals = this.#options.stopSignal ?? 'SIGTERM'): Promise<void> {
    if (!this.running) return
    this.signal(signal)
    const timer = setTimeout(() => this.signal('SIGKILL'), this.#options.graceMs ?? 10_000)
    await this.over
    clearTimeout(timer)
  }

  logTail(lines = 30): string {
    return readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  }
}
