import type {CharmDescription} from '../charm.ts'
import {failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import type {MemoryPlainDatabase} from './memory-engine.ts'
import type {PlainDialect, PlainState} from './state.ts'
import {showAll, showingHook} from './status.ts'

/** A charm whose backups are a few objects each; `conditions` may be changed by the test while it runs. */
export interface PlainCharm<Conditions> extends Charm {
  readonly engine: MemoryPlainDatabase
  readonly conditions: Conditions
}

export interface PlainCharmParts<Conditions> {
  readonly description: CharmDescription
  readonly engine: MemoryPlainDatabase
  readonly conditions: Conditions
  readonly dialect: PlainDialect<Conditions>
}

/** A charm value is deployed once: its engine is one cluster. */
export function plainCharm<Conditions>(parts: PlainCharmParts<Conditions>): PlainCharm<Conditions> {
  const {description, engine, conditions, dialect} = parts
  return {description, engine, conditions, deploy: host => new PlainMachine({host, engine, conditions, dialect})}
}

class PlainMachine<Conditions> implements CharmMachine {
  readonly #state: PlainState<Conditions>

  constructor(state: PlainState<Conditions>) {
    this.#state = state
  }

  install(): Promise<void> {
    return showAll(this.#state)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    const run = this.#state.dialect.actions[task.action]
    return run === undefined ? failed(`this charm machine does not play ${task.action}`) : run(this.#state, task)
  }

  hook(event: CharmEvent): Promise<void> {
    return showingHook(this.#state, event)
  }
}
