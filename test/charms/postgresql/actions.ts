import type {ActionSpec, JsonSchema} from '../charm.ts'
import type {PostgresqlCharmId} from './dialect.ts'
import {dialects} from './dialect.ts'

const text = (description: string): JsonSchema => ({type: 'string', description})
const check = (description: string): JsonSchema => ({type: 'boolean', default: true, description})

const everywhere: Readonly<Record<string, ActionSpec>> = {
  'create-backup': {
    description: 'Backs the database up to S3 storage.',
    parameters: {type: text('full, differential or incremental. Default is full.')},
  },
  'create-replication': {
    description: 'Sets up asynchronous replication between two clusters.',
    parameters: {name: {type: 'string', description: 'Name of the replication.', default: 'default'}},
  },
  'get-primary': {description: 'Tells the unit that is the primary.', parameters: {}},
  'list-backups': {description: 'Lists the backups in S3 storage.', parameters: {}},
  'promote-to-primary': {
    description: 'Makes a unit the primary of its cluster, or a cluster the primary one.',
    parameters: {
      scope: text('unit or cluster.'),
      force: {type: 'boolean', description: 'Promotes although there is a primary already.'},
    },
  },
  restore: {
    description: 'Restores the database from a backup with pgBackRest.',
    parameters: {
      'backup-id': text('Id of the backup, a time such as 2026-08-01T02:00:03Z.'),
      'restore-to-time': text('Point in time to recover to, in the format of PostgreSQL, or latest.'),
    },
  },
}

const username = text('The system user; default operator.')

const track14: Readonly<Record<string, ActionSpec>> = {
  'get-password': {description: 'Tells the password of a system user.', parameters: {username}},
  'pre-upgrade-check': {description: 'Checks and prepares before a refresh of the charm.', parameters: {}},
  'set-password': {
    description: 'Changes the password of a system user.',
    parameters: {username, password: text('The password; made up when it is not given.')},
  },
  'set-tls-private-key': {
    description: 'Sets the key for certificate requests of a unit.',
    parameters: {'private-key': text('The key; made up when it is not given.')},
  },
}

const resumeUpgrade: Readonly<Record<string, ActionSpec>> = {
  'resume-upgrade': {description: 'Goes on with an upgrade after its first unit was looked at.', parameters: {}},
}

/** The three actions of charm-refresh; no parameters beside these. */
export const refreshActions: Readonly<Record<string, ActionSpec>> = {
  'force-refresh-start': {
    description: 'Refreshes the first unit although checks fail.',
    parameters: {
      'check-compatibility': check('false: although the versions are not compatible.'),
      'run-pre-refresh-checks': check('false: although the application is not healthy.'),
      'check-workload-container': check('false: to a container that was not validated with the charm.'),
    },
    additionalProperties: false,
  },
  'pre-refresh-check': {
    description: 'Tells whether the charm is ready for a refresh.',
    parameters: {},
    additionalProperties: false,
  },
  'resume-refresh': {
    description: 'Refreshes the next units after the refreshed ones were looked at.',
    parameters: {'check-health-of-refreshed-units': check('false: although refreshed units are not healthy.')},
    additionalProperties: false,
  },
}

/** What the charm's `actions.yaml` declares. */
export function actionsOf(id: PostgresqlCharmId): Readonly<Record<string, ActionSpec>> {
  const {track, hasRaft} = dialects[id]
  const onKubernetes = hasRaft ? {} : resumeUpgrade
  return {...everywhere, ...(track === '14' ? track14 : refreshActions), ...onKubernetes}
}
