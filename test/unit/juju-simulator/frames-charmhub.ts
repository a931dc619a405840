import type {TestContext} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {Quirks} from '../../juju-simulator/quirks.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {usualPace} from '../../juju-simulator/world/pace.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import type {Chapter, Step} from './frames-story.ts'

const machinesUUID = '4d4a0fe5-c8fb-49a5-8b64-2d0e13dc153a'
const podsUUID = '0b7f2a7e-6a43-4d3b-9a52-5a5d4f3f6c11'
const machines = `/model/${machinesUUID}/api`
const pods = `/model/${podsUUID}/api`
const access = {operator: 'write', viewer: 'read', modeladmin: 'admin'} as const

/** The controller of the recording with a Charmhub: PostgreSQL on machines and on Kubernetes, of each a newer revision. */
export async function startCharmhubLab(t: TestContext, quirks: Partial<Quirks> = {}): Promise<SimulatedJuju> {
  const clock = new VirtualClock()
  const onMachines = memoryPostgresqlModel({clock, model: {name: 'databases', uuid: machinesUUID, access}})
  const onKubernetes = memoryPostgresqlModel({
    clock,
    charm: 'postgresql-k8s-14',
    units: 1,
    model: {name: 'pods', uuid: podsUUID, access},
  })
  const charms = [onMachines.charm, onKubernetes.charm]
  const juju = await startTestedJuju(t, {
    profile: '4.0.12',
    clock,
    models: [onMachines.seed, onKubernetes.seed],
    users: Object.keys(access).map(name => ({name, password: `${name}-secret`})),
    charmhub: charms.flatMap(charm => [charm, charm.revised(charm.description.revision + 10)]),
    agents: 'external',
    checksParams: false,
    quirks,
  })
  t.after(() => juju.stop())
  return juju
}

/** The recording waited until the charm of the application had come. */
const downloaded: Step = async (_control, {world}) => {
  if (world.clock instanceof VirtualClock) await world.clock.advance(2 * usualPace.download)
}

/** What was recorded with a Charmhub, in its order. */
export const charmhubStory: readonly Chapter[] = [
  {
    title: 'a charm is resolved, added and set; its actions come with its archive',
    path: machines,
    user: 'operator',
    steps: [
      'charmhub/charm-url-origin',
      'charmhub/resolve-newest',
      'charmhub/resolve-pinned',
      'charmhub/resolve-unknown-channel',
      'charmhub/resolve-unknown-revision',
      'charmhub/resolve-unknown-name',
      'charmhub/download-infos',
      'charmhub/charm-info-before-add',
      'charmhub/add-charm-unknown-name',
      'charmhub/add-charm',
      'charmhub/add-charm-again',
      'charmhub/charm-info-added',
      'charmhub/set-charm',
      'charmhub/enqueue-before-download',
      downloaded,
      'charmhub/charm-info-downloaded',
      'charmhub/charm-info-malformed',
    ],
  },
  {
    title: 'secrets are made, changed and granted',
    path: machines,
    user: 'operator',
    steps: [
      'charmhub/create-secret',
      'charmhub/create-secret-again',
      'charmhub/update-secret',
      'charmhub/update-secret-unknown-label',
      'charmhub/update-secret-malformed-uri',
      'charmhub/grant-secret',
      'charmhub/grant-secret-unknown-application',
      'charmhub/grant-secret-unknown-label',
    ],
  },
  {
    title: 'what is not there, and no units at all',
    path: machines,
    user: 'operator',
    steps: [
      'charmhub/list-resources-unknown-application',
      'charmhub/annotations-get-unknown-application',
      'charmhub/annotations-set-unknown-application',
      'charmhub/annotations-set-period',
      'charmhub/add-no-units',
      'charmhub/add-pending-resources-undeclared',
      'charmhub/add-pending-resources-not-in-store',
      'charmhub/add-pending-resources-pinned-not-in-store',
    ],
  },
  {
    title: 'a reader announces resources',
    path: machines,
    user: 'viewer',
    steps: ['charmhub/viewer-add-pending-resources'],
  },
  {
    title: 'commands on units that are not there',
    path: machines,
    user: 'modeladmin',
    steps: ['charmhub/run-unknown-unit', 'charmhub/run-unknown-leader'],
  },
  {
    title: 'resources of an application whose charm is from Charmhub',
    path: pods,
    user: 'operator',
    steps: ['charmhub/k8s-list-resources-of-store'],
  },
]
