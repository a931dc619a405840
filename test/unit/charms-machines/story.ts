import assert from 'node:assert/strict'
import type {TestContext} from 'node:test'
import {isFinished, ModelSession} from '../../../src/juju/index.ts'
import type {TaskInfo} from '../../../src/juju/index.ts'
import type {ModelSeed} from '../../charms/model-seed.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {VirtualClock} from '../../support/virtual-clock.ts'
import {testDeps} from '../juju/support.ts'

export interface StoryOptions {
  readonly profile: '3.6.14' | '4.0.12'
  readonly clock: VirtualClock
  readonly seed: ModelSeed
}

type ActionParameters = Readonly<Record<string, unknown>>

/** One model of a simulated Juju, used as a person uses it: through the client, while virtual time passes. */
export class Story {
  readonly juju: SimulatedJuju
  readonly clock: VirtualClock
  readonly #session: ModelSession

  constructor(juju: SimulatedJuju, clock: VirtualClock) {
    this.juju = juju
    this.clock = clock
    const {endpoint, caCertificate, username, password, modelUUID} = juju
    const credentials = {kind: 'password', username, password} as const
    const target = {endpoints: [endpoint], caCertificate, credentials, userAgent: 'a story'}
    this.#session = new ModelSession(target, modelUUID, testDeps(clock))
  }

  static async begin(t: TestContext, {profile, clock, seed}: StoryOptions): Promise<Story> {
    const juju = await startTestedJuju(t, {profile, clock, models: [seed]})
    const story = new Story(juju, clock)
    t.after(async () => {
      await story.#session.close()
      await juju.stop()
    })
    await story.#session.whenConnected()
    return story
  }

  /** Asks for an action. @returns the task's id */
  async enqueue(unit: string, action: string, parameters: ActionParameters = {}): Promise<string> {
    const {taskID} = await this.#session.enqueue({unit, action, parameters})
    await this.clock.advance(0)
    return taskID
  }

  async task(id: string): Promise<TaskInfo> {
    const task = (await this.#session.actions([id]))[0]
    assert.ok(task, `Juju does not know task ${id}`)
    return task
  }

  /** Lets time pass until the task has ended. */
  async ended(id: string, {withinMs = 3_600_000, stepMs = 1000} = {}): Promise<TaskInfo> {
    for (let passed = 0; passed <= withinMs; passed += stepMs) {
      const task = await this.task(id)
      if (isFinished(task.status)) return task
      await this.clock.advance(stepMs)
    }
    throw new Error(`task ${id} did not end within ${withinMs} ms`)
  }

  async run(unit: string, action: string, parameters: ActionParameters = {}): Promise<TaskInfo> {
    return this.ended(await this.enqueue(unit, action, parameters))
  }

  async cancel(id: string): Promise<void> {
    const answer = (await this.#session.cancel([id])).get(id)
    assert.equal(answer?.accepted, true)
    await this.clock.advance(0)
  }

  /** The text of `list-backups` without its header. */
  async rows(unit: string): Promise<readonly string[]> {
    const {status, message, output} = await this.run(unit, 'list-backups')
    assert.equal(status, 'completed', message)
    return String(output['backups'] as string)
      .split('\n')
      .slice(2)
  }

  /** What a unit shows, for example `active: Primary`. */
  async unit(name: string): Promise<string> {
    const {applications} = await this.#session.fullStatus()
    const units = [...applications.values()].flatMap(application => application.units)
    const workload = units.find(unit => unit.name === name)?.workload
    return `${workload?.status}: ${workload?.message}`
  }

  /** What an application shows. */
  async application(name: string): Promise<string> {
    const status = (await this.#session.fullStatus()).applications.get(name)?.status
    return `${status?.status}: ${status?.message}`
  }
}
