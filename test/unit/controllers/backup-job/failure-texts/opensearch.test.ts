/** Every text with which an action of OpenSearch fails, of the charm of 2024 and of those after it (reference/charms.md, 1.4). */
import {testBackups, type BackupRow, type ListingRow} from './backups.ts'
import {testRestores, type RestoreRow} from './restores.ts'

const oneIntegrator = /Integrate the application with one integrator of an object store/
const removeOne = /Remove the relation to all integrators but one/
const setThem = /The integrator lacks bucket or credentials; set them there/
const bringBack = /bring (their|its) units back/

const of2024: readonly BackupRow[] = [
  ['Failed: backup service is not configured or busy', 'Repeated', /its status says which/],
  ['Failed: backup service is not configured yet', 'Repeated', /no s3-integrator that works yet/],
  ['Backup not supported while upgrade in-progress', 'Repeated', /can be made when that is over/],
  ['Failed: error connecting to the cluster', 'Repeated', /OpenSearch does not answer on the unit/],
]

const sinceThen: readonly BackupRow[] = [
  ['Backup/Restore related actions must be run on the juju leader unit.', 'OtherUnit', /Trying another unit/],
  ['Missing relation with an object storage integrator.', 'StorageNotConfigured', oneIntegrator],
  ['Conflict: more than one object storage integrators integrated.', 'StorageNotConfigured', removeOne],
  ['Object storage configuration not ready.', 'StorageNotConfigured', setThem],
  ['The opensearch repository could not be created yet.', 'Repeated', /look at the integrator/],
  ['Backup/Restore operations not supported while upgrade in-progress.', 'Repeated', /can be made when that is over/],
  ['Cluster health red, current state must be resolved before.', 'Repeated', bringBack],
  ['Backup / Restore operation in progress.', 'Repeated', /Another backup or a restore still runs/],
  ['Backup request failed with: timed out', 'Repeated', /did not take the request/],
]

const listings: readonly ListingRow[] = [
  ['Missing relation with an object storage integrator.', 'StorageNotConfigured', oneIntegrator],
  ['Conflict: more than one object storage integrators integrated.', 'StorageNotConfigured', removeOne],
  ['Failed: backup service is not configured yet', 'Failed', /no s3-integrator that works yet/],
  ['Failed: error connecting to the cluster', 'Failed', /OpenSearch does not answer on the unit/],
  ['Failed: invalid output format, must be either json or table', 'Failed', /does not know the form of the list/],
]

testBackups('OpenSearch', {backups: [...of2024, ...sinceThen], listings})

const whichStore = /Integrate the application with the integrator of the store that holds the backup/
const chooseAnother = /choose one that list-backups shows as a success/

const restores: readonly RestoreRow[] = [
  ['Failed: backup service is not configured yet', 'Failed', /its status says which/],
  ['Restore not supported while upgrade in-progress', 'Failed', /restore when that is over/],
  ['Failed: previous restore is still in progress', 'Failed', /wait for its end/],
  ['Failed: no backup-id 2026-08-01T02:00:03Z', 'BackupNotFound', chooseAnother],
  [
    'Failed to restore all the shards',
    'Destroyed',
    /Look at the state of the shards in OpenSearch, then restore again/,
  ],
  ['Failed: error connecting to the cluster', 'Destroyed', /Look at the indices, then restore again/],
  [
    'Backup/Restore related actions must be run on the juju leader unit.',
    'Failed',
    /The leader has changed; restore again, on the new one/,
  ],
  ['Missing relation with an object storage integrator.', 'StorageNotConfigured', whichStore],
  ['Conflict: more than one object storage integrators integrated.', 'StorageNotConfigured', removeOne],
  ['Object storage configuration not ready.', 'StorageNotConfigured', setThem],
  ['The opensearch repository could not be created yet.', 'Failed', /look at the integrator, then restore again/],
  ['Backup/Restore operations not supported while upgrade in-progress.', 'Failed', /restore when that is over/],
  ['Cluster health red, current state must be resolved before.', 'Failed', bringBack],
  ['Backup / Restore operation in progress.', 'Failed', /wait for its end/],
  ['Backup 2026-08-01T02:00:03Z not found.', 'BackupNotFound', chooseAnother],
  [
    'Restore of backup 2026-08-01T02:00:03Z failed: not all shards were restored.',
    'Destroyed',
    /Look at the state of the shards in OpenSearch, then restore again/,
  ],
]

testRestores('OpenSearch', restores)
