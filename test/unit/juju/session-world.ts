import type {TestContext} from 'node:test'
import {ModelSession, type SessionState} from '../../../src/juju/model-session.ts'
import type {JujuTarget} from '../../../src/juju/target.ts'
import type {CertificateAuthority} from '../../env/certificates.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {modelUUID, ScriptedServer} from './scripted-server.ts'
import {targetOf, testDeps, until} from './support.ts'

/** A session to a scripted Juju, in virtual time. */
export interface World {
  readonly juju: ScriptedServer
  readonly clock: VirtualClock
  readonly session: ModelSession
  readonly deps: ReturnType<typeof testDeps>
  readonly states: SessionState['kind'][]
}

/** What the scripted Juju is told before the session begins, and what is special about the target. */
export type Prepare = (juju: ScriptedServer) => Partial<JujuTarget> | void

export async function start(
  t: TestContext,
  prepare: Prepare = () => undefined,
  authority?: CertificateAuthority,
): Promise<World> {
  const juju = await ScriptedServer.start(authority === undefined ? {} : {authority})
  const clock = new VirtualClock()
  const deps = testDeps(clock)
  const session = new ModelSession(targetOf(juju, prepare(juju) ?? {}), modelUUID, deps)
  const states: SessionState['kind'][] = []
  session.onState(({kind}) => void states.push(kind))
  t.after(async () => {
    await session.close()
    await juju.close()
  })
  return {juju, clock, session, deps, states}
}

export async function connected(t: TestContext, prepare?: Prepare, authority?: CertificateAuthority): Promise<World> {
  const world = await start(t, prepare, authority)
  await world.session.whenConnected()
  return world
}

/** Lets virtual time pass until something happens that needs real sockets too. */
export async function advanceUntil(clock: VirtualClock, what: string, condition: () => boolean): Promise<void> {
  for (let step = 0; step < 400 && !condition(); step++) {
    await clock.advance(500)
    await new Promise(resolve => setImmediate(resolve))
  }
  await until(what, condition)
}
