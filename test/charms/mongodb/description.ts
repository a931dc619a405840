import type {ActionSpec, CharmDescription, JsonSchema, OptionSpec} from '../charm.ts'
import {refreshActions} from '../postgresql/actions.ts'
import type {MongodbCharmId} from './dialect.ts'

const text = (description: string): JsonSchema => ({type: 'string', description})
const id = text('Which backup, in the form %Y-%m-%dT%H:%M:%SZ.')
const remap = text('Other names for the replica sets of the backup: new=old, separated by commas.')

const restore: ActionSpec = {description: 'Starts to restore a backup.', parameters: {'backup-id': id}}

const backups: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {description: 'Starts a backup to the store that the S3 integrator names.', parameters: {}},
  'list-backups': {description: 'Lists the backups in the store that the S3 integrator names.', parameters: {}},
  restore: {...restore, parameters: {...restore.parameters, 'remap-pattern': remap}},
}

const primary: Readonly<Record<string, ActionSpec>> = {
  'get-primary': {description: 'Tells the unit with the primary replica.', parameters: {}},
}

const username = text('The system user; default operator.')
const key = (of: string): JsonSchema => text(`The key for ${of} communication; generated when it is left out.`)

const track6: Readonly<Record<string, ActionSpec>> = {
  ...backups,
  'get-password': {description: 'Tells the password of a system user.', parameters: {username}},
  'set-password': {
    description: 'Changes the password of a system user.',
    parameters: {username, password: text('The new password; generated when it is left out.')},
  },
  'set-tls-private-key': {
    description: 'Sets the keys for certificate requests of a unit.',
    parameters: {'external-key': key('external'), 'internal-key': key('internal')},
  },
}

const refresh6: Readonly<Record<string, ActionSpec>> = {
  'force-refresh-start': {description: 'Refreshes this unit by force.', parameters: {}},
  'pre-refresh-check': {description: 'Tells whether the charm is ready for a refresh.', parameters: {}},
  'resume-refresh': {description: 'Refreshes the next units after the refreshed ones were looked at.', parameters: {}},
}

const track8: Readonly<Record<string, ActionSpec>> = {
  ...backups,
  ...primary,
  ...refreshActions,
  'status-detail': {
    description: 'Tells all statuses of the unit and of the application.',
    parameters: {recompute: {type: 'boolean', default: false, description: 'Works them out anew.'}},
  },
}

const role: OptionSpec = {
  type: 'string',
  description: 'What the application is deployed as: replication, config-server or shard.',
  default: 'replication',
}

const common = {
  description: 'A charm machine that answers as the charm of this name does.',
  provides: {
    database: {interface: 'mongodb_client'},
    'config-server': {interface: 'shards'},
    cluster: {interface: 'config-server'},
  },
} as const

const requires = {
  certificates: {interface: 'tls-certificates', limit: 1, optional: true},
  's3-credentials': {interface: 's3', limit: 1, optional: true},
  sharding: {interface: 'shards', limit: 1, optional: true},
} as const

const of6 = {
  ...common,
  requires,
  peers: {'database-peers': {interface: 'mongodb-peers'}, 'upgrade-version-a': {interface: 'upgrade'}},
  channel: '6/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '6.0.6',
  summary: 'Charmed MongoDB 6',
  options: {
    'auto-delete': {
      type: 'boolean',
      description: 'Whether databases go with the relation that asked for them.',
      default: false,
    },
    role,
  },
} as const

const of8 = {
  ...common,
  requires: {...requires, 'gcs-credentials': {interface: 'gcs', limit: 1, optional: true}},
  peers: {'database-peers': {interface: 'mongodb-peers'}, 'refresh-v-three': {interface: 'refresh'}},
  channel: '8/stable',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '8.0.12',
  summary: 'Charmed MongoDB 8',
  options: {
    'pause-after-unit-refresh': {
      type: 'string',
      description: 'Wait for manual confirmation to resume refresh after these units refresh: all, first or none.',
      default: 'first',
    },
    role,
    'system-users': {type: 'secret', description: 'A user secret with the passwords of system users.'},
  },
} as const

const onKubernetes = {
  name: 'mongodb-k8s',
  resources: {'mongodb-image': {type: 'oci-image', description: 'Image with MongoDB and its tools.'}},
  containers: {mongod: {resource: 'mongodb-image'}},
} as const

const released: Readonly<Record<MongodbCharmId, CharmDescription>> = {
  'mongodb-6': {...of6, name: 'mongodb', revision: 199, actions: {...track6, ...primary, ...refresh6}},
  'mongodb-k8s-6': {
    ...of6,
    ...onKubernetes,
    revision: 61,
    actions: {...track6, ...refresh6, restore},
  },
  'mongodb-8': {...of8, name: 'mongodb', revision: 245, actions: track8},
  'mongodb-k8s-8': {...of8, ...onKubernetes, revision: 104, actions: track8},
}

/** What a model knows of a MongoDB charm. */
export function describeMongodb(charm: MongodbCharmId, revision?: number): CharmDescription {
  const release = released[charm]
  return {...release, revision: revision ?? release.revision}
}
