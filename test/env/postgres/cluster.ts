import {chmod, chown, mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CommandFailed, runCommand, runOrThrow, type CommandResult} from '../process/command.ts'
import {Daemon} from '../process/daemon.ts'
import {unprivileged, type Identity} from '../process/isolation.ts'
import {
  restoreArguments,
  stanzasOf,
  type BackupType,
  type CommandControl,
  type RestoreResult,
  type RestoreTarget,
  type StanzaInfo,
} from './pgbackrest.ts'
import {clusterPaths, pgbackrestConfig, postgresConfig, type ClusterPaths, type RepositorySettings} from './settings.ts'

export type {RepositorySettings} from './settings.ts'

/** The programs behind a cluster. */
export interface PostgresBinaries {
  /** Folder with initdb, postgres and psql of PostgreSQL 15. */
  readonly postgresDir: string
  readonly pgbackrest: string
}

export interface ClusterOptions {
  /**
   * Made by create, removed by destroy. When this process is root, PostgreSQL runs as the user `postgres`, who must be
   * able to enter every folder above it. Keep it short: a socket's path has at most 107 characters.
   */
  readonly dir: string
  /** pgBackRest's name of the cluster; the charm's is `<model>.<application>`. */
  readonly stanza: string
  readonly binaries: PostgresBinaries
  /** More options of initdb, for example `--wal-segsize=1`. */
  readonly initdbOptions?: readonly string[]
}

/**
 * A real PostgreSQL 15 with pgBackRest, on a socket of its own.
 *
 * Commands of pgBackRest never throw because they failed: exit code and stderr are the result, since a charm puts them
 * into its messages. What the machine itself cannot do (no initdb, no start) is an Error.
 */
export class PostgresCluster {
  readonly stanza: string
  readonly paths: ClusterPaths
  readonly #binaries: PostgresBinaries
  readonly #initdbOptions: readonly string[]
  readonly #user: Identity | undefined
  #server: Daemon | undefined

  private constructor(options: ClusterOptions) {
    this.stanza = options.stanza
    this.paths = clusterPaths(options.dir)
    this.#binaries = options.binaries
    this.#initdbOptions = options.initdbOptions ?? []
    this.#user = unprivileged('postgres')
  }

  /** Makes an empty cluster and starts it. Nothing is archived before useRepository. */
  static async create(options: ClusterOptions): Promise<PostgresCluster> {
    const cluster = new PostgresCluster(options)
    const {root, socket, log, lock, spool} = cluster.paths
    for (const dir of [root, socket, log, lock, spool]) await cluster.#makeDirectory(dir)
    await cluster.#begin()
    return cluster
  }

  /** The machine is lost with its data; a new one takes its place, as empty as `create` leaves it. */
  async renew(): Promise<void> {
    await this.stop('immediate')
    await rm(this.paths.data, {recursive: true, force: true})
    await this.#begin()
  }

  /** Starts PostgreSQL and waits until it takes connections (in recovery it may only read). */
  async start(): Promise<void> {
    await this.#launch()
    await this.#server?.ready(async () => ((await this.psql('select 1')) === '1' ? true : undefined))
  }

