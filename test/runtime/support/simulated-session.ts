import type {TestContext} from 'node:test'
import {ModelSession} from '../../../src/juju/model-session.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJujuOptions} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {advanceUntil} from '../../unit/juju/session-world.ts'
import {testDeps, until} from '../../unit/juju/support.ts'

/** A session to a simulated Juju, both in the same virtual time. */
export async function simulatedSession(
  t: TestContext,
  profile: ProfileName,
  options: Partial<SimulatedJujuOptions> & {readonly clock?: VirtualClock} = {},
) {
  const clock = options.clock ?? new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock})
  const juju = await startTestedJuju(t, {profile, models: [seed], clock, updateStatusEvery: 0, ...options})
  const deps = testDeps(clock)
  const {endpoint, caCertificate, username, password, modelUUID} = juju
  const credentials = {kind: 'password', username, password} as const
  const target = {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper faults'}
  const session = new ModelSession(target, modelUUID, deps)
  t.after(async () => {
    await session.close()
    await until('every connection is closed', () => juju.server.connections.length === 0)
    await juju.stop()
  })
  await session.whenConnected()
  const lives = (kind: string) => advanceUntil(clock, `the session is ${kind}`, () => session.state.kind === kind)
  const fault = () => (session.state.kind === 'lost' ? session.state.fault : undefined)
  return {clock, juju, deps, target, session, engine, lives, fault}
}
