import type {ActionSpec, CharmDescription, OptionSpec} from '../charm.ts'

export const mysqlCharmIds = ['mysql-8.0', 'mysql-k8s-8.0'] as const
export type MysqlCharmId = (typeof mysqlCharmIds)[number]

const username = {type: 'string', description: 'A system user of the charm; default root.'} as const

const actions: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {
    description: 'Creates a backup with xtrabackup in the store that the S3 integrator names.',
    parameters: {
      force: {
        type: 'boolean',
        default: false,
        description: 'Backs up whatever the health of the cluster and the unit; the data may be stale.',
      },
    },
  },
  'create-replication': {
    description: 'Sets up replication between two related clusters, from the offering side.',
    parameters: {name: {type: 'string', default: 'default', description: 'Name of the replication.'}},
  },
  'get-cluster-status': {
    description: 'Gets the status of the cluster.',
    parameters: {
      'cluster-set': {
        type: 'boolean',
        default: false,
        description: 'The status of the set of clusters instead of that of the cluster.',
      },
    },
  },
  'get-password': {description: 'Gets the password of a system user.', parameters: {username}},
  'list-backups': {description: 'Lists the backups in the store that the S3 integrator names.', parameters: {}},
  'pre-upgrade-check': {description: 'Checks and prepares before a refresh of the charm.', parameters: {}},
  'promote-to-primary': {
    description: 'Makes the unit the primary of its cluster, or the cluster the primary of its set.',
    parameters: {
      scope: {type: 'string', enum: ['unit', 'cluster'], description: 'What to promote.'},
      force: {
        type: 'boolean',
        default: false,
        description: 'The previous primary is lost: failover of a cluster, quorum forced from a unit.',
      },
    },
  },
  'recreate-cluster': {
    description: 'Makes a cluster of units that belonged to a standby cluster.',
    parameters: {},
  },
  'rejoin-cluster': {
    description: 'Takes an invalidated cluster back into its set.',
    parameters: {'cluster-name': {type: 'string', description: 'Name of the cluster.'}},
  },
  restore: {
    description: 'Restores a backup with xtrabackup.',
    parameters: {
      'backup-id': {type: 'string', description: 'Which backup, in the form %Y-%m-%dT%H:%M:%SZ.'},
      'restore-to-time': {
        type: 'string',
        description: 'Point in time to recover to after the backup, in the form %Y-%m-%d %H:%M:%S, or latest.',
      },
    },
  },
  'set-password': {
    description: 'Changes the password of a system user.',
    parameters: {
      username: {...username, enum: ['root', 'serverconfig', 'clusteradmin']},
      password: {type: 'string', description: 'The new password; generated when it is left out.'},
    },
  },
  'set-tls-private-key': {
    description: 'Sets the key for certificate requests of a unit.',
    parameters: {'internal-key': {type: 'string', description: 'The key; generated when it is left out.'}},
  },
}

const onKubernetes: Readonly<Record<string, ActionSpec>> = {
  'resume-upgrade': {description: 'Goes on with an upgrade after its first unit was looked at.', parameters: {}},
}

const text = (description: string, value?: string): OptionSpec => ({
  type: 'string',
  description,
  ...(value === undefined ? {} : {default: value}),
})

const options: Readonly<Record<string, OptionSpec>> = {
  'cluster-name': text('Name of the InnoDB cluster; set once, when the application is deployed.'),
  'cluster-set-name': text('Name of the set of clusters; set once, when the application is deployed.'),
  profile: text('The scope of the deployment: production or testing.', 'production'),
  'profile-limit-memory': {type: 'int', description: 'Memory for MySQL and what belongs to it, in MB.'},
  'plugin-audit-enabled': {type: 'boolean', description: 'Whether the audit plugin is on.', default: true},
  'plugin-audit-strategy': text('How the audit log is written: semi-async or async.', 'async'),
  binlog_retention_days: {type: 'int', description: 'How many days binary logs are kept.', default: 7},
  logs_audit_policy: text('What the audit log holds: all, logins or queries.', 'logins'),
  logs_retention_period: text('How many days rotated logs are kept, from 3 on, or auto.', 'auto'),
  'experimental-max-connections': {type: 'int', description: 'How many connections MySQL allows.'},
}

const machineOptions: Readonly<Record<string, OptionSpec>> = {
  'mysql-interface-user': text('User of the legacy mysql relation.'),
  'mysql-interface-database': text('Database of the legacy mysql relation.'),
}

const common = {
  channel: '8.0/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '8.0.39',
  summary: 'Charmed MySQL 8.0',
  description: 'A charm machine that answers as the charm of this name does.',
  provides: {database: {interface: 'mysql_client'}, 'replication-offer': {interface: 'mysql_async', limit: 1}},
  requires: {
    certificates: {interface: 'tls-certificates', limit: 1, optional: true},
    's3-parameters': {interface: 's3', limit: 1, optional: true},
    replication: {interface: 'mysql_async', limit: 1, optional: true},
  },
  peers: {
    'database-peers': {interface: 'mysql_peers'},
    upgrade: {interface: 'upgrade'},
    restart: {interface: 'rolling_op'},
  },
} as const

const released: Readonly<Record<MysqlCharmId, CharmDescription>> = {
  'mysql-8.0': {...common, name: 'mysql', revision: 366, actions, options: {...options, ...machineOptions}},
  'mysql-k8s-8.0': {
    ...common,
    name: 'mysql-k8s',
    revision: 255,
    actions: {...actions, ...onKubernetes},
    options,
    resources: {'mysql-image': {type: 'oci-image', description: 'Image with MySQL and its tools.'}},
    containers: {mysql: {resource: 'mysql-image'}},
  },
}

/** What a model knows of a MySQL charm. */
export function describeMysql(id: MysqlCharmId, revision?: number): CharmDescription {
  const release = released[id]
  return {...release, revision: revision ?? release.revision}
}
