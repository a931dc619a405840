/** Every text with which an action of MongoDB fails, in either track (reference/charms.md, 1.3 and 7). */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {afterSilence, testBackups, type BackupRow, type ListingRow} from './backups.ts'
import {charmsOf} from './charms.ts'
import {testRestores, type RestoreRow} from './restores.ts'

/** A status object as the charm of track 8 prints it instead of its words (reference/charms.md, 7, #34). */
const printed = (message: string): string =>
  `status='blocked' message=${message} short_message=None check='x' action='y' running=None approved_critical_component=False`

const oneIntegrator = /Integrate the application with one integrator of an object store/
const setThem = /lacks bucket or credentials; set them there/
const correctKeys = /refuses the credentials of the s3-integrator; correct them there/
const correctPlace = /Bucket, region or endpoint in the s3-integrator do not fit the store; correct them there/
const correctSettings = /PBM does not take the settings of the s3-integrator; correct them there/
const readsAgain = /PBM reads its store again/
const logOnUnit = /log on the unit says/

const backups: readonly BackupRow[] = [
  [
    'Shards do not support backup operations, please run action on config-server.',
    'Failed',
    /back up the config-server, which backs up all shards/,
  ],
  ['The action can be run only on leader unit.', 'OtherUnit', /Trying another unit/],
  [
    'Relation with s3-integrator charm missing, cannot restore from a backup.',
    'StorageNotConfigured',
    /Integrate the application with an s3-integrator/,
  ],
  ['Missing valid relation for backups.', 'StorageNotConfigured', oneIntegrator],
  ['Missing valid credentials in relation.', 'StorageNotConfigured', setThem],
  ['s3 configurations missing.', 'StorageNotConfigured', setThem],
  [
    printed(`'Missing configurations in the s3-credentials relation.'`),
    'StorageNotConfigured',
    setThem,
    'Missing configurations in the s3-credentials relation.',
  ],
  ['s3 credentials are incorrect.', 'StorageNotConfigured', correctKeys],
  [printed(`'Incorrect S3 credentials.'`), 'StorageNotConfigured', correctKeys, 'Incorrect S3 credentials.'],
  ['s3 configurations are incompatible.', 'StorageNotConfigured', correctPlace],
  [
    printed(`'Incompatible S3 config options.'`),
    'StorageNotConfigured',
    correctPlace,
    'Incompatible S3 config options.',
  ],
  ["couldn't configure s3 backup options.", 'StorageNotConfigured', correctSettings],
  [
    printed(`'Failed to configure S3 backup options.'`),
    'StorageNotConfigured',
    correctSettings,
    'Failed to configure S3 backup options.',
  ],
  [
    printed(`'Failed to create S3 bucket.'`),
    'StorageNotConfigured',
    /Create the bucket, or correct it in the s3-integrator/,
    'Failed to create S3 bucket.',
  ],
  [
    printed(`'Only one storage relation allowed.'`),
    'StorageNotConfigured',
    /Remove the relation to all integrators but one/,
    'Only one storage relation allowed.',
  ],
  ['Creating a backup is not supported during an upgrade.', 'Repeated', /can be made when that is over/],
  [
    'Can only create one backup at a time, please wait for current backup to finish.',
    'Repeated',
    /PBM still makes another backup, or restores one/,
  ],
  [
    'Sync-ing configurations needs more time, must wait before creating a backup.',
    'Repeated',
    /reads its store again, or has not started yet/,
  ],
  ['waiting to sync s3 configurations.', 'Repeated', readsAgain],
  ['waiting for pbm to start', 'Repeated', /PBM has not started yet/],
  [printed(`'Waiting for PBM to start...'`), 'Repeated', /PBM has not started yet/, 'Waiting for PBM to start'],
  [
    "Backup failed: Command 'charmed-mongodb.pbm' returned non-zero exit status 1.",
    'Repeated',
    /PBM did not begin the backup/,
  ],
  [
    'Backup failed: cmd failed (1) - cmd=pbm, stdout=storage is full, stderr=',
    'Repeated',
    /PBM did not begin the backup/,
  ],
  [printed(`'Unknown PBM error, check logs.'`), 'Repeated', logOnUnit, 'Unknown PBM error, check logs.'],
  ['PBM error', 'Repeated', logOnUnit],
  [printed(`"couldn't start pbm"`), 'Repeated', /service of PBM does not start on the unit/, "couldn't start pbm"],
]

