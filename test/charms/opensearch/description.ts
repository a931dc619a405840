import type {ActionSpec, CharmDescription} from '../charm.ts'
import {refreshActions} from '../postgresql/actions.ts'
import {s3Endpoint} from '../plain/state.ts'

/** The charm of 2024, and those that stand on the library which both platforms share. */
export const opensearchCharmIds = ['opensearch-2', 'opensearch-2-next', 'opensearch-k8s-2-next'] as const
export type OpensearchCharmId = (typeof opensearchCharmIds)[number]

const backups: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {description: 'Starts a backup to the store that the integrator names.', parameters: {}},
  'list-backups': {
    description: 'Lists the backups in the store that the integrator names.',
    parameters: {output: {type: 'string', default: 'table', description: 'table or json.'}},
  },
  restore: {
    description: 'Restores a backup.',
    parameters: {'backup-id': {type: 'string', description: 'Which backup, in the form %Y-%m-%dT%H:%M:%SZ.'}},
    required: ['backup-id'],
  },
}

const upgrade: Readonly<Record<string, ActionSpec>> = {
  'pre-upgrade-check': {description: 'Checks and prepares before a refresh of the charm.', parameters: {}},
  'resume-upgrade': {description: 'Goes on with an upgrade after its first unit was looked at.', parameters: {}},
}

const common = {
  summary: 'Charmed OpenSearch 2',
  description: 'A charm machine that answers as the charm of this name does.',
  workloadVersion: '2.14.0',
  options: {
    cluster_name: {type: 'string', description: 'Name of the cluster; set once, when it is deployed.'},
    roles: {type: 'string', description: 'Roles of the nodes, separated by commas.'},
  },
  provides: {'opensearch-client': {interface: 'opensearch_client'}},
  requires: {
    certificates: {interface: 'tls-certificates', limit: 1, optional: true},
    [s3Endpoint]: {interface: 's3', limit: 1, optional: true},
  },
  peers: {'opensearch-peers': {interface: 'opensearch_peers'}},
} as const

const next = {
  ...common,
  channel: '2/edge',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  requires: {
    ...common.requires,
    'azure-credentials': {interface: 'azure', limit: 1, optional: true},
    'gcs-credentials': {interface: 'gcs', limit: 1, optional: true},
  },
  actions: {...backups, ...refreshActions},
} as const

const released: Readonly<Record<OpensearchCharmId, CharmDescription>> = {
  'opensearch-2': {
    ...common,
    name: 'opensearch',
    revision: 168,
    channel: '2/stable',
    base: {name: 'ubuntu', channel: '22.04/stable'},
    actions: {...backups, ...upgrade},
  },
  'opensearch-2-next': {...next, name: 'opensearch', revision: 312},
  'opensearch-k8s-2-next': {
    ...next,
    name: 'opensearch-k8s',
    revision: 21,
    resources: {'opensearch-image': {type: 'oci-image', description: 'Image with OpenSearch and its tools.'}},
    containers: {opensearch: {resource: 'opensearch-image'}},
  },
}

/** What a model knows of an OpenSearch charm. */
export function describeOpensearch(id: OpensearchCharmId): CharmDescription {
  return released[id]
}
