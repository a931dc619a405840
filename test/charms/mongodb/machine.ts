import {databaseHook} from '../database-hooks.ts'
import {completed, failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import {createBackup} from './create-backup.ts'
import {describeMongodb} from './description.ts'
import type {Dialect, MongodbCharmId} from './dialect.ts'
import type {MongodbEngine} from './engine.ts'
import {listBackups} from './list-backups.ts'
import {firstPasswords, getPassword, setPassword} from './passwords.ts'
import {restore} from './restore.ts'
import {s3Endpoint} from './state.ts'
import type {MongodbConditions, MongodbState} from './state.ts'
import {s3Changed, updateStatus} from './status.ts'
import {track6} from './track-6.ts'
import {track8} from './track-8.ts'

export interface MongodbCharmOptions {
  /** Which of the charms. Default `mongodb-6`. */
  readonly id?: MongodbCharmId
  readonly engine: MongodbEngine
  /** Charm revision, when not the usual one of the track. */
  readonly revision?: number
}

/** A MongoDB charm; `conditions` may be changed by the test while it runs. */
export interface MongodbCharm extends Charm {
  readonly engine: MongodbEngine
  readonly conditions: MongodbConditions
}

const dialects: Readonly<Record<MongodbCharmId, Dialect>> = {
  'mongodb-6': track6,
  'mongodb-k8s-6': track6,
  'mongodb-8': track8,
  'mongodb-k8s-8': track8,
}

/** One MongoDB application's charm. A charm value is deployed once: its engine is one replica set. */
export function mongodbCharm({id = 'mongodb-6', engine, revision}: MongodbCharmOptions): MongodbCharm {
  const conditions: MongodbConditions = {upgrading: false}
  let passwords: Map<string, string> | undefined
  const deploy = (host: CharmHost): CharmMachine => {
    // Kept for the revisions after this one.
    passwords ??= firstPasswords(host.application)
    return new MongodbMachine({host, engine, dialect: dialects[id], conditions, passwords})
  }
  return {description: describeMongodb(id, revision), engine, conditions, deploy}
}

class MongodbMachine implements CharmMachine {
  readonly #state: MongodbState

  constructor(state: MongodbState) {
    this.#state = state
  }

  async install(): Promise<void> {
    await this.#unitsChanged()
    for (const unit of await this.#state.host.units()) await updateStatus(this.#state, unit.name)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    const state = this.#state
    const common: Readonly<Record<string, () => Promise<TaskOutcome>>> = {
      'create-backup': () => createBackup(state, task),
      'list-backups': () => listBackups(state, task),
      restore: () => restore(state, task),
      'get-primary': async () => completed({'replica-set-primary': (await state.engine.primary()) ?? 'None'}),
    }
    const passwords: Readonly<Record<string, () => Promise<TaskOutcome>>> = {
      'get-password': async () => getPassword(state, task),
      'set-password': () => setPassword(state, task),
    }
    const run = common[task.action] ?? (state.dialect.track === '6' ? passwords[task.action] : undefined)
    return run === undefined ? failed(`this charm machine does not play ${task.action}`) : run()
  }

  hook(event: CharmEvent): Promise<void> {
    return databaseHook(event, {
      s3Endpoint,
      engine: this.#state.engine,
      unitsChanged: () => this.#unitsChanged(),
      s3Changed: () => s3Changed(this.#state),
      updateStatus: unit => updateStatus(this.#state, unit),
    })
  }

  async #unitsChanged(): Promise<void> {
    const {host, engine} = this.#state
    const units = await host.units()
    await engine.unitsChanged(
      host.application,
      units.map(unit => unit.name),
    )
  }
}
