import type {TestContext} from 'node:test'
import type {CharmDescription} from '../../charms/charm.ts'
import type {Charm} from '../../charms/machine.ts'
import type {ModelSeed} from '../../charms/model-seed.ts'
import type {ModelControl} from '../../juju-simulator/model-control.ts'
import type {Quirks} from '../../juju-simulator/quirks.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'

/** The models in which test/fixtures/juju-frames were recorded. */
export const labModel = '1a2e4842-b5c4-426b-81c7-8d088ff3f310'
export const kubernetesLabModel = 'c83663be-f84b-47f4-899f-81035bf99685'
export const labController = 'deadbeef-1bad-500d-9000-4b1d0d06f00d'

const common = {
  revision: 0,
  local: true,
  channel: '',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '14.9',
} as const

const database: CharmDescription = {
  ...common,
  name: 'pgdemo',
  summary: 'Lab database charm (revision A)',
  description: 'A charm that exists only to give the lab controller something to report.',
  actions: {
    'create-backup': {
      description: 'Create a backup.',
      parameters: {
        type: {type: 'string', enum: ['full', 'incremental'], default: 'full', description: 'The backup type.'},
      },
    },
    'list-backups': {description: 'List backups.', parameters: {}},
    restore: {
      description: 'Restore a backup.',
      parameters: {'backup-id': {type: 'string'}, 'restore-to-time': {type: 'string'}},
      required: ['backup-id'],
    },
    slow: {
      description: 'Takes its time.',
      parameters: {seconds: {type: 'integer', minimum: 0}},
      parallel: true,
      group: 'slow-ones',
    },
  },
  options: {
    'admin-secret': {type: 'secret', description: 'A user secret id.'},
    'archive-enabled': {type: 'boolean', description: 'Whether WAL archiving is on.', default: false},
    'backup-prefix': {type: 'string', description: 'No default, so unset until somebody sets it.'},
    'max-connections': {type: 'int', description: 'Connection limit.', default: 100},
    profile: {type: 'string', description: 'Tuning profile.', default: 'production'},
    'vacuum-scale-factor': {type: 'float', description: 'Autovacuum factor.', default: 0.2},
  },
  provides: {database: {interface: 'postgresql_client'}},
  requires: {'s3-parameters': {interface: 's3', limit: 1, optional: true}},
  peers: {'database-peers': {interface: 'postgresql_peers'}},
}

const integrator: CharmDescription = {
  ...common,
  name: 's3demo',
  summary: 'Lab S3 integrator',
  description: 'Provides S3 credentials over a relation.',
  actions: {},
  options: {bucket: {type: 'string', description: 'Bucket name.'}},
  provides: {'s3-credentials': {interface: 's3'}},
  requires: {},
  peers: {},
}

/** Revision B of the database: one action and one option more. */
const databaseB: CharmDescription = {
  ...database,
  revision: 1,
  summary: 'Lab database charm (revision B)',
  actions: {...database.actions, 'pre-refresh-check': {description: 'Only revision B has this.', parameters: {}}},
  options: {
    ...database.options,
    'new-in-b': {type: 'string', description: 'Only revision B has this.', default: 'hello'},
  },
}

const onKubernetes = {
  name: 'pgk8s',
  description: 'A sidecar charm that exists only to give the lab controller something to report.',
  resources: {'postgresql-image': {type: 'oci-image', description: 'The workload image.'}},
  containers: {postgresql: {resource: 'postgresql-image'}},
  openPorts: ['5432/TCP'],
} as const

const kubernetesDatabase: CharmDescription = {
  ...database,
  ...onKubernetes,
  summary: 'Lab Kubernetes database charm (revision A)',
}

const kubernetesDatabaseB: CharmDescription = {
  ...databaseB,
  ...onKubernetes,
  summary: 'Lab Kubernetes database charm (revision B)',
}

/** Nothing runs in the lab: the recording played the agents by hand. */
const unplayed = (description: CharmDescription): Charm => ({
  description,
  deploy: () => {
    throw new Error('the agents of the lab are played from outside')
  },
})

/** The models of the recording, in the order in which they were made. */
export const labModels: readonly ModelSeed[] = [
  {
    name: 'controller',
    owner: 'prod',
    uuid: '2570c050-4b20-4f8c-8ea7-179e43c1a753',
    access: {},
    applications: [],
  },
  {
    name: 'test',
    owner: 'prod',
    uuid: labModel,
    access: {operator: 'write', viewer: 'read', modeladmin: 'admin'},
    applications: [
      {name: 'postgresql', charm: unplayed(database), units: 3},
      {name: 's3-integrator', charm: unplayed(integrator), units: 1},
    ],
    relations: [['postgresql:s3-parameters', 's3-integrator:s3-credentials']],
  },
  {
    name: 'k8s',
    owner: 'prod',
    uuid: kubernetesLabModel,
    type: 'caas',
    access: {operator: 'write'},
    applications: [{name: 'postgresql-k8s', charm: unplayed(kubernetesDatabase), units: 3}],
  },
]

const labUsers = ['admin', 'operator', 'viewer', 'modeladmin', 'nobody'].map(name => ({
  name,
  password: `${name}-secret`,
  superuser: name === 'admin',
}))

/** The controller of the recording, as it stood when the recording began. */
export async function startLab(t: TestContext, quirks: Partial<Quirks> = {}): Promise<SimulatedJuju> {
  const juju = await startTestedJuju(t, {
    profile: '4.0.12',
    models: labModels,
    users: labUsers,
    controllerUUID: labController,
    agents: 'external',
    checksParams: false,
    quirks,
  })
  t.after(() => juju.stop())
  const [machines, kubernetes] = [juju.control.model(labModel), juju.control.model(kubernetesLabModel)]
  machines.model.charms.add(unplayed(databaseB))
  kubernetes.model.charms.add(unplayed(kubernetesDatabaseB))
  settleUnits(machines)
  settleUnits(kubernetes)
  joinRelations(machines)
  // On Kubernetes the recording let no unit join its peers.
  for (const unit of kubernetes.application('postgresql-k8s').units.values()) unit.started = false
  return juju
}

/** What the recording's agents do with all units: they are up and well. */
export function settleUnits(control: ModelControl): void {
  for (const {name, units, charm} of control.model.applications.values()) {
    for (const unit of units.keys()) {
      control.setUnitStatus(unit, 'active', 'ready')
      control.setAgentStatus(unit, 'idle')
    }
    control.application(name).workloadVersion = charm.description.workloadVersion
  }
}

function joinRelations(control: ModelControl): void {
  for (const {name, units} of control.model.applications.values()) {
    const first = units.get(`${name}/0`)
    if (first !== undefined) first.databag['unit-key'] = `from-${name}-0`
    for (const {relation, own} of control.model.relationsOf(name))
      control.publish(name, relation.id, {'written-by': name, 'endpoint-name': own.endpoint})
  }
}
