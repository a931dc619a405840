import path from 'node:path'
import type {EventData} from 'node:test'
import {inspect} from 'node:util'
import type {Layer} from './layers.ts'
import type {Outcome} from './summary.ts'

/** A skip is honest only where the thing to compare with may not be published; everywhere else it hides a missing part. */
const allowedSkip = /JUJU_REFERENCE_DIR/

/** Lines of output kept per process, to be shown if it fails as a whole. */
const keptOutput = 200

/** What is known of a layer while it runs. */
export class Tally {
  readonly failures: string[] = []
  readonly emptyFiles: string[] = []
  readonly failedSuites: string[] = []
  readonly refusedSkips: string[] = []
  readonly counts = {tests: 0, passed: 0, failed: 0, skipped: 0}
  readonly layer: Layer
  readonly print: (line: string) => void
  readonly #root: string

  constructor(layer: Layer, root: string, print: (line: string) => void) {
    this.layer = layer
    this.#root = root
    this.print = print
  }

  outcome(elapsed: number): Outcome {
    const problem = this.#problem()
    return {name: this.layer.name, ...this.counts, seconds: elapsed, ...(problem === undefined ? {} : {problem})}
  }

  #problem(): string | undefined {
    if (this.counts.tests === 0) return `no tests in ${this.layer.folder}`
    if (this.emptyFiles.length > 0) return `files without a test: ${this.emptyFiles.join(', ')}`
    if (this.failedSuites.length > 0) return `suites that failed beside their tests: ${this.failedSuites.join('; ')}`
    if (this.refusedSkips.length > 0) return `skipped without leave: ${this.refusedSkips.join('; ')}`
    return undefined
  }

  nameOf(file: string | undefined): string {
    return file === undefined ? '' : path.relative(this.#root, file)
  }
}

/** What is known of the files of one process. */
export class ShareTally {
  readonly #program: string
  readonly #tally: Tally
  readonly #files: readonly string[]
  /** files that have not ended */
  readonly #open: Set<string>
  /** what was printed since the last file ended */
  #output: string[] = []
  /** tests since the last file ended */
  #tests = 0

  /** @param program the file that Node was started with, whose suites are the test files */
  constructor(files: readonly string[], program: string, tally: Tally) {
    this.#files = files
    this.#open = new Set(files)
    this.#program = program
    this.#tally = tally
  }

  passedTest(event: EventData.TestPass): void {
    if (this.#isFile(event)) return this.#fileEnded(event, true)
    if (event.details.type === 'suite') return
    this.#tests += 1
    const refused = typeof event.skip === 'string' ? !allowedSkip.test(event.skip) : event.skip === true
    if (refused) this.#tally.refusedSkips.push(event.name)
    if (this.#tally.layer.needsEnvironment)
      this.#tally.print(`       ok ${event.name} (${seconds(event.details.duration_ms)})`)
  }

  failedTest(event: EventData.TestFail): void {
    const error: Error & {failureType?: string} = event.details.error
    const isSuite = event.details.type === 'suite'
    if (!isSuite) this.#tests += 1
    if (error.failureType !== 'subtestsFailed') this.#failed(event, error, isSuite)
    if (this.#isFile(event)) this.#fileEnded(event, false)
  }

  #failed(event: EventData.TestFail, error: Error, isSuite: boolean): void {
    const {failures, failedSuites, layer, print} = this.#tally
    const asWhole = event.name === this.#program
    const isFile = this.#isFile(event)
    const place = asWhole ? this.#unfinished() : this.#tally.nameOf(isFile ? event.name : event.file)
    // Node counts tests only: a suite whose hooks fail beside its tests would be green.
    if (isSuite) failedSuites.push(isFile ? place : event.name)
    const heard = asWhole || isFile ? `\n${this.#output.join('')}` : ''
    failures.push(
      `\n--- ${asWhole || isFile ? place : `${place}: ${event.name}`}\n${inspect(error.cause ?? error)}${heard}`,
    )
    if (layer.needsEnvironment) print(`   FAILED ${isFile || asWhole ? place : event.name}`)
  }

  /** What a failure of the whole process may be about. */
  #unfinished(): string {
    const files = this.#open.size > 0 ? [...this.#open] : this.#files
    return files.map(file => this.#tally.nameOf(file)).join(', ')
  }

  heard(message: string): void {
    this.#output = [...this.#output.slice(-keptOutput), message]
  }

  /** Node tells a process, and then the whole run, which is that process. */
  summary({counts: {tests, passed, skipped}, file}: EventData.TestSummary): void {
    if (file !== undefined) return
    const {counts} = this.#tally
    counts.tests += tests
    counts.passed += passed
    counts.skipped += skipped
    counts.failed += tests - passed - skipped
  }

  /** A test file is a suite of the program that runs them. */
  #isFile({file, name, details}: EventData.TestPass | EventData.TestFail): boolean {
    return details.type === 'suite' && file === this.#program && this.#open.has(name)
  }

  #fileEnded({name, details}: EventData.TestPass | EventData.TestFail, passed: boolean): void {
    const file = this.#tally.nameOf(name)
    this.#tally.print(`${passed ? 'ok    ' : 'FAILED'} ${file}  ${this.#tests} tests, ${seconds(details.duration_ms)}`)
    if (passed && this.#tests === 0) this.#tally.emptyFiles.push(file)
    this.#open.delete(name)
    this.#output = []
    this.#tests = 0
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
