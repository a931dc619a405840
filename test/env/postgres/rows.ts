import type {PostgresCluster} from './cluster.ts'

/** A table of a user, by which one sees what a restore brought back. */
export class Rows {
  readonly #cluster: PostgresCluster

  constructor(cluster: PostgresCluster) {
    this.#cluster = cluster
  }

  /** Commits each id by itself, in this order; the table is made with the first. */
  async insert(...ids: readonly number[]): Promise<void> {
    await this.#cluster.psql('create table if not exists rows (id int primary key)')
    for (const id of ids) await this.#cluster.psql(`insert into rows values (${id})`)
  }

  /** The ids that are there, in order. @throws CommandFailed when nothing was ever inserted, or nobody answers */
  async read(): Promise<readonly number[]> {
    const found = await this.#cluster.psql('select id from rows order by id')
    return found === '' ? [] : found.split('\n').map(Number)
  }

  /** The time of the server, RFC 3339 in UTC with microseconds: later than every row so far, earlier than the next. */
  now(): Promise<string> {
    return this.#cluster.psql(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
  }
}
