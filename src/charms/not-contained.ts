/** What no charm's backup holds, because it is Juju's and not the database's. */
export const notInAnyBackup: readonly string[] = [
  'Where the units are: machines, zones, constraints. Juju places new units as it places any.',
  'Storage that was detached from units which are gone; Juju keeps it, and nothing is read back from it.',
  "The application's options in Juju, its relations and its TLS certificates; they stay as they are now.",
]
