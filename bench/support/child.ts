import {spawn} from 'node:child_process'
import path from 'node:path'

/** What a measured process says of itself. */
export interface Usage {
  readonly wallMs: number
  readonly cpuMs: number
  /** after a garbage collection */
  readonly rssBytes: number
}

/** A process that measures one thing alone: nothing else is in its memory. */
export interface Child<Result> {
  /** resolves when the child says that it is ready for what comes next */
  readonly ready: Promise<void>
  readonly result: Promise<Result>
}

/** As the chart starts the operator: see `nodeOptions` in its values. */
const nodeOptions = ['--max-semi-space-size=16', '--expose-gc']

/** Starts `bench/children/<name>.ts`; its last line on stdout is its result as JSON, a line `ready` before it says so. */
export function startChild<Result>(name: string, ...args: string[]): Child<Result> {
  const script = path.resolve(import.meta.dirname, `../children/${name}.ts`)
  const child = spawn(process.execPath, [...nodeOptions, script, ...args], {stdio: ['ignore', 'pipe', 'inherit']})
  const ready = Promise.withResolvers<void>()
  const result = Promise.withResolvers<Result>()
  let output = ''
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString()
    if (output.includes('ready\n')) ready.resolve()
  })
  child.once('error', result.reject)
  child.once('close', code => {
    if (code !== 0) return result.reject(new Error(`${name} ended with exit code ${code}`))
    result.resolve(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Result)
  })
  result.promise.catch(ready.reject)
  return {ready: ready.promise, result: result.promise}
}

/** In a child: measures `work` from here on. */
export async function measure(work: () => Promise<unknown>): Promise<Usage> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  const kept = await work()
  const wallMs = performance.now() - started
  const {user, system} = process.cpuUsage(cpu)
  const rssBytes = settledRss()
  // What the work made stays in memory until it was weighed.
  void kept
  return {wallMs, cpuMs: (user + system) / 1000, rssBytes}
}

/** Resident memory after garbage collection, with what the allocator keeps for later. */
export function settledRss(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage.rss()
}

/** Memory of live objects. */
export function settledHeap(): number {
  settledRss()
  return process.memoryUsage().heapUsed
}
