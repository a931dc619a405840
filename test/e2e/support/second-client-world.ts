import {setTimeout as pause} from 'node:timers/promises'
import {systemClock} from '../../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {revisionOf} from '../../charms/revision.ts'
import {GoClient} from '../../env/juju/go-client.ts'
import {startRealJuju, type RealJuju} from '../../env/juju/real-juju.ts'
import type {JujuKind} from '../../env/juju/running-juju.ts'
import {makeWorkDirectory} from '../../env/work-directory.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../../juju-simulator/simulator.ts'

export interface SecondClientWorld {
  readonly kind: JujuKind
  readonly juju: SimulatedJuju | RealJuju
  /** Logged in as the operator's user, who may write in the model. */
  readonly client: GoClient
  /** The password of a user by name. */
  readonly password: (user: string) => string
  /** What the application runs at first, and the revision that Charmhub has newly. */
  readonly deployed: string
  readonly newest: string
  status(): Promise<FullStatus>
  stop(): Promise<void>
}

export interface UnitStatus {
  readonly leader?: boolean
  readonly charm: string
  readonly 'workload-status': {readonly status: string; readonly info: string}
  readonly 'agent-status': {readonly status: string}
}

export interface FullStatus {
  readonly applications: Readonly<
    Record<
      string,
      {readonly charm: string; readonly int?: number; readonly units: Readonly<Record<string, UnitStatus>>}
    >
  >
}

/** The revision of its image that the newest revision of the Kubernetes charm comes with. */
export const newestImage = 177

const quick = {allocate: 10, install: 10, remove: 10, upgrade: 10, lease: 10, grace: 1000}

/** A model with PostgreSQL and s3-integrator on one of the three Jujus, and Juju's own Go client. */
export async function startSecondClientWorld(
  kind: JujuKind,
  id: PostgresqlCharmId = 'postgresql-14',
): Promise<SecondClientWorld> {
  const work = await makeWorkDirectory('second-client')
  const {seed, charm} = memoryPostgresqlModel({charm: id, clock: systemClock, durations: {full: 1500, join: 100}})
  const {name, revision} = charm.description
  const {resources = {}} = charm.description
  const nextImages = Object.entries(resources).map(([each, spec]) => [each, {...spec, revision: newestImage}] as const)
  const next = revisionOf(charm, {revision: revision + 10, resources: Object.fromEntries(nextImages)})
  const charmhub = [charm, next]
  // Local charms are counted from 0, whatever Charmhub has.
  const localCharms = [revisionOf(charm, {revision: 0, local: true})]
  const juju =
    kind === 'real'
      ? await startRealJuju({dir: `${work.path}/juju`, models: [seed], charmhub, localCharms})
      : await startSimulatedJuju({profile: kind, models: [seed], charmhub, pace: quick, checksParams: false})
  const client = await GoClient.make(juju, {dir: work.path})
  return {
    kind,
    juju,
    client,
    password: user => passwordOf(juju, user),
    deployed: `ch:amd64/${name}-${revision}`,
    newest: `ch:amd64/${name}-${revision + 10}`,
    status: async () => (await client.run('status')) as FullStatus,
    stop: async () => {
      try {
        await juju.stop()
      } finally {
        await work.remove()
      }
    },
  }
}

function passwordOf(juju: SimulatedJuju | RealJuju, user: string): string {
  return 'passwords' in juju ? (juju.passwords[user] ?? '') : (juju.world.users.get(user)?.password ?? '')
}

/** Looks until the model is as the sentence says. @throws Error with the last status after 30 seconds */
export async function untilStatus(
  world: SecondClientWorld,
  sentence: string,
  holds: (status: FullStatus) => boolean,
): Promise<FullStatus> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const status = await world.status()
    if (holds(status)) return status
    if (performance.now() > deadline) throw new Error(`not true: ${sentence}\n${JSON.stringify(status.applications)}`)
    await pause(100)
  }
}
