import type {TestContext} from 'node:test'
import {setTimeout as pause} from 'node:timers/promises'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJujuOptions} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

/** Waits for a condition in real time. @throws Error after five seconds */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`this did not become true: ${condition.toString()}`)
    await pause(5)
  }
}

/** A simulated Juju 4 with PostgreSQL in memory, in virtual time. */
export async function started(t: TestContext, options: Partial<SimulatedJujuOptions> = {}) {
  const clock = new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock})
  const juju = await startTestedJuju(t, {profile: '4.0.12', clock, models: [seed], checksParams: false, ...options})
  t.after(() => juju.stop())
  const path = `/model/${juju.modelUUID}/api`
  const login = async (): Promise<RawClient> => {
    const client = await RawClient.login(juju, path, 'operator', 'operator-secret')
    t.after(() => client.close())
    return client
  }
  return {clock, juju, engine, path, seed, login, control: juju.control.model()}
}

export const ping = {type: 'Pinger', version: 1, request: 'Ping'}
export const listBackups = {actions: [{name: 'list-backups', receiver: 'unit-postgresql-1', parameters: {}}]}
export const enqueue = {type: 'Action', version: 7, request: 'EnqueueOperation', params: listBackups}
