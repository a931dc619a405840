import {globSync} from 'node:fs'
import path from 'node:path'
import {run} from 'node:test'
import type {EventData} from 'node:test'
import {inspect} from 'node:util'
import type {Layer} from './layers.ts'
import type {Outcome} from './summary.ts'

/** A skip is honest only where the thing to compare with may not be published; everywhere else it hides a missing part. */
const allowedSkip = /JUJU_REFERENCE_DIR/

/** Lines of output kept per test file, to be shown if the file fails as a whole. */
const keptOutput = 200

/** Runs the files of one layer, each in a process of its own, and prints one line per file and every failure in full. */
export async function runLayer(layer: Layer, root: string, print: (line: string) => void): Promise<Outcome> {
  const files = globSync('**/*.test.ts', {cwd: path.join(root, layer.folder)})
    .toSorted()
    .map(file => path.join(root, layer.folder, file))
  const started = performance.now()
  const tally = new Tally(layer, root, print)
  if (files.length > 0) await observe(files, layer, root, tally)
  for (const failure of tally.failures) print(failure)
  return tally.outcome((performance.now() - started) / 1000)
}

async function observe(files: string[], layer: Layer, root: string, tally: Tally): Promise<void> {
  const stream = run({
    files,
    cwd: root,
    concurrency: layer.concurrency,
    timeout: layer.testTimeoutMs,
    signal: AbortSignal.timeout(layer.deadlineMs),
  })
  stream.on('test:pass', event => tally.passedTest(event))
  stream.on('test:fail', event => tally.failedTest(event))
  stream.on('test:stdout', event => tally.heard(event.file, event.message))
  stream.on('test:stderr', event => tally.heard(event.file, event.message))
  stream.on('test:summary', event => tally.summary(event))
  // The stream must be read to its end, or the run stops at the first full buffer.
  for await (const event of stream) void event
}

/** What is known of a layer while it runs. */
class Tally {
  readonly failures: string[] = []
  private readonly layer: Layer
  private readonly root: string
  private readonly print: (line: string) => void
  private readonly output = new Map<string, string[]>()
  private readonly refusedSkips: string[] = []
  private readonly emptyFiles: string[] = []
  private readonly failedSuites: string[] = []
  private counts = {tests: 0, passed: 0, failed: 0, skipped: 0}

  constructor(layer: Layer, root: string, print: (line: string) => void) {
    this.layer = layer
    this.root = root
    this.print = print
  }

  passedTest(event: EventData.TestPass): void {
    // Node reports a file without any test as one passed test of the file's name.
    if (event.file !== undefined && event.name === event.file) this.emptyFiles.push(this.nameOf(event.file))
    const refused = typeof event.skip === 'string' ? !allowedSkip.test(event.skip) : event.skip === true
    if (refused) this.refusedSkips.push(event.name)
    if (this.layer.needsEnvironment && event.details.type !== 'suite') {
      this.print(`       ok ${event.name} (${seconds(event.details.duration_ms)})`)
    }
  }

  failedTest(event: EventData.TestFail): void {
    const error: Error & {failureType?: string} = event.details.error
    if (error.failureType === 'subtestsFailed') return
    // Node counts tests only: a suite whose hooks fail beside its tests would be green.
    if (event.details.type === 'suite') this.failedSuites.push(event.name)
    const asWhole = event.name === event.file
    const heard = asWhole ? `\n${this.output.get(event.name)?.join('') ?? ''}` : ''
    const title = asWhole ? this.nameOf(event.name) : `${this.nameOf(event.file)}: ${event.name}`
    this.failures.push(`\n--- ${title}\n${inspect(error.cause ?? error)}${heard}`)
    if (this.layer.needsEnvironment) this.print(`   FAILED ${event.name}`)
  }

  heard(file: string, message: string): void {
    this.output.set(file, [...(this.output.get(file) ?? []).slice(-keptOutput), message])
  }

  summary(event: EventData.TestSummary): void {
    const {tests, passed, skipped} = event.counts
    if (event.file === undefined) {
      this.counts = {tests, passed, failed: tests - passed - skipped, skipped}
      return
    }
    const word = event.success ? 'ok    ' : 'FAILED'
    this.print(`${word} ${this.nameOf(event.file)}  ${tests} tests, ${seconds(event.duration_ms)}`)
  }

  outcome(elapsed: number): Outcome {
    const problem = this.problem()
    return {name: this.layer.name, ...this.counts, seconds: elapsed, ...(problem === undefined ? {} : {problem})}
  }

  private problem(): string | undefined {
    if (this.counts.tests === 0) return `no tests in ${this.layer.folder}`
    if (this.emptyFiles.length > 0) return `files without a test: ${this.emptyFiles.join(', ')}`
    if (this.failedSuites.length > 0) return `suites that failed beside their tests: ${this.failedSuites.join('; ')}`
    if (this.refusedSkips.length > 0) return `skipped without leave: ${this.refusedSkips.join('; ')}`
    return undefined
  }

  private nameOf(file: string | undefined): string {
    return file === undefined ? '' : path.relative(this.root, file)
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
