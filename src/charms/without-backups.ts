/** Charms of which it is known that they have no backups, by name, with what is said instead of looking for actions. */
export const withoutBackups: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['kafka', 'Kafka is not backed up but replicated, with MirrorMaker for example'],
    ['cassandra', 'the Cassandra charm has no backup actions'],
    ['redis', 'the Redis charm has no backup actions'],
    ['pgbouncer', 'PgBouncer keeps no data; back up the PostgreSQL behind it'],
    ['mysql-router', 'MySQL Router keeps no data; back up the MySQL behind it'],
    ['s3-integrator', 'an integrator keeps no data; it tells charms their object store'],
    ['azure-storage-integrator', 'an integrator keeps no data; it tells charms their object store'],
    ['gcs-integrator', 'an integrator keeps no data; it tells charms their object store'],
    ['data-integrator', 'an integrator keeps no data; it tells clients their database'],
  ].flatMap(([name = '', why = '']) => [
    [name, why],
    [`${name}-k8s`, why],
  ]),
)
