import type {CharmDescription} from '../charm.ts'
import {s3Endpoint} from '../plain/state.ts'

export const etcdCharmIds = ['etcd-3.5'] as const
export type EtcdCharmId = (typeof etcdCharmIds)[number]

/** What a model knows of the charm of etcd; there is none for Kubernetes. */
export const etcdDescription: CharmDescription = {
  name: 'charmed-etcd',
  summary: 'Charmed etcd 3.5',
  description: 'A charm machine that answers as the charm of this name does.',
  revision: 49,
  channel: '3.5/stable',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '3.5.18',
  actions: {
    'create-backup': {description: 'Creates a backup in the store that the integrator names.', parameters: {}},
    'list-backups': {description: 'Lists the backups in the store that the integrator names.', parameters: {}},
    restore: {
      description: 'Restores a backup on all units.',
      parameters: {'backup-id': {type: 'string', description: 'Which backup, in the form %Y-%m-%dT%H:%M:%SZ.'}},
    },
    'rebuild-cluster': {
      description: 'Makes a new cluster of the units that are left.',
      parameters: {force: {type: 'boolean', default: false, description: 'Although there is a majority.'}},
    },
  },
  options: {'system-users': {type: 'secret', description: 'A user secret with the passwords of system users.'}},
  provides: {'etcd-client': {interface: 'etcd_client'}},
  requires: {
    'peer-certificates': {interface: 'tls-certificates', limit: 1, optional: true},
    'client-certificates': {interface: 'tls-certificates', limit: 1, optional: true},
    [s3Endpoint]: {interface: 's3', limit: 1, optional: true},
  },
  peers: {'etcd-peers': {interface: 'etcd_peers'}, restart: {interface: 'rolling_op'}},
}
