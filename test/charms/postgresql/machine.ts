import {completed, failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import {createBackup} from './create-backup.ts'
import {describeCharm} from './description.ts'
import {dialects} from './dialect.ts'
import type {PostgresqlCharmId} from './dialect.ts'
import type {PostgresqlEngine} from './engine.ts'
import {listBackups} from './list-backups.ts'
import {restore} from './restore.ts'
import {s3Endpoint} from './s3-parameters.ts'
import type {CharmState, Conditions} from './state.ts'
import {s3Changed, updateStatus} from './status.ts'

export interface PostgresqlCharmOptions {
  /** Which of the charms. Default `postgresql-14`. */
  readonly id?: PostgresqlCharmId
  readonly engine: PostgresqlEngine
  /** TLS between the units. Default true. */
  readonly tls?: boolean
  /** Charm revision, when not the usual one of the track. */
  readonly revision?: number
}

/** A PostgreSQL charm; `conditions` may be changed by the test while it runs. */
export interface PostgresqlCharm extends Charm {
  readonly engine: PostgresqlEngine
  readonly conditions: Conditions
}

/** One PostgreSQL application's charm. A charm value is deployed once: its engine is one cluster. */
export function postgresqlCharm({
  id = 'postgresql-14',
  engine,
  tls = true,
  revision,
}: PostgresqlCharmOptions): PostgresqlCharm {
  const conditions: Conditions = {
    tls,
    standbyCluster: false,
    asyncReplication: false,
    stanza: false,
    s3Problem: undefined,
  }
  return {
    description: describeCharm(id, revision),
    engine,
    conditions,
    deploy: host => new PostgresqlMachine({host, engine, dialect: dialects[id], conditions, restoring: false}),
  }
}

class PostgresqlMachine implements CharmMachine {
  readonly #state: CharmState

  constructor(state: CharmState) {
    this.#state = state
  }

  get #host(): CharmHost {
    return this.#state.host
  }

  async install(): Promise<void> {
    await this.#unitsChanged()
    for (const unit of await this.#host.units()) await updateStatus(this.#state, unit.name)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'create-backup':
        return createBackup(this.#state, task)
      case 'list-backups':
        return listBackups(this.#state)
      case 'restore':
        return restore(this.#state, task)
      case 'get-primary':
        return this.#primary()
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  async hook(event: CharmEvent): Promise<void> {
    switch (event.kind) {
      case 'update-status':
        await updateStatus(this.#state, event.unit)
        break
      case 'relation-changed':
        if (event.endpoint === s3Endpoint) await s3Changed(this.#state)
        break
      case 'units-changed':
        await this.#unitsChanged()
        break
      case 'config-changed':
      case 'leader-elected':
      case 'start':
      case 'stop':
      case 'upgrade-charm':
      case 'crash':
        break
    }
  }

  async #primary(): Promise<TaskOutcome> {
    const primary = await this.#state.engine.primary()
    return primary === undefined ? completed({}) : completed({primary})
  }

  async #unitsChanged(): Promise<void> {
    await this.#state.engine.unitsChanged((await this.#host.units()).map(unit => unit.name))
  }
}
