import {globSync} from 'node:fs'
import path from 'node:path'
import {run} from 'node:test'
import {cacheDirectory} from '../env/toolchain/go-parts.ts'
import type {Layer} from './layers.ts'
import {dealOut} from './shares.ts'
import type {Outcome} from './summary.ts'
import {ShareTally, Tally} from './tally.ts'

const program = ({followsPromises}: Layer): string =>
  path.join(import.meta.dirname, followsPromises ? 'run-files.ts' : 'run-files-in-memory.ts')

/** Runs the files of one layer in processes of their own, and prints one line per file and every failure in full. */
export async function runLayer(layer: Layer, root: string, print: (line: string) => void): Promise<Outcome> {
  const files = globSync('**/*.test.ts', {cwd: path.join(root, layer.folder)})
    .toSorted()
    .map(file => path.join(root, layer.folder, file))
  const started = performance.now()
  const tally = new Tally(layer, root, print)
  const deadline = AbortSignal.timeout(layer.deadlineMs)
  const waiting = [...dealOut(files, layer)]
  const work = async (): Promise<void> => {
    for (let share = waiting.shift(); share !== undefined; share = waiting.shift())
      await observe(share, layer, root, deadline, new ShareTally(share, program(layer), tally))
  }
  await Promise.all(Array.from({length: layer.concurrency}, work))
  for (const failure of tally.failures) print(failure)
  return tally.outcome((performance.now() - started) / 1000)
}

/** One process for these files. */
async function observe(
  files: readonly string[],
  layer: Layer,
  root: string,
  signal: AbortSignal,
  tally: ShareTally,
): Promise<void> {
  const stream = run({
    files: [program(layer)],
    argv: files,
    cwd: root,
    env: {...process.env, NODE_COMPILE_CACHE: path.join(cacheDirectory(process.env), 'compile-cache')},
    timeout: layer.testTimeoutMs,
    signal,
  })
  stream.on('test:pass', event => tally.passedTest(event))
  stream.on('test:fail', event => tally.failedTest(event))
  stream.on('test:stdout', event => tally.heard(event.message))
  stream.on('test:stderr', event => tally.heard(event.message))
  // Failures that belong to no test are told like this.
  stream.on('test:diagnostic', event => tally.heard(`${event.message}\n`))
  stream.on('test:summary', event => tally.summary(event))
  // The stream must be read to its end, or the run stops at the first full buffer.
  for await (const event of stream) void event
}
