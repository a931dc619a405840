import {spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {mkdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {alive} from '../toolchain/lock.ts'
import {logFile, readState, removeFiles, type EnvironmentState} from './files.ts'

const supervisor = join(import.meta.dirname, 'supervisor.ts')
/** Everything but building and installing, which is done before. */
const startDeadlineMs = 120_000
const stopDeadlineMs = 30_000

/** The environment that runs from a folder, if one does. What a dead one left is removed. */
export async function running(directory: string): Promise<EnvironmentState | undefined> {
  const state = await readState(directory)
  if (state === undefined) return undefined
  if (await isSupervisor(state.pid)) return state
  await sweep(directory, state)
  return undefined
}

/** What a supervisor removes when it ends in order. */
async function sweep(directory: string, {workDirectory}: EnvironmentState): Promise<void> {
  await removeFiles(directory)
  await rm(workDirectory, {recursive: true, force: true})
}

/**
 * Starts the supervisor, which outlives this process, and waits until everything is ready.
 *
 * @throws Error with the end of its log when it does not come up
 */
export async function startInBackground(directory: string, args: readonly string[]): Promise<EnvironmentState> {
  await mkdir(directory, {recursive: true})
  const log = openSync(logFile(directory), 'w')
  const child = spawn(process.execPath, [supervisor, ...args], {detached: true, stdio: ['ignore', log, log]})
  closeSync(log)
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code === null ? `ended by ${signal}` : `ended with code ${code}`))
  })
  const failed = ended.then(how => {
    throw new Error(`the environment ${how}\n${readFileSync(logFile(directory), 'utf8').slice(-4000)}`)
  })
  const waiting = new AbortController()
  try {
    return await Promise.race([readiness(directory, waiting.signal), failed])
  } finally {
    waiting.abort()
    child.unref()
  }
}

async function readiness(directory: string, abort: AbortSignal): Promise<EnvironmentState> {
  const deadline = performance.now() + startDeadlineMs
  while (performance.now() < deadline) {
    const state = await readState(directory)
    if (state !== undefined) return state
    await delay(100, undefined, {signal: abort})
  }
  throw new Error(`the environment is not ready after ${startDeadlineMs / 1000} s; see ${logFile(directory)}`)
}

/** Ends a supervisor and all that it holds; resolves when it is gone. */
export async function stopInBackground(directory: string, state: EnvironmentState): Promise<void> {
  const {pid} = state
  process.kill(pid, 'SIGTERM')
  const deadline = performance.now() + stopDeadlineMs
  while (alive(pid)) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL')
    await delay(50)
  }
  await sweep(directory, state)
}

/** A process id may have gone to another program since. */
async function isSupervisor(pid: number): Promise<boolean> {
  if (!alive(pid)) return false
  if (process.platform !== 'linux') return true
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(supervisor)
}
