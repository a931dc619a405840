import type {TestContext} from 'node:test'
import {ModelSession} from '../../../src/juju/model-session.ts'
import {SnapshotPoller, type ModelSnapshot} from '../../../src/juju/snapshot.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {modelUUID, respond, ScriptedServer} from './scripted-server.ts'
import {frame, targetOf, testDeps, until} from './support.ts'

const yearOne = '0001-01-01T00:00:00Z'
/** what FullStatus says of the controller's clock */
export const controllerTime = '2026-11-22T18:48:38.841Z'

/** What the scripted Juju knows of tasks; each is the only one of its operation. */
export interface Task {
  readonly operation: string
  status: string
  completed?: string
  operationCompleted?: string
}

/** A poller on a session to a scripted Juju that knows some tasks, in virtual time. */
export class World {
  readonly tasks = new Map<string, Task>()
  readonly juju: ScriptedServer
  readonly clock = new VirtualClock()
  readonly deps = testDeps(this.clock)
  readonly session: ModelSession
  readonly poller: SnapshotPoller
  readonly snapshots: ModelSnapshot[] = []

  private constructor(juju: ScriptedServer, prepare: (juju: ScriptedServer) => void) {
    this.juju = juju
    const status = frame('full-status').response?.response as object
    juju.on('Client.FullStatus', () => respond({...status, 'controller-timestamp': controllerTime}))
    juju.on('Action.ListOperations', ({params}) => {
      const wanted = params['status'] as string[]
      const matching = [...this.tasks].filter(([, task]) => wanted.includes(task.status))
      return respond({results: matching.map(([id, task]) => this.#operation(id, task))})
    })
    juju.on('Action.Actions', ({params}) => respond({results: this.#asked(params).map(id => this.#task(id, true))}))
    juju.on('Action.Operations', ({params}) => {
      const asked = this.#asked(params)
      const found = [...this.tasks].filter(([, {operation}]) => asked.includes(operation))
      return respond({results: found.map(([id, task]) => this.#operation(id, task))})
    })
    prepare(juju)
    this.session = new ModelSession(targetOf(juju), modelUUID, this.deps)
    this.poller = new SnapshotPoller(this.session, this.deps)
    this.poller.onSnapshot(snapshot => void this.snapshots.push(snapshot))
  }

  static async start(t: TestContext, prepare: (juju: ScriptedServer) => void = () => undefined): Promise<World> {
    const world = new World(await ScriptedServer.start(), prepare)
    t.after(async () => {
      world.poller.close()
      await world.session.close()
      await world.juju.close()
    })
    return world
  }

  get readings(): number {
    return this.juju.asked('Client.FullStatus').length
  }

  /** Lets time pass on a connection that stands: virtual time must not outrun the answers to its pings. */
  async pass(ms: number): Promise<void> {
    const stepMs = 10_000
    for (let left = ms; left > 0; left -= stepMs) {
      await this.clock.advance(Math.min(stepMs, left))
      const {state} = this.session
      if (state.kind !== 'connected') throw new Error('the connection was lost')
      const due = Math.floor((this.clock.now() - state.since) / 30_000)
      await until(`${due} pings`, () => this.deps.calls.filter(call => call === 'Pinger.Ping ok').length === due)
    }
  }

  async untilSnapshots(count: number): Promise<ModelSnapshot> {
    // The timer of the next reading, and that of the ping.
    await until(`${count} snapshots`, () => this.snapshots.length === count && this.clock.pendingTimers === 2)
    return this.snapshots.at(-1) as ModelSnapshot
  }

  #asked(params: Record<string, unknown>): string[] {
    return (params['entities'] as {tag: string}[]).map(({tag}) => tag.replace(/^\w+-/, ''))
  }

  #task(id: string, withOutput = false): Record<string, unknown> {
    const task = this.tasks.get(id)
    if (task === undefined) return {completed: yearOne, error: {message: 'id not found', code: 'not found'}}
    return {
      action: {tag: `action-${id}`, receiver: 'unit-postgresql-0', name: 'create-backup', parameters: {}},
      status: task.status,
      started: yearOne,
      completed: task.completed ?? yearOne,
      ...(withOutput
        ? {output: {'backup-status': 'backup created'}, log: [{timestamp: controllerTime, message: 'hi'}]}
        : {}),
    }
  }

  #operation(id: string, task: Task): Record<string, unknown> {
    const completed = task.operationCompleted ?? yearOne
    return {operation: `operation-${task.operation}`, status: task.status, completed, actions: [this.#task(id)]}
  }
}
