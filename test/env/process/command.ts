import {spawn, type ChildProcess} from 'node:child_process'
import {isolate, signalGroup, type Identity} from './isolation.ts'

/** What a finished command left behind. `code` is null when a signal ended it. */
export interface CommandResult {
  readonly command: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  /** The whole environment of the command; default: this process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** Runs as this user; only root can do that. */
  readonly user?: Identity | undefined
  readonly input?: string
  /** The command's process group is killed after so many milliseconds; default: never. */
  readonly timeoutMs?: number
  /** Kills the command's process group when it aborts. */
  readonly abort?: AbortSignal | undefined
  /** How `abort` and `timeoutMs` end it; default SIGKILL. */
  readonly abortWith?: NodeJS.Signals
}

/** A command that had to succeed did not. */
export class CommandFailed extends Error {
  readonly result: CommandResult
  constructor(result: CommandResult) {
    const how = result.code === null ? `signal ${result.signal}` : `exit code ${result.code}`
    super(`${result.command}: ${how}\n${(result.stderr.trim() || result.stdout.trim()).slice(-4000)}`)
    this.name = 'CommandFailed'
    this.result = result
  }
}

/**
 * Runs a command to its end, in a process group of its own that dies with this process.
 *
 * @returns what it said, whatever its exit code is
 * @throws Error when it cannot be started at all; with code ENOENT when there is no such program
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const {env = process.env, timeoutMs, abort, abortWith = 'SIGKILL'} = options
  const started = isolate(file, args, 'KILL', env['PATH'])
  const child = spawn(started.file, started.args, {
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options.user,
  })
  const end = () => signalGroup(child.pid, abortWith)
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
  abort?.addEventListener('abort', end, {once: true})
  if (abort?.aborted) end()
  child.stdin.on('error', ignoreClosedPipe)
  child.stdin.end(options.input ?? '')
  return await collect(child, [file, ...args].join(' ')).finally(() => {
    clearTimeout(timer)
    abort?.removeEventListener('abort', end)
  })
}

/** As runCommand, for commands whose failure is a fault. @throws CommandFailed */
export async function runOrThrow(file: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const result = await runCommand(file, args, options)
  if (result.code !== 0) throw new CommandFailed(result)
  return result.stdout
}

/** The command may end before it has read its input; its exit code says what that means. */
function ignoreClosedPipe(error: NodeJS.ErrnoException) {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error
}

function collect(child: ChildProcess, command: string): Promise<CommandResult> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({command, code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString()}),
    )
  })
}
