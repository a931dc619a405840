import {databaseHook} from '../database-hooks.ts'
import {failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import {getClusterStatus, promoteToPrimary} from './cluster-actions.ts'
import {createBackup} from './create-backup.ts'
import {describeMysql} from './description.ts'
import type {MysqlCharmId} from './description.ts'
import type {MysqlEngine} from './engine.ts'
import {listBackups} from './list-backups.ts'
import {firstPasswords, getPassword, setPassword} from './passwords.ts'
import {restore} from './restore.ts'
import {s3Endpoint} from './state.ts'
import type {MysqlConditions, MysqlState} from './state.ts'
import {s3Changed, updateStatus} from './status.ts'

export interface MysqlCharmOptions {
  /** Which of the charms. Default `mysql-8.0`. */
  readonly id?: MysqlCharmId
  readonly engine: MysqlEngine
  /** Charm revision, when not the usual one of the track. */
  readonly revision?: number
}

/** A MySQL charm; `conditions` may be changed by the test while it runs. */
export interface MysqlCharm extends Charm {
  readonly engine: MysqlEngine
  readonly conditions: MysqlConditions
}

/** One MySQL application's charm. A charm value is deployed once: its engine is one cluster. */
export function mysqlCharm({id = 'mysql-8.0', engine, revision}: MysqlCharmOptions): MysqlCharm {
  const conditions: MysqlConditions = {
    standbyCluster: false,
    waiting: new Set(),
    s3Block: undefined,
    s3Deferred: false,
  }
  let passwords: Map<string, string> | undefined
  const deploy = (host: CharmHost): CharmMachine => {
    // Kept for the revisions after this one.
    passwords ??= firstPasswords(host.application)
    return new MysqlMachine({host, engine, conditions, passwords})
  }
  return {description: describeMysql(id, revision), engine, conditions, deploy}
}

class MysqlMachine implements CharmMachine {
  readonly #state: MysqlState
  #leader: string | undefined

  constructor(state: MysqlState) {
    this.#state = state
  }

  async install(): Promise<void> {
    const units = await this.#adopt()
    for (const unit of units) await updateStatus(this.#state, unit)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'create-backup':
        return createBackup(this.#state, task)
      case 'list-backups':
        return listBackups(this.#state)
      case 'restore':
        return restore(this.#state, task)
      case 'get-cluster-status':
        return getClusterStatus(this.#state, task)
      case 'promote-to-primary':
        return promoteToPrimary(this.#state, task)
      case 'get-password':
        return getPassword(this.#state, task)
      case 'set-password':
        return setPassword(this.#state, task)
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  hook(event: CharmEvent): Promise<void> {
    // Who leads belongs to who is there.
    const happened: CharmEvent = event.kind === 'leader-elected' ? {kind: 'units-changed'} : event
    return databaseHook(happened, {
      s3Endpoint,
      engine: this.#state.engine,
      unitsChanged: () => this.#adopt(),
      s3Changed: () => s3Changed(this.#state),
      updateStatus: unit => updateStatus(this.#state, unit),
    })
  }

  /** Takes note of who is there and who leads; a new leader looks at the S3 settings. */
  async #adopt(): Promise<readonly string[]> {
    const units = await this.#state.host.units()
    const names = units.map(unit => unit.name)
    await this.#state.engine.unitsChanged(names)
    const leader = units.find(unit => unit.leader)?.name
    const isNew = leader !== this.#leader
    this.#leader = leader
    if (isNew && leader !== undefined) await s3Changed(this.#state)
    return names
  }
}
