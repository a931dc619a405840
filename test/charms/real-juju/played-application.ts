import type {CharmEvent, CharmMachine, CharmTask} from '../machine.ts'
import {runTask, UnitQueues} from '../unit-agents.ts'
import type {ControlClient, TaskLine} from './control-client.ts'

/** The agents of one application on a real Juju: they run its charm machine, one thing at a time on each unit. */
export class PlayedApplication {
  readonly name: string
  readonly #control: ControlClient
  readonly #machine: CharmMachine
  readonly #queues = new UnitQueues()
  readonly #aborts = new Map<string, AbortController>()
  #seen: Record<'config' | 'units' | 'relations', string> | undefined

  constructor(name: string, control: ControlClient, machine: CharmMachine) {
    this.name = name
    this.#control = control
    this.#machine = machine
  }

  /** The first hooks. */
  async install(): Promise<void> {
    // Looked at before the charm is, so that nothing that changes meanwhile is missed.
    this.#seen = await this.#observe()
    await this.#machine.install()
    for (const {endpoint} of await this.#control.relations(this.name))
      await this.#machine.hook({kind: 'relation-changed', endpoint})
  }

  /** Takes new tasks into work and kills those that are to be aborted. @returns the end of what it took */
  take(tasks: readonly TaskLine[]): readonly Promise<void>[] {
    const own = tasks.filter(({unit}) => unit.startsWith(`${this.name}/`))
    for (const {task, status} of own)
      if (status === 'aborting') this.#aborts.get(task)?.abort(new Error('the task was cancelled'))
    const fresh = own.filter(({task, status}) => status === 'pending' && !this.#aborts.has(task))
    return fresh.map(line => {
      const abort = new AbortController()
      this.#aborts.set(line.task, abort)
      return this.#queues.run(line.unit, () => this.#execute(line, abort.signal))
    })
  }

  /** Runs the hooks for what changed in the model since the last look. */
  async look(): Promise<void> {
    const now = await this.#observe()
    const before = this.#seen
    this.#seen = now
    if (before === undefined) return
    if (before.units !== now.units) await this.#hook({kind: 'units-changed'})
    if (before.config !== now.config) await this.#hook({kind: 'config-changed'})
    if (before.relations === now.relations) return
    for (const {endpoint} of await this.#control.relations(this.name))
      await this.#hook({kind: 'relation-changed', endpoint})
  }

  async updateStatus(): Promise<void> {
    const units = await this.#control.units(this.name)
    await Promise.all(
      units.map(({name}) => this.#queues.run(name, () => this.#machine.hook({kind: 'update-status', unit: name}))),
    )
  }

  async #observe(): Promise<Record<'config' | 'units' | 'relations', string>> {
    const [config, units, relations] = await Promise.all([
      this.#control.config(this.name),
      this.#control.units(this.name),
      this.#control.relations(this.name),
    ])
    const names = units.map(({name, leader}) => [name, leader])
    return {config: JSON.stringify(config), units: JSON.stringify(names), relations: JSON.stringify(relations)}
  }

  async #hook(event: CharmEvent): Promise<void> {
    const units = await this.#control.units(this.name)
    const leader = units.find(unit => unit.leader) ?? units[0]
    if (leader !== undefined) await this.#queues.run(leader.name, () => this.#machine.hook(event))
  }

  async #execute({task: id, unit, action, params}: TaskLine, signal: AbortSignal): Promise<void> {
    await this.#control.start(id)
    await this.#control.setAgentStatus(unit, 'executing', `running action ${action}`)
    const log = (message: string): Promise<void> => this.#control.log(id, message)
    const task: CharmTask = {id, unit, action, parameters: params ?? {}, signal, log}
    const end = await runTask(this.#machine, task)
    await this.#control.finish(id, end.status, end.message, end.results)
    await this.#control.setAgentStatus(unit, 'idle')
  }
}
