import type {JujuModel, JujuModelDatabase} from '../api/juju-model.ts'
import type {Families} from './families.ts'
import {conditionOf} from './job-counters.ts'

/** What the JujuModels say of the backups of their databases, as gauges that are worked out from the cache for each scrape. */
export class InventoryMetrics {
  readonly #protected
  readonly #perApplication

  constructor(f: Families) {
    const gauge = (name: string, help: string) => f.gauge(name, help, 'namespace', 'model', 'application')
    this.#protected = f.gauge(
      'charmkeeper_model_protected',
      '1 while every database of a JujuModel has a recent backup, 0 while one has none, by reason; no series: not known.',
      'namespace',
      'model',
      'reason',
    )
    this.#perApplication = {
      listed: gauge('charmkeeper_listed_backups', 'Finished backups in the list of the charm, whoever made them.'),
      unmanaged: gauge('charmkeeper_unmanaged_backups', 'Listed backups that no BackupJob here knows.'),
      stale: gauge(
        'charmkeeper_stale_backups',
        'Rows in the list of the charm that are in progress although nothing of them runs any more.',
      ),
      failing: gauge(
        'charmkeeper_backup_list_failing_since_timestamp_seconds',
        'Since when the list of the charm cannot be read; no series: it can.',
      ),
    }
  }

  /** Works all gauges out again. */
  refresh(models: readonly JujuModel[]): void {
    for (const gauge of [this.#protected, ...Object.values(this.#perApplication)]) gauge.reset()
    for (const model of models) {
      const labels = {namespace: model.metadata.namespace ?? '', model: model.metadata.name}
      const {status, reason = ''} = conditionOf(model, 'Protected') ?? {}
      if (status === 'True' || status === 'False') this.#protected.set({...labels, reason}, status === 'True' ? 1 : 0)
      for (const database of model.status?.databases ?? []) this.#setDatabase(labels, database)
    }
  }

  #setDatabase(model: {namespace: string; model: string}, {name, backups, listFailure}: JujuModelDatabase): void {
    const labels = {...model, application: name}
    const {listed, unmanaged, stale, failing} = this.#perApplication
    if (backups !== undefined) {
      listed.set(labels, backups.count)
      unmanaged.set(labels, backups.unmanaged)
      stale.set(labels, backups.stale ?? 0)
    }
    if (listFailure !== undefined) failing.set(labels, Date.parse(listFailure.since) / 1000)
  }
}
