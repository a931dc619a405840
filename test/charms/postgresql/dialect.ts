import {pythonString} from '../python.ts'
import type {CommandResult} from './engine.ts'

/** The charms that are released, and the library that their next revisions stand on. */
export const postgresqlCharmIds = [
  'postgresql-14',
  'postgresql-16',
  'postgresql-k8s-14',
  'postgresql-k8s-16',
  'postgresql-16-next',
  'postgresql-k8s-16-next',
] as const

export type PostgresqlCharmId = (typeof postgresqlCharmIds)[number]

/**
 * In what the PostgreSQL charms differ, text for text. Executed charm code is the source: the recordings in
 * test/fixtures/charm-recordings hold every text below but for those marked `read`.
 */
export interface Dialect {
  readonly id: PostgresqlCharmId
  readonly track: '14' | '16'
  /** Patroni keeps its majority by Raft; on Kubernetes the Kubernetes API keeps it. */
  readonly hasRaft: boolean
  /** Machine charms refuse backups and listings on a standby cluster; the released Kubernetes charms do not look. */
  readonly refusesStandbyCluster: boolean
  /** Track 14 backs up from a replica only when TLS is on, and from the primary otherwise; track 16 always from a replica. */
  readonly replicaNeedsTls: boolean
  /** What a restore says while an async replication relation exists; undefined: it does not look. */
  readonly asyncReplication: string | undefined
  /** The same for logical replication; read. */
  readonly logicalReplication: string | undefined
  /** What a unit shows when the repository was made but its check failed; read for the released charms. */
  readonly stanzaCheckFailed: string
  readonly overrideFailed: string
  /** `with error: ...` is part of the texts about stopping the service and emptying the data directory. */
  readonly namesRestoreErrors: boolean
  readonly clusterName: (application: string) => string
  /** What a failed pgBackRest run looks like in a message; undefined: the charm raises instead. */
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
  return `${exitCode(run)}, stdout=${shortened(run.stdout)}, stderr=${shortened(run.stderr)}`
}

/** How much of a command's output the exception shows. */
const shownCharacters = 1024

function shortened(output: string): string {
  const note = output.length > shownCharacters ? ' [truncated]' : ''
  return pythonString(output.slice(0, shownCharacters)) + note
}

const exitCode = (run: CommandResult): string => `non-zero exit code ${run.rc} executing 'pgbackrest'`

const stanzaFailed = 'failed to initialize stanza, check your S3 settings'

const machines = {
  hasRaft: true,
  refusesStandbyCluster: true,
  logicalReplication: undefined,
  stanzaCheckFailed: stanzaFailed,
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
  hasRaft: false,
  refusesStandbyCluster: false,
  logicalReplication: undefined,
  stanzaCheckFailed: stanzaFailed,
  overrideFailed: 'Failed to override Patroni on-failure condition',
  namesRestoreErrors: true,
  clusterName: (application: string) => `patroni-${application}`,
  listError: (_step: 'backups' | 'repository', run: CommandResult) => execError(run),
  listRaises: (_step: 'backups' | 'repository', run: CommandResult) => `ExecError: ${execError(run)}`,
  idNotFound: (run: CommandResult) => `Failed to backup PostgreSQL with error: ${execError(run)}`,
  restoreListFailed: undefined,
} as const

const asyncRelation = 'Unit cannot restore backup with an active async replication relation'

const machines16 = {...machines, track: '16', replicaNeedsTls: false, asyncReplication: asyncRelation} as const
const kubernetes16 = {...kubernetes, track: '16', replicaNeedsTls: false, asyncReplication: asyncRelation} as const

/** What the library 16.3.20 changes on both platforms. */
const next = {
  refusesStandbyCluster: true,
  logicalReplication: 'Unit cannot restore backup with an active logical replication relation',
  stanzaCheckFailed: 'failed to check stanza, inspect the charm debug-log and verify your S3 settings',
} as const

/** The charms by id. */
export const dialects: Readonly<Record<PostgresqlCharmId, Dialect>> = {
  'postgresql-14': {...machines, id: 'postgresql-14', track: '14', replicaNeedsTls: true, asyncReplication: undefined},
  'postgresql-16': {...machines16, id: 'postgresql-16'},
  'postgresql-16-next': {...machines16, ...next, id: 'postgresql-16-next'},
  'postgresql-k8s-14': {
    ...kubernetes,
    id: 'postgresql-k8s-14',
    track: '14',
    replicaNeedsTls: true,
    asyncReplication: 'Unit cannot restore backup as the cluster is replicating data to a standby cluster',
    backupError: undefined,
  },
  'postgresql-k8s-16': {...kubernetes16, id: 'postgresql-k8s-16', backupError: exitCode},
  'postgresql-k8s-16-next': {...kubernetes16, ...next, id: 'postgresql-k8s-16-next', backupError: execError},
}
