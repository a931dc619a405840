import type {ActionSpec, CharmDescription} from '../charm.ts'
import {s3Endpoint} from '../plain/state.ts'

/** Released ones back up and list; a restore is only on a branch. */
export const valkeyCharmIds = ['valkey-9', 'valkey-9-restore', 'valkey-k8s-9', 'valkey-k8s-9-restore'] as const
export type ValkeyCharmId = (typeof valkeyCharmIds)[number]

const actions: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {
    description: 'Streams a backup of this unit to the store that the integrator names.',
    parameters: {},
  },
  'list-backups': {
    description: 'Lists the backups in the store that the integrator names, newest first.',
    parameters: {output: {type: 'string', default: 'table', description: 'table or json.'}},
  },
  'status-detail': {
    description: 'Tells all statuses of the unit and of the application.',
    parameters: {recompute: {type: 'boolean', default: false, description: 'Works them out anew.'}},
  },
}

const withRestore: Readonly<Record<string, ActionSpec>> = {
  ...actions,
  'restore-backup': {
    description: 'Restores a backup on all units; on the leader.',
    parameters: {'backup-id': {type: 'string', description: 'Which backup, in the form %Y-%m-%dT%H:%M:%SZ.'}},
  },
}

const common = {
  name: 'valkey',
  summary: 'Charmed Valkey 9',
  description: 'A charm machine that answers as the charm of this name does.',
  revision: 31,
  channel: '9/edge',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '9.0.1',
  options: {'system-users': {type: 'secret', description: 'A user secret with the passwords of system users.'}},
  provides: {'valkey-client': {interface: 'valkey_client', optional: true}},
  requires: {
    'client-certificates': {interface: 'tls-certificates', limit: 1, optional: true},
    [s3Endpoint]: {interface: 's3', limit: 1, optional: true},
  },
  peers: {'valkey-peers': {interface: 'valkey_peers'}, 'status-peers': {interface: 'status_peers'}},
} as const

/** One charm runs on machines and on Kubernetes. */
const onKubernetes = {
  resources: {'valkey-image': {type: 'oci-image', description: 'Image with Valkey and its tools.'}},
  containers: {valkey: {resource: 'valkey-image'}},
} as const

/** What a model knows of a Valkey charm. */
export function describeValkey(id: ValkeyCharmId): CharmDescription {
  return {
    ...common,
    ...(id.includes('-k8s-') ? onKubernetes : {}),
    ...(id.endsWith('-restore') ? {actions: withRestore, revision: common.revision + 1} : {actions}),
  }
}
