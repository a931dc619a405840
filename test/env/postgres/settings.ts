import {join} from 'node:path'

/** Where pgBackRest keeps its repository; what the s3 relation gives the charm. */
export interface RepositorySettings {
  /** https://host:port; pgBackRest speaks TLS only. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly accessKey: string
  readonly secretKey: string
  readonly uriStyle: 'path' | 'host'
  /** PEM of what signed the server's certificate; without it the system's roots. */
  readonly caCertificate?: string
  /** Full backups older than this expire with the next backup; without it nothing ever does. */
  readonly retentionDays?: number
}

/** Folders and files of one cluster, all below one directory. */
export interface ClusterPaths {
  readonly root: string
  readonly data: string
  readonly socket: string
  readonly log: string
  readonly serverLog: string
  readonly lock: string
  readonly spool: string
  /** postgresql.conf lies outside the data, so that a restore brings no foreign paths along. */
  readonly postgresConfig: string
  readonly pgbackrestConfig: string
  readonly ca: string
}

export function clusterPaths(root: string): ClusterPaths {
  return {
    root,
    data: join(root, 'data'),
    socket: join(root, 'socket'),
    log: join(root, 'log'),
    serverLog: join(root, 'log', 'postgresql.log'),
    lock: join(root, 'lock'),
    spool: join(root, 'spool'),
    postgresConfig: join(root, 'postgresql.conf'),
    pgbackrestConfig: join(root, 'pgbackrest.conf'),
    ca: join(root, 's3-ca.pem'),
  }
}

/** The charm's "never": what it gives pgBackRest when the integrator sets no retention. */
const keepForEver = 9_999_999

/** pgbackrest.conf as the charm writes it (compression, bundling, retention by time), for one machine without standby. */
export function pgbackrestConfig(paths: ClusterPaths, stanza: string, repository: RepositorySettings): string {
  const endpoint = new URL(repository.endpoint)
  const global: Record<string, string | number> = {
    'repo1-type': 's3',
    'repo1-path': `/${repository.path.replace(/^\/+|\/+$/g, '')}`,
    'repo1-s3-endpoint': endpoint.hostname,
    'repo1-storage-port': endpoint.port === '' ? 443 : endpoint.port,
    'repo1-s3-bucket': repository.bucket,
    'repo1-s3-region': repository.region,
    'repo1-s3-key': repository.accessKey,
    'repo1-s3-key-secret': repository.secretKey,
    'repo1-s3-uri-style': repository.uriStyle,
    ...(repository.caCertificate === undefined ? {} : {'repo1-storage-ca-file': paths.ca}),
    'repo1-bundle': 'y',
    'repo1-retention-full-type': 'time',
    'repo1-retention-full': repository.retentionDays ?? keepForEver,
    'repo1-retention-history': 365,
    'compress-type': 'zst',
    'start-fast': 'y',
    'process-max': 2,
    'log-path': paths.log,
    'log-level-file': 'info',
    'lock-path': paths.lock,
    'spool-path': paths.spool,
    'archive-timeout': 30,
    'io-timeout': 30,
  }
  const instance = {'pg1-path': paths.data, 'pg1-socket-path': paths.socket, 'pg1-user': 'postgres'}
  return `[global]\n${lines(global)}\n\n[${stanza}]\n${lines(instance)}\n`
}

/**
 * postgresql.conf: only a socket in a folder that nobody else can enter, and a small memory. fsync is off: these
 * clusters need not survive a power cut.
 */
export function postgresConfig(paths: ClusterPaths, archiveCommand: string): string {
  return lines({
    listen_addresses: "''",
    unix_socket_directories: `'${paths.socket}'`,
    shared_buffers: "'16MB'",
    max_connections: 20,
    fsync: 'off',
    wal_level: 'replica',
    archive_mode: 'on',
    archive_command: `'${archiveCommand.replaceAll("'", "''")}'`,
    timezone: "'UTC'",
    log_timezone: "'UTC'",
  })
}

function lines(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')
}
