import {pythonString} from '../python.ts'
import type {CommandResult} from './engine.ts'

export type PostgresqlCharmId = 'postgresql-14' | 'postgresql-16' | 'postgresql-k8s-14' | 'postgresql-k8s-16'

/**
 * In what the four PostgreSQL charms differ, text for text. Executed charm code is the source: the recordings in
 * test/fixtures/charm-recordings hold every text below but for those marked `read`.
 */
export interface Dialect {
  readonly id: PostgresqlCharmId
  readonly track: '14' | '16'
  /** Machine charms refuse backups and listings on a standby cluster; the Kubernetes charms do not look. */
  readonly refusesStandbyCluster: boolean
  /** Track 14 backs up from a replica only when TLS is on, and from the primary otherwise; track 16 always from a replica. */
  readonly replicaNeedsTls: boolean
  /** What a restore says while an async replication relation exists; undefined: it does not look. */
  readonly asyncReplication: string | undefined
  readonly overrideFailed: string
  /** `with error: ...` is part of the texts about stopping the service and emptying the data directory. */
  readonly namesRestoreErrors: boolean
  readonly clusterName: (application: string) => string
  /** What a failed pgBackRest run looks like in a message; undefined: the charm raises `backupRaises` instead. */
  readonly backupError: ((run: CommandResult) => string) | undefined
  /** What a failed listing looks like after `Failed to list PostgreSQL backups with error: `. */
  readonly listError: (step: 'backups' | 'repository', run: CommandResult) => string
  /** The exception of a listing that fails where the charm does not expect it. */
  readonly listRaises: (step: 'backups' | 'repository', run: CommandResult) => string
  /** A backup was made and the listing after it fails. */
  readonly idNotFound: (run: CommandResult) => string
  /** A restore cannot list; undefined: the charm raises `listRaises`. */
  readonly restoreListFailed: string | undefined
}

/** The last lines of pgBackRest's own words, as the machine charms quote them. */
function quoted(run: CommandResult): string {
  const lines = [...run.stderr.split('\n'), ...run.stdout.split('\n').map(line => line.replace(/^.*?P\d\d +/, ''))]
  const notable = lines.filter(line => /^(?:WARN|ERROR): /.test(line)).map(line => line.trim())
  const unknown =
    'Unknown error occurred. Please check the logs at /var/snap/charmed-postgresql/common/var/log/pgbackrest'
  return notable.length === 0 ? unknown : notable.join('; ')
}

/** The words of the exception that a failed command raises in a Kubernetes charm. */
function execError(run: CommandResult): string {
  return `${exitCode(run)}, stdout=${pythonString(run.stdout)}, stderr=${pythonString(run.stderr)}`
}

const exitCode = (run: CommandResult): string => `non-zero exit code ${run.rc} executing 'pgbackrest'`

const machines = {
  refusesStandbyCluster: true,
  overrideFailed: 'Failed to override Patroni restart condition',
  namesRestoreErrors: false,
  clusterName: (application: string) => application,
  backupError: quoted,
  listError: (step: 'backups' | 'repository', run: CommandResult) =>
    `Failed to list ${step} with error: ${quoted(run)}`,
  listRaises: (step: 'backups' | 'repository', run: CommandResult) =>
    `ListBackupsError: Failed to list ${step} with error: ${quoted(run)}`,
  idNotFound: () => 'Failed to retrieve backup id',
  restoreListFailed: 'Failed to retrieve backups list',
} as const

const kubernetes = {
  refusesStandbyCluster: false,
  overrideFailed: 'Failed to override Patroni on-failure condition',
  namesRestoreErrors: true,
  clusterName: (application: string) => `patroni-${application}`,
  listError: (_step: 'backups' | 'repository', run: CommandResult) => execError(run),
  listRaises: (_step: 'backups' | 'repository', run: CommandResult) => `ExecError: ${execError(run)}`,
  idNotFound: (run: CommandResult) => `Failed to backup PostgreSQL with error: ${execError(run)}`,
  restoreListFailed: undefined,
} as const

const asyncRelation = 'Unit cannot restore backup with an active async replication relation'

/** The charms by id. */
export const dialects: Readonly<Record<PostgresqlCharmId, Dialect>> = {
  'postgresql-14': {...machines, id: 'postgresql-14', track: '14', replicaNeedsTls: true, asyncReplication: undefined},
  'postgresql-16': {
    ...machines,
    id: 'postgresql-16',
    track: '16',
    replicaNeedsTls: false,
    asyncReplication: asyncRelation,
  },
  'postgresql-k8s-14': {
    ...kubernetes,
    id: 'postgresql-k8s-14',
    track: '14',
    replicaNeedsTls: true,
    asyncReplication: 'Unit cannot restore backup as the cluster is replicating data to a standby cluster',
    backupError: undefined,
  },
  'postgresql-k8s-16': {
    ...kubernetes,
    id: 'postgresql-k8s-16',
    track: '16',
    replicaNeedsTls: false,
    asyncReplication: asyncRelation,
    backupError: exitCode,
  },
}