  /** fast: clients are cut, a checkpoint is written. immediate: as a crash. */
  async stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.#server?.stop(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    this.#server = undefined
  }

  get running(): boolean {
    return this.#server?.running ?? false
  }

  get processes(): Readonly<Record<string, number>> {
    return this.#server?.running === true ? {postgres: this.#server.pid} : {}
  }

  /** Stops PostgreSQL and removes everything of the cluster; the repository in the store stays. */
  async destroy(): Promise<void> {
    await this.stop('immediate')
    await rm(this.paths.root, {recursive: true, force: true})
  }

  /** Points pgBackRest at a repository and turns archiving on; undefined turns it off. A stanza is not created. */
  async useRepository(repository: RepositorySettings | undefined): Promise<void> {
    if (repository !== undefined) await this.pointAt(repository)
    await this.archive(repository !== undefined)
  }

  /** Points pgBackRest at a repository; whether anything is archived stays as it is. */
  async pointAt(repository: RepositorySettings): Promise<void> {
    await this.#writeFile(this.paths.ca, repository.caCertificate ?? '')
    await this.#writeFile(this.paths.pgbackrestConfig, pgbackrestConfig(this.paths, this.stanza, repository))
  }

  /** Whether finished segments of WAL go to the repository, or nowhere. */
  async archive(on: boolean): Promise<void> {
    const push = [this.#binaries.pgbackrest, ...this.#pgbackrestArguments(), 'archive-push', '%p'].join(' ')
    await this.#writeFile(this.paths.postgresConfig, postgresConfig(this.paths, on ? push : '/bin/true'))
    if (this.running) await this.psql('select pg_reload_conf()')
  }

  /** For example `15.14`. */
  async version(): Promise<string> {
    return (await this.psql('show server_version')).replace(/ .*/, '')
  }

  /** What PostgreSQL itself calls this database; a restored one has that of its backup. */
  systemIdentifier(): Promise<string> {
    return this.psql('select system_identifier from pg_control_system()')
  }

  stanzaCreate(control?: CommandControl): Promise<CommandResult> {
    return this.pgbackrest(['stanza-create'], control)
  }

  /** Checks that a WAL segment reaches the repository. */
  check(control?: CommandControl): Promise<CommandResult> {
    return this.pgbackrest(['check'], control)
  }

  backup(type: BackupType, control?: CommandControl): Promise<CommandResult> {
    return this.pgbackrest(['backup', `--type=${type}`], control)
  }

  /** The stanzas of the repository, as `pgbackrest info --output=json` prints them. @throws CommandFailed */
  async info(): Promise<readonly StanzaInfo[]> {
    const result = await this.pgbackrest(['info', '--output=json'])
    if (result.code !== 0) throw new CommandFailed(result)
    return stanzasOf(result.stdout)
  }

  /**
   * Runs any command of pgBackRest as the cluster's owner. `withStanza: false` leaves --stanza out (info and repo-ls
   * over the whole repository).
   */
  pgbackrest(args: readonly string[], control: CommandControl & {withStanza?: boolean} = {}): Promise<CommandResult> {
    const own = this.#pgbackrestArguments(control.withStanza)
    return runCommand(this.#binaries.pgbackrest, [...own, ...args], {...this.#asOwner(), abort: control.abort})
  }

  /**
   * Stops PostgreSQL, empties its data, restores, starts it again and waits until recovery is over.
   * Whatever was written after the target is lost, as it would be for real.
   */
  async restore(target: RestoreTarget, control?: CommandControl): Promise<RestoreResult> {
    await this.stop()
    await rm(this.paths.data, {recursive: true, force: true})
    await this.#makeDirectory(this.paths.data)
    const result = await this.#restoreData(target, control)
    if (result.code !== 0) return {outcome: 'pgbackrest-failed', result}
    await this.#launch()
    return await this.#recovered()
  }

  /**
   * Runs SQL as the superuser and returns the rows, unaligned, columns by `|`.
   *
   * @throws CommandFailed with the server's words
   */
  async psql(sql: string, database = 'postgres'): Promise<string> {
    const args = [
      '-X',
      '-A',
      '-t',
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      this.paths.socket,
      '-U',
      'postgres',
      '-d',
      database,
    ]
    const psql = join(this.#binaries.postgresDir, 'psql')
    return (await runOrThrow(psql, args, {...this.#asOwner(), input: sql, timeoutMs: 60_000})).trimEnd()
  }

  /** Ends the current WAL segment and waits until it is in the repository, so that a restore can reach this moment. */
  async archiveNow(deadlineMs = 30_000): Promise<void> {
    const segment = await this.psql('select pg_walfile_name(pg_switch_wal())')
    const archived = `select last_archived_wal >= '${segment}' from pg_stat_archiver`
    await this.#server?.ready(async () => ((await this.psql(archived)) === 't' ? true : undefined), deadlineMs)
  }

  async #begin(): Promise<void> {
    const initdb = join(this.#binaries.postgresDir, 'initdb')
    const args = ['-D', this.paths.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
    await runOrThrow(initdb, [...args, ...this.#initdbOptions], this.#asOwner())
    await this.archive(false)
    await this.start()
  }

  /** Another stanza than the cluster's own is not in its configuration, so the place of the data is told. */
  #restoreData(target: RestoreTarget, control?: CommandControl): Promise<CommandResult> {
    const {stanza} = target
    if (stanza === undefined || stanza === this.stanza)
      return this.pgbackrest(['restore', ...restoreArguments(target)], control)
    const place = [`--stanza=${stanza}`, `--pg1-path=${this.paths.data}`]
    return this.pgbackrest([...place, 'restore', ...restoreArguments(target)], {...control, withStanza: false})
  }

  async #launch(): Promise<void> {
    if (this.running) return
    this.#server = await Daemon.start({
      name: `postgres ${this.stanza}`,
      file: join(this.#binaries.postgresDir, 'postgres'),
      args: ['-D', this.paths.data, '-c', `config_file=${this.paths.postgresConfig}`],
      logFile: this.paths.serverLog,
      stopSignal: 'SIGINT',
      orphanSignal: 'QUIT',
      ...this.#asOwner(),
    })
  }

  async #recovered(): Promise<RestoreResult> {
    const server = this.#server
    if (server === undefined) throw new Error('the server was stopped while it recovered')
    const primary = async () => ((await this.psql('select pg_is_in_recovery()')) === 'f' ? true : undefined)
    try {
      await server.ready(primary, 120_000)
      return {outcome: 'restored'}
    } catch (error) {
      if (server.running) throw error
      return {outcome: 'recovery-failed', serverLog: server.logTail()}
    }
  }

  #pgbackrestArguments(withStanza = true): string[] {
    const config = `--config=${this.paths.pgbackrestConfig}`
    return withStanza ? [config, `--stanza=${this.stanza}`] : [config]
  }

  #asOwner() {
    const env = {PATH: process.env['PATH'], HOME: this.paths.root, LANG: 'C.UTF-8', TZ: 'UTC'}
    return {user: this.#user, cwd: this.paths.root, env}
  }

  async #makeDirectory(path: string): Promise<void> {
    await mkdir(path, {recursive: true})
    await chmod(path, 0o700)
    if (this.#user !== undefined) await chown(path, this.#user.uid, this.#user.gid)
  }

  async #writeFile(path: string, text: string): Promise<void> {
    await writeFile(path, text, {mode: 0o600})
    if (this.#user !== undefined) await chown(path, this.#user.uid, this.#user.gid)
  }
}
