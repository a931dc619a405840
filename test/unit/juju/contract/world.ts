import assert from 'node:assert/strict'
import {connect, type JujuConnection} from '../../../../src/juju/connection.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {classify} from '../../../../src/juju/faults.ts'
import {isNotFound} from '../../../../src/juju/item-errors.ts'
import {ModelSession} from '../../../../src/juju/model-session.ts'
import type {FullStatus} from '../../../../src/juju/status.ts'
import type {JujuTarget} from '../../../../src/juju/target.ts'
import {isFinished, type TaskInfo} from '../../../../src/juju/tasks.ts'
import {testDeps} from '../support.ts'

/**
 * A Juju with the models of `contractSeeds`: on machines `postgresql` on three units, related to `s3-integrator`, and
 * `keys` (s3-integrator of track 2), whose keys come from a secret; on Kubernetes `postgresql-k8s` with one unit. Users `admin` (superuser), `modeladmin` (admin), `operator` (write), `viewer` (read) and `nobody`.
 */
export interface JujuUnderTest {
  readonly endpoint: string
  readonly caCertificate: string
  readonly controllerUUID: string
  /** of `databases` and of `pods` */
  readonly modelUUID: string
  readonly podsUUID: string
  readonly passwords: Readonly<Record<string, string>>
  /** of a simulated one: what it can be had again with */
  readonly seed?: number
  /** Puts the controller into an upgrade, or ends it. */
  upgrading(on: boolean): Promise<void>
  /** Resets every connection; new ones are welcome. */
  cutConnections(): Promise<void>
  stop(): Promise<void>
}

export const application = 'postgresql'
export const unit = 'postgresql/0'
export const integrator = 's3-integrator'
export const secretReader = 'keys'
export const podApplication = 'postgresql-k8s'

const patienceMs = 60_000

/** The sessions that the tests of one Juju share. */
export class World {
  readonly deps = testDeps()
  readonly juju: JujuUnderTest
  /** how its versions begin */
  readonly version: RegExp
  readonly #sessions = new Map<string, ModelSession>()

  constructor(juju: JujuUnderTest, version: RegExp) {
    this.juju = juju
    this.version = version
  }

  get operator(): ModelSession {
    return this.session('operator')
  }

  get viewer(): ModelSession {
    return this.session('viewer')
  }

  get modeladmin(): ModelSession {
    return this.session('modeladmin')
  }

  /** A session into one of the models; it may not be connected yet. */
  session(user: string, modelUUID = this.juju.modelUUID): ModelSession {
    const key = `${user} ${modelUUID}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const session = new ModelSession(this.targetOf(user), modelUUID, this.deps)
    this.#sessions.set(key, session)
    return session
  }

  async connected(user: string, modelUUID?: string): Promise<ModelSession> {
    const session = this.session(user, modelUUID)
    await session.whenConnected(AbortSignal.timeout(patienceMs))
    return session
  }

  /** Logs in to the controller itself, and closes it after `use`. */
  async onController<T>(user: string, use: (connection: JujuConnection) => Promise<T>): Promise<T> {
    const connection = await connect({target: this.targetOf(user)}, this.deps)
    try {
      return await use(connection)
    } finally {
      connection.close()
    }
  }

  targetOf(user: string, changes: Partial<JujuTarget> = {}): JujuTarget {
    const {endpoint, caCertificate, passwords} = this.juju
    const credentials = {kind: 'password', username: user, password: passwords[user] ?? ''} as const
    return {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper contract', ...changes}
  }

  /** What a person is told of a login to the model. */
  async reasonOf(target: JujuTarget, modelUUID = this.juju.modelUUID): Promise<string> {
    try {
      const connection = await connect({target, modelUUID}, this.deps)
      connection.close()
      return 'connected'
    } catch (error) {
      return classify(error).reason
    }
  }

  get serverVersion(): string {
    const {state} = this.operator
    assert.equal(state.kind, 'connected')
    return state.kind === 'connected' ? state.serverVersion : ''
  }

  /** The task at its end. */
  async finished(taskID: string, session = this.operator): Promise<TaskInfo> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const [task] = await session.actions([taskID])
      if (task !== undefined && isFinished(task.status)) return task
      assert.ok(Date.now() < deadline, `task ${taskID} is ${task?.status ?? 'unknown'}`)
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  /** A charm of Charmhub may be downloaded only when an application uses it, and has no actions before. */
  async actionsCome(charmURL: string): Promise<void> {
    const deadline = Date.now() + patienceMs
    while ((await this.viewer.charmInfo(charmURL)).actions.size === 0) {
      assert.ok(Date.now() < deadline, `${charmURL} never had actions`)
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  /** The status of a model when it is as wanted. */
  async statusWhen(what: string, holds: (status: FullStatus) => boolean, session = this.operator): Promise<FullStatus> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const status = await session.fullStatus()
      if (holds(status)) return status
      assert.ok(Date.now() < deadline, `it never came to be: ${what}`)
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(session => session.close()))
    await this.juju.stop()
  }
}

/** One sentence of the contract and its proof. */
export type Check = (sentence: string, prove: (world: World) => Promise<void> | void) => void

/** Whether an error says that what was named is not there; Juju has several codes for that, and none. */
export function saysNotFound(error: unknown): boolean {
  return error instanceof JujuError && isNotFound(error)
}

/** Whether an error says that the user may not do it. */
export function isRefused(error: unknown): boolean {
  return classify(error).reason === 'InsufficientAccess'
}
