import type {FailureText} from '../profile.ts'

/**
 * Texts with which `create-backup` and `list-backups` fail, of the charm of 2024 and of those that stand on the library
 * which both platforms share (reference/charms.md, 1.4). The first that is contained in the message counts.
 */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'must be run on the juju leader unit',
    kind: 'WrongUnit',
    meaning: 'The leader has changed; only it makes backups.',
  },
  {
    text: 'Missing relation with an object storage integrator',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with one integrator of an object store.',
  },
  {
    text: 'Conflict: more than one object storage integrators integrated',
    kind: 'StorageNotConfigured',
    meaning: 'Remove the relation to all integrators but one.',
  },
  {
    text: 'Object storage configuration not ready',
    kind: 'StorageNotConfigured',
    meaning: 'The integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 'backup service is not configured or busy',
    kind: 'Transient',
    meaning:
      'The application has no s3-integrator that works, it does not orchestrate the cluster, or another backup runs; its status says which.',
  },
  {
    text: 'backup service is not configured yet',
    kind: 'Transient',
    meaning: 'The application has no s3-integrator that works yet, or does not orchestrate the cluster.',
  },
  {
    text: 'The opensearch repository could not be created yet',
    kind: 'Transient',
    meaning: 'OpenSearch does not reach the store, or may not write there; look at the integrator.',
  },
  {
    text: 'not supported while upgrade in-progress',
    kind: 'Transient',
    meaning: 'The application is being upgraded; the backup can be made when that is over.',
  },
  {
    text: 'Cluster health red',
    kind: 'Transient',
    meaning: 'Shards of the cluster are missing; bring their units back first.',
  },
  {
    text: 'Backup / Restore operation in progress',
    kind: 'Transient',
    meaning: 'Another backup or a restore still runs.',
  },
  {
    text: 'error connecting to the cluster',
    kind: 'Transient',
    meaning: 'OpenSearch does not answer on the unit.',
  },
  {
    text: 'Backup request failed',
    kind: 'Transient',
    meaning: 'OpenSearch did not take the request.',
  },
  {text: 'invalid output format', kind: 'Permanent', meaning: 'The charm does not know the form of the list.'},
]
