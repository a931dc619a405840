import type {FailureText} from '../profile.ts'

/**
 * Texts with which `create-backup` and `list-backups` fail in either track (reference/charms.md, 1.3 and 7, executed
 * against the real charm code). The first that is contained in the message counts.
 */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'Shards do not support backup operations',
    kind: 'Permanent',
    meaning: 'The application is a shard of a cluster; back up the config-server, which backs up all shards.',
  },
  {
    text: 'The action can be run only on',
    kind: 'WrongUnit',
    meaning: 'The leader has changed; only it makes backups.',
  },
  {
    text: 'Relation with s3-integrator charm missing',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with an s3-integrator.',
  },
  {
    text: 'Missing valid integration for backups',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with one integrator of an object store.',
  },
  {
    text: 'Missing valid relation for backups',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with one integrator of an object store.',
  },
  {
    text: 'Missing valid credentials in relation',
    kind: 'StorageNotConfigured',
    meaning: 'The integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 'Missing configurations in the s3-credentials relation',
    kind: 'StorageNotConfigured',
    meaning: 'The s3-integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 's3 configurations missing',
    kind: 'StorageNotConfigured',
    meaning: 'The s3-integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 's3 credentials are incorrect',
    kind: 'StorageNotConfigured',
    meaning: 'The store refuses the credentials of the s3-integrator; correct them there.',
  },
  {
    text: 'Incorrect S3 credentials',
    kind: 'StorageNotConfigured',
    meaning: 'The store refuses the credentials of the s3-integrator; correct them there.',
  },
  {
    text: 's3 configurations are incompatible',
    kind: 'StorageNotConfigured',
    meaning: 'Bucket, region or endpoint in the s3-integrator do not fit the store; correct them there.',
  },
  {
    text: 'Incompatible S3 config options',
    kind: 'StorageNotConfigured',
    meaning: 'Bucket, region or endpoint in the s3-integrator do not fit the store; correct them there.',
  },
  {
    text: "ouldn't configure s3 backup options",
    kind: 'StorageNotConfigured',
    meaning: 'PBM does not take the settings of the s3-integrator; correct them there.',
  },
  {
    text: 'Failed to configure S3 backup options',
    kind: 'StorageNotConfigured',
    meaning: 'PBM does not take the settings of the s3-integrator; correct them there.',
  },
  {
    text: 'Failed to create S3 bucket',
    kind: 'StorageNotConfigured',
    meaning: 'Create the bucket, or correct it in the s3-integrator.',
  },
  {
    text: 'Only one storage relation allowed',
    kind: 'StorageNotConfigured',
    meaning: 'Remove the relation to all integrators but one.',
  },
  {
    text: 'Creating a backup is not supported during an upgrade',
    kind: 'Transient',
    meaning: 'The application is being upgraded; the backup can be made when that is over.',
  },
  {
    text: 'Can only create one backup at a time',
    kind: 'Transient',
    meaning: 'PBM still makes another backup, or restores one.',
  },
  {
    text: 'Sync-ing configurations needs more time',
    kind: 'Transient',
    meaning: 'PBM reads its store again, or has not started yet.',
  },
  {
    text: 'aiting to sync',
    kind: 'Transient',
    meaning: 'PBM reads its store again.',
  },
  {text: 'aiting for pbm to start', kind: 'Transient', meaning: 'PBM has not started yet.'},
  {text: 'aiting for PBM to start', kind: 'Transient', meaning: 'PBM has not started yet.'},
  {
    text: 'Backup failed',
    kind: 'Transient',
    meaning: 'PBM did not begin the backup.',
  },
  {
    text: 'Unknown PBM error',
    kind: 'Transient',
    meaning: 'An agent of PBM reports an error; its log on the unit says which.',
  },
  {text: 'PBM error', kind: 'Transient', meaning: 'The pbm command failed; its log on the unit says why.'},
  {text: "ouldn't start pbm", kind: 'Transient', meaning: 'The service of PBM does not start on the unit.'},
  {
    text: 'list index out of range',
    kind: 'Transient',
    meaning: 'The charm cannot list while the first backup of an empty repository runs; it can when that is over.',
  },
  {
    text: '',
    kind: 'Transient',
    meaning: 'The task failed without words, as it does when PBM reads its store again for minutes.',
  },
]
