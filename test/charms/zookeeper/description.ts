import type {CharmDescription} from '../charm.ts'
import {s3Endpoint} from '../plain/state.ts'

export const zookeeperCharmIds = ['zookeeper-3'] as const
export type ZookeeperCharmId = (typeof zookeeperCharmIds)[number]

/** What a model knows of the charm of ZooKeeper on machines. */
export const zookeeperDescription: CharmDescription = {
  name: 'zookeeper',
  summary: 'Charmed ZooKeeper 3',
  description: 'A charm machine that answers as the charm of this name does.',
  revision: 149,
  channel: '3/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '3.9.2',
  actions: {
    'create-backup': {description: 'Creates a backup in the store that the S3 integrator names.', parameters: {}},
    'list-backups': {description: 'Lists the backups in the store that the S3 integrator names.', parameters: {}},
    restore: {
      description: 'Restores a backup on all units.',
      parameters: {'backup-id': {type: 'string', description: 'Which backup, in the form %Y-%m-%dT%H:%M:%SZ.'}},
    },
    'pre-upgrade-check': {description: 'Checks and prepares before a refresh of the charm.', parameters: {}},
  },
  options: {'init-limit': {type: 'int', description: 'Ticks until a follower has to be connected.', default: 5}},
  provides: {zookeeper: {interface: 'zookeeper'}},
  requires: {
    certificates: {interface: 'tls-certificates', limit: 1, optional: true},
    [s3Endpoint]: {interface: 's3', limit: 1, optional: true},
  },
  peers: {
    cluster: {interface: 'cluster'},
    restart: {interface: 'rolling_op'},
    upgrade: {interface: 'upgrade'},
    restore: {interface: 'restore'},
  },
}
