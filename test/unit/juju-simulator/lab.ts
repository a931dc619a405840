import type {CharmDescription} from '../../charms/charm.ts'
import type {Charm} from '../../charms/machine.ts'
import type {ModelSeed} from '../../charms/model-seed.ts'
import type {ModelControl} from '../../juju-simulator/model-control.ts'

/** The model in which test/fixtures/juju-frames were recorded. */
export const labModel = '1a2e4842-b5c4-426b-81c7-8d088ff3f310'
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

/** Nothing runs in the lab: the recording played the agents by hand. */
const unplayed = (description: CharmDescription): Charm => ({
  description,
  deploy: () => {
    throw new Error('the agents of the lab are played from outside')
  },
})

export const lab: ModelSeed = {
  name: 'test',
  owner: 'prod',
  uuid: labModel,
  access: {operator: 'write', viewer: 'read', modeladmin: 'admin'},
  applications: [
    {name: 'postgresql', charm: unplayed(database), units: 3},
    {name: 's3-integrator', charm: unplayed(integrator), units: 1},
  ],
  relations: [['postgresql:s3-parameters', 's3-integrator:s3-credentials']],
}

/** The Kubernetes model of the recording. */
export const kubernetesLab: ModelSeed = {
  name: 'k8s',
  owner: 'prod',
  uuid: 'c83663be-f84b-47f4-899f-81035bf99685',
  type: 'caas',
  access: {operator: 'write'},
  applications: [{name: 'postgresql-k8s', charm: unplayed({...database, name: 'pgk8s'}), units: 3}],
}

/** What the recording's agents did when they came up. */
export function settleLab(control: ModelControl): void {
  for (const {name} of control.model.applications.values()) {
    for (const unit of control.units(name)) control.setUnitStatus(unit.name, 'active', 'ready')
    const first = control.application(name).units.get(`${name}/0`)
    if (first !== undefined) first.databag['unit-key'] = `from-${name}-0`
    for (const {relation, own} of control.model.relationsOf(name))
      control.publish(name, relation.id, {'written-by': name, 'endpoint-name': own.endpoint})
  }
}
