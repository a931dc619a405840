import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Controllers} from '../../../src/juju/controllers.ts'
import type {JujuDeps} from '../../../src/juju/deps.ts'
import type {JujuMetrics} from '../../../src/juju/metrics.ts'
import type {JujuTarget} from '../../../src/juju/target.ts'
import {EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import type {LogFields, Logger} from '../../../src/observability/log.ts'
import {systemClock, type Clock} from '../../../src/time/clock.ts'

export const password = 'p4ss-correct-horse-battery'

/** Remembers every line, fields included. */
export class LogBook implements Logger {
  readonly lines: string[] = []

  debug = (message: string, fields?: LogFields): void => this.#write(message, fields)
  info = this.debug
  warn = this.debug
  error = this.debug
  child = (): Logger => this

  #write(message: string, fields: LogFields | undefined): void {
    this.lines.push(`${message} ${JSON.stringify(fields ?? {})}`)
  }
}

export interface TestDeps extends JujuDeps {
  readonly log: LogBook
  /** `Facade.Method code`, as the metrics heard them */
  readonly calls: string[]
  /** the clock skew of each controller as the metrics heard it last, in seconds */
  readonly skews: Map<string, number | undefined>
}

/** Everything that the client is handed; loopback is allowed, since everything is there. */
export function testDeps(
  clock: Clock = systemClock,
  policy = EndpointPolicy.parse(['127.0.0.0/8', 'localhost']),
): TestDeps {
  const calls: string[] = []
  const skews: TestDeps['skews'] = new Map()
  const metrics: JujuMetrics = {
    call: (method, code) => void calls.push(`${method} ${code}`),
    clockSkew: (controllerUUID, seconds) => void skews.set(controllerUUID, seconds),
  }
  const base = {clock, random: () => 0.5, log: new LogBook()}
  return {...base, policy, controllers: new Controllers(base), metrics, calls, skews}
}

export function targetOf(
  server: {readonly endpoint: string; readonly authority: {readonly certificate: string}},
  changes: Partial<JujuTarget> = {},
): JujuTarget {
  return {
    endpoints: [server.endpoint],
    caCertificate: server.authority.certificate,
    credentials: {kind: 'password', username: 'operator', password},
    userAgent: 'charmkeeper team-a/prod',
    ...changes,
  }
}

/** Waits, in real time, for something that another side does. @throws Error after five seconds */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it never came to be: ${what}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

export interface Frame {
  readonly name: string
  readonly request?: {
    readonly type: string
    readonly version: number
    readonly request: string
    readonly params?: unknown
  }
  readonly response?: {readonly response?: unknown; readonly error?: string; readonly 'error-code'?: string}
}

export const framesFolder = path.resolve(import.meta.dirname, '../../fixtures/juju-frames')

/** One recorded exchange with a real server. */
export function frame(name: string): Frame {
  return {...(JSON.parse(readFileSync(path.join(framesFolder, `${name}.json`), 'utf8')) as Frame), name}
}

/** The `results` of a recorded answer to a bulk call. */
export function resultsOf(name: string): readonly Record<string, unknown>[] {
  const {results} = (frame(name).response?.response ?? {}) as {results?: readonly Record<string, unknown>[]}
  return results ?? []
}
