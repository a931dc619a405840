import {collectDefaultMetrics, Registry} from 'prom-client'
import type {JujuMetrics} from '../juju/metrics.ts'
import type {RequestMetrics} from '../kube/metrics.ts'
import type {RuntimeMetrics} from '../runtime/metrics.ts'
import type {BackupJobMetrics} from '../controllers/backup-job/act.ts'
import type {ScheduleMetrics} from '../controllers/backup-schedule/metrics.ts'
import type {JujuModelMetrics} from '../controllers/juju-model/metrics.ts'
import {controllerMetrics} from './controller-metrics.ts'
import {Families} from './families.ts'
import {JobCounters} from './job-counters.ts'
import {jujuMetrics} from './juju-metrics.ts'
import {ObjectMetrics, type ObjectStores} from './object-metrics.ts'
import {requestMetrics, runtimeMetrics} from './runtime-metrics.ts'
import {scheduleGauges, type ScheduleSources} from './schedule-gauges.ts'
import {scheduleMetrics} from './schedule-metrics.ts'
import {slotCounter} from './schedule-slots.ts'
import {writeFamilies, type WrittenFamily} from './written-families.ts'

/** A timer of the default, 10 ms, would cost an idle process more than all of its work. */
const loopLagPrecisionMs = 50

/** All metrics of one process; two of them know nothing of each other. */
export class Metrics {
  readonly runtime: RuntimeMetrics
  readonly requests: RequestMetrics
  readonly juju: JujuMetrics
  readonly controllers: JujuModelMetrics & BackupJobMetrics
  /** to be told every change of a BackupJob */
  readonly jobs: JobCounters
  readonly schedules: ScheduleMetrics
  readonly #registry = new Registry()
  readonly #families = new Families(this.#registry)
  #objects: ObjectMetrics | undefined
  #scheduleSources: ScheduleSources | undefined

  /** @param version what `charmkeeper_build_info` says of this program */
  constructor(version: string) {
    // process_* and nodejs_*: CPU, memory, file descriptors, event loop lag, garbage collection
    collectDefaultMetrics({register: this.#registry, eventLoopMonitoringPrecision: loopLagPrecisionMs})
    const families = this.#families
    this.runtime = runtimeMetrics(families)
    this.requests = requestMetrics(families)
    this.juju = jujuMetrics(families)
    this.controllers = controllerMetrics(families)
    this.jobs = new JobCounters(families)
    this.schedules = scheduleMetrics(families)
    families
      .gauge('charmkeeper_build_info', 'Version of this program and of its runtime; always 1.', 'version', 'node')
      .set({version, node: process.version}, 1)
  }

  /** From now on the state of the objects in these caches is part of the metrics. */
  observe(stores: ObjectStores): void {
    this.#objects = new ObjectMetrics(this.#families, stores)
  }

  /** And that of the schedules. */
  observeSchedules(sources: ScheduleSources): void {
    this.#scheduleSources = sources
  }

  /** The page that Prometheus reads. */
  async page(): Promise<string> {
    const objects = this.#objects
    if (objects !== undefined) {
      objects.refresh()
      this.jobs.forget(labels => objects.knows(labels))
    }
    return `${await this.#registry.metrics()}\n${await writeFamilies(this.#written)}`
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** Name -> help of every family, for documentation and its tests. */
  async names(): Promise<ReadonlyMap<string, string>> {
    const families = await this.#registry.getMetricsAsJSON()
    return new Map([...families, ...this.#written].map(({name, help}) => [name, help]))
  }

  get #written(): readonly WrittenFamily[] {
    const sourcesOf = (): ScheduleSources | undefined => this.#scheduleSources
    return [slotCounter(sourcesOf), ...scheduleGauges(sourcesOf)]
  }
}
