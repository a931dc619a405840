import type {RestoreFailureText} from '../restore.ts'

const passing = {kind: 'Refused', reason: 'Failed', passing: true} as const
const notConfigured = {kind: 'Refused', reason: 'StorageNotConfigured'} as const
const notFound = {kind: 'Refused', reason: 'BackupNotFound'} as const

/** Texts with which `restore` fails, of either generation of the charm (reference/charms.md, 1.4). */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'must be run on the juju leader unit',
    failure: passing,
    meaning: 'The leader has changed; restore again, on the new one.',
  },
  {
    text: 'Missing relation with an object storage integrator',
    failure: notConfigured,
    meaning: 'Integrate the application with the integrator of the store that holds the backup.',
  },
  {
    text: 'Conflict: more than one object storage integrators integrated',
    failure: notConfigured,
    meaning: 'Remove the relation to all integrators but one.',
  },
  {
    text: 'Object storage configuration not ready',
    failure: notConfigured,
    meaning: 'The integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 'backup service is not configured',
    failure: passing,
    meaning: 'The application has no s3-integrator that works, or another backup runs; its status says which.',
  },
  {
    text: 'The opensearch repository could not be created yet',
    failure: passing,
    meaning: 'OpenSearch does not reach the store; look at the integrator, then restore again.',
  },
  {
    text: 'not supported while upgrade in-progress',
    failure: passing,
    meaning: 'The application is being upgraded; restore when that is over.',
  },
  {
    text: 'Cluster health red',
    failure: passing,
    meaning: 'Shards of the cluster are missing; bring their units back, then restore again.',
  },
  {
    text: 'previous restore is still in progress',
    failure: passing,
    meaning: 'OpenSearch still restores; wait for its end.',
  },
  {
    text: 'Backup / Restore operation in progress',
    failure: passing,
    meaning: 'A backup or another restore still runs; wait for its end.',
  },
  {
    text: 'no backup-id',
    failure: notFound,
    meaning: 'The store has no whole snapshot of this id; choose one that list-backups shows as a success.',
  },
  {
    text: 'not found',
    failure: notFound,
    meaning: 'The store has no snapshot of this id; choose one that list-backups shows as a success.',
  },
  {
    text: 'Failed to restore all the shards',
    failure: {kind: 'Destroyed'},
    meaning:
      'Some indices are restored, others are not and stay closed. Look at the state of the shards in OpenSearch, then restore again.',
  },
  {
    text: 'not all shards were restored',
    failure: {kind: 'Destroyed'},
    meaning:
      'Some indices are restored, others are not. Look at the state of the shards in OpenSearch, then restore again.',
  },
  {
    text: 'error connecting to the cluster',
    failure: {kind: 'Destroyed'},
    meaning:
      'OpenSearch did not answer; whether it had closed indices or begun to restore is not known. Look at the indices, then restore again.',
  },
]