const listings: readonly ListingRow[] = [
  ['Missing valid integration for backups.', 'StorageNotConfigured', oneIntegrator],
  ['s3 configurations are incompatible.', 'StorageNotConfigured', correctPlace],
  ['PBM error', 'Failed', logOnUnit],
  [
    'IndexError: list index out of range',
    'Failed',
    /cannot list while the first backup of an empty repository runs; it can when that is over/,
  ],
  ['', 'Failed', readsAgain],
]

testBackups('MongoDB', {backups, listings})

test('S2.12 MongoDB: a task that fails without words says what that means', () => {
  for (const charm of charmsOf('MongoDB'))
    assert.match(
      afterSilence(charm),
      /^finish Failed: The backup failed: the task ended without a message\. The task failed without words, as it does when PBM reads its store again for minutes\.$/,
    )
})

const wait = /reads its store again/
const restores: readonly RestoreRow[] = [
  ['Restoring a backup is not supported during an upgrade.', 'Failed', /restore when that is over/],
  ['Please wait for current backup/restore to finish.', 'Failed', /restore when that is over/],
  ['Missing backup-id to restore', 'Failed', /name one in spec\.restore\.source/],
  ["Cannot restore backup, 'remap-pattern' must be set.", 'Failed', /Restore it by hand, with that name: juju run/],
  [
    "Restore failed: Backup id 'x' does not exist in list of backups, please check list-backups for the available backup_ids.",
    'BackupNotFound',
    /Choose a backup that list-backups shows as finished/,
  ],
  [
    'No valid relation to restore backup from.',
    'StorageNotConfigured',
    /Integrate the application with the integrator of the store that holds the backup/,
  ],
  [
    "Restore failed: Command 'charmed-mongodb.pbm' returned non-zero exit status 1.",
    'Destroyed',
    /Look at the data, then restore again/,
  ],
  ['ResyncError: ', 'Failed', /takes minutes; restore when it is done/],
  [
    'Shards do not support backup operations, please run action on config-server.',
    'Failed',
    /back up the config-server/,
  ],
  ['The action can be run only on a leader unit.', 'Failed', /The leader has changed/],
  [
    'Relation with s3-integrator charm missing, cannot restore from a backup.',
    'StorageNotConfigured',
    /Integrate the application with an s3-integrator/,
  ],
  ['Missing valid integration for backups.', 'StorageNotConfigured', oneIntegrator],
  ['Missing valid relation for backups.', 'StorageNotConfigured', oneIntegrator],
  ['Missing valid credentials in relation.', 'StorageNotConfigured', setThem],
  [
    printed(`'Missing configurations in the s3-credentials relation.'`),
    'StorageNotConfigured',
    setThem,
    'Missing configurations in the s3-credentials relation.',
  ],
  ['Cannot restore backup s3 configurations missing..', 'StorageNotConfigured', setThem],
  ['Cannot restore backup s3 credentials are incorrect..', 'StorageNotConfigured', correctKeys],
  [printed(`'Incorrect S3 credentials.'`), 'StorageNotConfigured', correctKeys, 'Incorrect S3 credentials.'],
  ['Cannot restore backup s3 configurations are incompatible..', 'StorageNotConfigured', correctPlace],
  [
    printed(`'Incompatible S3 config options.'`),
    'StorageNotConfigured',
    correctPlace,
    'Incompatible S3 config options.',
  ],
  ["Cannot restore backup couldn't configure s3 backup options..", 'StorageNotConfigured', correctSettings],
  [
    printed(`'Failed to configure S3 backup options.'`),
    'StorageNotConfigured',
    correctSettings,
    'Failed to configure S3 backup options.',
  ],
  [
    printed(`'Failed to create S3 bucket.'`),
    'StorageNotConfigured',
    /Create the bucket, or correct it/,
    'Failed to create S3 bucket.',
  ],
  [
    printed(`'Only one storage relation allowed.'`),
    'StorageNotConfigured',
    /Remove the relation to all integrators but one/,
    'Only one storage relation allowed.',
  ],
  ['Sync-ing configurations needs more time, must wait before restoring.', 'Failed', wait],
  ['waiting to sync s3 configurations.', 'Failed', wait],
  ['waiting for pbm to start', 'Failed', /PBM has not started yet/],
  [printed(`'Waiting for PBM to start...'`), 'Failed', /PBM has not started yet/, 'Waiting for PBM to start'],
  [printed(`'Unknown PBM error, check logs.'`), 'Failed', logOnUnit, 'Unknown PBM error, check logs.'],
  ['Cannot restore backup PBM error.', 'Failed', logOnUnit],
  [printed(`"couldn't start pbm"`), 'Failed', /service of PBM does not start on the unit/, "couldn't start pbm"],
]

testRestores('MongoDB', restores)
