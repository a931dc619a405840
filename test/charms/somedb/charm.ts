import type {CharmDescription} from '../charm.ts'
import {plainCharm} from '../plain/machine.ts'
import type {PlainCharm} from '../plain/machine.ts'
import {MemoryPlainDatabase} from '../plain/memory-engine.ts'
import type {MemoryPlainOptions, PlainLayout} from '../plain/memory-engine.ts'
import {s3Endpoint} from '../plain/state.ts'
import {createBackup, listBackups, restore, shown} from './actions.ts'

/** A charm that nobody has heard of: all that is known of it are the names of its actions. */
export const somedbCharmIds = ['somedb-1', 'somedb-k8s-1'] as const
export type SomedbCharmId = (typeof somedbCharmIds)[number]

export type SomedbConditions = Readonly<Record<never, never>>
export type SomedbCharm = PlainCharm<SomedbConditions>

const common = {
  name: 'somedb',
  summary: 'A database of somebody',
  description: 'A charm machine of a charm that does not exist.',
  revision: 7,
  channel: '1/stable',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '1.4.0',
  actions: {
    'create-backup': {description: 'Creates a backup.', parameters: {}},
    'list-backups': {description: 'Lists backups.', parameters: {}},
    restore: {
      description: 'Restores a backup.',
      parameters: {'backup-id': {type: 'string', description: 'Which backup.'}},
      required: ['backup-id'],
    },
  },
  options: {},
  provides: {database: {interface: 'somedb_client'}},
  requires: {[s3Endpoint]: {interface: 's3', limit: 1, optional: true}},
  peers: {peers: {interface: 'somedb_peers'}},
} as const satisfies CharmDescription

const onKubernetes = {
  name: 'somedb-k8s',
  resources: {'somedb-image': {type: 'oci-image', description: 'Image with the database.'}},
  containers: {somedb: {resource: 'somedb-image'}},
} as const

/** Whatever such a charm uploads. */
const layout: PlainLayout = (id, number) => [{key: `dumps/${id}.tar`, text: `dump ${number} of ${id}\n`}]

export function memorySomedb(options: MemoryPlainOptions): MemoryPlainDatabase {
  return new MemoryPlainDatabase(options, layout)
}

/** The unknown charm. */
export function somedbCharm(id: SomedbCharmId, engine: MemoryPlainDatabase): SomedbCharm {
  return plainCharm<SomedbConditions>({
    description: {...common, ...(id === 'somedb-k8s-1' ? onKubernetes : {})},
    engine,
    conditions: {},
    dialect: {actions: {'create-backup': createBackup, 'list-backups': listBackups, restore}, shown},
  })
}
