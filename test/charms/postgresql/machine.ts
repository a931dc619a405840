import {completed, failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import {createBackup} from './create-backup.ts'
import {describeCharm} from './description.ts'
import {dialects} from './dialect.ts'
import type {PostgresqlCharmId} from './dialect.ts'
import type {PostgresqlEngine} from './engine.ts'
import {listBackups} from './list-backups.ts'
import {promote} from './promote.ts'
import {restore} from './restore.ts'
import {s3Endpoint} from './s3-parameters.ts'
import type {CharmState, Conditions, Progress} from './state.ts'
import {membersChanged, s3Changed, updateStatus} from './status.ts'

export interface PostgresqlCharmOptions {
  /** Which of the charms. Default `postgresql-14`. */
  readonly id?: PostgresqlCharmId
  readonly engine: PostgresqlEngine
  /** TLS between the units. Default true. */
  readonly tls?: boolean
  /** Charm revision, when not the usual one of the track. */
  readonly revision?: number
  /** Version of the database, when not the usual one of the charm: that of a real one. */
  readonly workloadVersion?: string
}

/** A PostgreSQL charm; `conditions` may be changed by the test while it runs. */
export interface PostgresqlCharm extends Charm {
  readonly engine: PostgresqlEngine
  readonly conditions: Conditions
  /** Another revision of the charm for the same application: the cluster, and what the charm remembers, stay. */
  revised(revision: number): PostgresqlCharm
}

/** One PostgreSQL application's charm. A charm value is deployed once: its engine is one cluster. */
export function postgresqlCharm({
  id = 'postgresql-14',
  engine,
  tls = true,
  revision,
  workloadVersion,
}: PostgresqlCharmOptions): PostgresqlCharm {
  const conditions: Conditions = {
    tls,
    standbyCluster: false,
    asyncReplication: false,
    logicalReplication: false,
    raftStuck: false,
    stanza: false,
    s3Problem: undefined,
  }
  const progress: Progress = {restoring: false, crashed: new Set(), acting: new Set()}
  const charmOf = (number: number | undefined): PostgresqlCharm => ({
    description: {...describeCharm(id, number), ...(workloadVersion === undefined ? {} : {workloadVersion})},
    engine,
    conditions,
    deploy: host => new PostgresqlMachine({host, engine, dialect: dialects[id], conditions, progress}),
    revised: charmOf,
  })
  return charmOf(revision)
}

/** Why actions of the charm are not played: what they do is not of backups, nor of a unit's life. */
export const unplayedActions: Readonly<Record<string, string>> = {
  'create-replication': 'replication between clusters',
  'get-password': 'passwords of system users',
  'set-password': 'passwords of system users',
  'set-tls-private-key': 'certificates',
  'pre-upgrade-check': 'refresh',
  'resume-upgrade': 'refresh',
  'pre-refresh-check': 'refresh',
  'force-refresh-start': 'refresh',
  'resume-refresh': 'refresh',
}

class PostgresqlMachine implements CharmMachine {
  readonly #state: CharmState

  constructor(state: CharmState) {
    this.#state = state
    state.engine.watch(() => state.host.background(membersChanged(state)))
  }

  get #host(): CharmHost {
    return this.#state.host
  }

  async install(): Promise<void> {
    await this.#unitsChanged()
    for (const unit of await this.#host.units()) await updateStatus(this.#state, unit.name)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    const {acting} = this.#state.progress
    acting.add(task.unit)
    try {
      return await this.#run(task)
    } finally {
      acting.delete(task.unit)
    }
  }

  async hook(event: CharmEvent): Promise<void> {
    if (event.kind !== 'crash' && 'unit' in event) await this.#isUp(event.unit)
    switch (event.kind) {
      case 'leader-elected':
        await s3Changed(this.#state)
        break
      case 'update-status':
      case 'start':
      case 'upgrade-charm':
        await updateStatus(this.#state, event.unit)
        break
      case 'relation-changed':
        if (event.endpoint === s3Endpoint) await s3Changed(this.#state)
        break
      case 'units-changed':
        await this.#unitsChanged()
        break
      case 'crash':
        this.#state.progress.crashed.add(event.unit)
        await this.#state.engine.crash(event.unit)
        break
      case 'stop':
      case 'config-changed':
        break
    }
  }

  async #run(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'create-backup':
        return createBackup(this.#state, task)
      case 'list-backups':
        return listBackups(this.#state)
      case 'restore':
        return restore(this.#state, task)
      case 'get-primary':
        return this.#primary()
      case 'promote-to-primary':
        return promote(this.#state, task)
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  async #primary(): Promise<TaskOutcome> {
    const primary = await this.#state.engine.primary()
    return primary === undefined ? completed({}) : completed({primary})
  }

  /** A unit whose hooks run is up, whatever happened to it before. */
  async #isUp(unit: string): Promise<void> {
    if (this.#state.progress.crashed.delete(unit)) await this.#state.engine.recover(unit)
  }

  async #unitsChanged(): Promise<void> {
    await this.#state.engine.unitsChanged((await this.#host.units()).map(unit => unit.name))
  }
}
