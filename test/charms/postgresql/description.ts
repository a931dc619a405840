import type {ActionSpec, CharmDescription, OptionSpec} from '../charm.ts'
import type {PostgresqlCharmId} from './dialect.ts'

const actions: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {
    description: 'Creates a backup to s3 storage.',
    parameters: {
      type: {type: 'string', description: 'The backup type: full, differential or incremental. Default is full.'},
    },
  },
  'get-primary': {description: 'Get the unit which is the primary/leader in the replication.', parameters: {}},
  'list-backups': {description: 'Lists backups in s3 storage.', parameters: {}},
  restore: {
    description: 'Restore a database backup using pgBackRest.',
    parameters: {
      'backup-id': {type: 'string', description: 'A backup-id to identify the backup to restore.'},
      'restore-to-time': {
        type: 'string',
        description: 'Point-in-time-recovery target in PSQL format, or latest.',
      },
    },
  },
}

const profileOption: OptionSpec = {
  type: 'string',
  description: 'Profile representing the scope of deployment, production or testing.',
  default: 'production',
}

const trackOptions: Readonly<Record<'14' | '16', Readonly<Record<string, OptionSpec>>>> = {
  '14': {profile: profileOption},
  '16': {
    profile: profileOption,
    'pause-after-unit-refresh': {
      type: 'string',
      description: 'Wait for manual confirmation to resume refresh after these units refresh: all, first or none.',
      default: 'first',
    },
  },
}

const released: Readonly<
  Record<PostgresqlCharmId, Pick<CharmDescription, 'name' | 'revision' | 'channel' | 'base' | 'workloadVersion'>>
> = {
  'postgresql-14': {
    name: 'postgresql',
    revision: 468,
    channel: '14/stable',
    base: {name: 'ubuntu', channel: '22.04/stable'},
    workloadVersion: '14.13',
  },
  'postgresql-16': {
    name: 'postgresql',
    revision: 843,
    channel: '16/stable',
    base: {name: 'ubuntu', channel: '24.04/stable'},
    workloadVersion: '16.9',
  },
  'postgresql-k8s-14': {
    name: 'postgresql-k8s',
    revision: 495,
    channel: '14/stable',
    base: {name: 'ubuntu', channel: '22.04/stable'},
    workloadVersion: '14.15',
  },
  'postgresql-k8s-16': {
    name: 'postgresql-k8s',
    revision: 700,
    channel: '16/stable',
    base: {name: 'ubuntu', channel: '24.04/stable'},
    workloadVersion: '16.9',
  },
}

/** What a model knows of a PostgreSQL charm; actions that no machine plays are left out. */
export function describeCharm(id: PostgresqlCharmId, revision?: number): CharmDescription {
  const release = released[id]
  return {
    ...release,
    revision: revision ?? release.revision,
    summary: `Charmed PostgreSQL ${release.channel}`,
    description: 'A charm machine that answers as the charm of this name does.',
    actions,
    options: trackOptions[release.channel.startsWith('14') ? '14' : '16'],
    provides: {database: {interface: 'postgresql_client'}},
    requires: {'s3-parameters': {interface: 's3', limit: 1, optional: true}},
    peers: {'database-peers': {interface: 'postgresql_peers'}},
  }
}
