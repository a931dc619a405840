import {failed} from '../machine.ts'
import type {Charm, CharmEvent, CharmMachine, CharmTask, TaskOutcome} from '../machine.ts'
import {showAll, showingHook} from '../plain/status.ts'
import {createBackup, listBackups, restore} from './actions.ts'
import {describeOpensearch} from './description.ts'
import type {OpensearchCharmId} from './description.ts'
import {dialect2024} from './dialect-2024.ts'
import {dialectNext} from './dialect-next.ts'
import type {MemoryOpensearch} from './memory-engine.ts'
import type {OpensearchConditions, OpensearchState} from './state.ts'

/** An OpenSearch charm; `conditions` may be changed by the test while it runs. */
export interface OpensearchCharm extends Charm {
  readonly engine: MemoryOpensearch
  readonly conditions: OpensearchConditions
}

/** One OpenSearch application's charm. A charm value is deployed once: its engine is one cluster. */
export function opensearchCharm(id: OpensearchCharmId, engine: MemoryOpensearch): OpensearchCharm {
  const conditions: OpensearchConditions = {upgrading: false, conflict: false}
  const dialect = id === 'opensearch-2' ? dialect2024 : dialectNext
  const deploy = (host: OpensearchState['host']): CharmMachine =>
    new OpensearchMachine({host, engine, dialect, conditions})
  return {description: describeOpensearch(id), engine, conditions, deploy}
}

const actions: Readonly<Record<string, (state: OpensearchState, task: CharmTask) => Promise<TaskOutcome>>> = {
  'create-backup': createBackup,
  'list-backups': listBackups,
  restore,
}

class OpensearchMachine implements CharmMachine {
  readonly #state: OpensearchState

  constructor(state: OpensearchState) {
    this.#state = state
  }

  install(): Promise<void> {
    return showAll(this.#state)
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    const run = actions[task.action]
    return run === undefined ? failed(`this charm machine does not play ${task.action}`) : run(this.#state, task)
  }

  hook(event: CharmEvent): Promise<void> {
    return showingHook(this.#state, event)
  }
}
