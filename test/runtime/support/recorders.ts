import type {RequestMetrics, RequestObservation} from '../../../src/kube/metrics.ts'
import type {Logger, LogFields} from '../../../src/observability/log.ts'
import {noRuntimeMetrics, type RuntimeMetrics} from '../../../src/runtime/metrics.ts'

/** Runtime metrics that remember each call as `name argument argument`. */
export function recordMetrics(): {
  readonly metrics: RuntimeMetrics
  readonly seen: string[]
  readonly count: (start: string) => number
} {
  const seen: string[] = []
  const remember =
    (name: string) =>
    (...values: readonly unknown[]) =>
      void seen.push([name, ...values].join(' '))
  const entries = Object.keys(noRuntimeMetrics).map(name => [name, remember(name)])
  const metrics = Object.fromEntries(entries) as RuntimeMetrics
  return {metrics, seen, count: start => seen.filter(line => line.startsWith(start)).length}
}

export class RecordedRequests implements RequestMetrics {
  readonly finished: RequestObservation[] = []
  readonly retried: string[] = []

  requestFinished(observation: RequestObservation): void {
    this.finished.push(observation)
  }

  requestRetried(verb: string, reason: string): void {
    this.retried.push(`${verb} ${reason}`)
  }
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

/** A logger that keeps its lines. */
export function recordLog(fields: LogFields = {}, lines: LogLine[] = []): Logger & {readonly lines: LogLine[]} {
  const write =
    (level: string) =>
    (message: string, more: LogFields = {}) =>
      void lines.push({level, message, fields: {...fields, ...more}})
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: more => recordLog({...fields, ...more}, lines),
  }
}
