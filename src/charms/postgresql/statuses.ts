/** Status texts of the charm that more than one rule reads. */
export const anotherCluster = 'the S3 repository has backups from another cluster'
export const restoreFailed = 'Failed to restore backup'
export const pitrImpossible = 'cannot restore PITR, juju debug-log for details'
export const restoring = 'restoring backup'

/** With these a unit says that it cannot use its object store. */
export const storageComplaints: readonly string[] = [
  anotherCluster,
  'failed to access/create the bucket, check your S3 settings',
  'failed to initialize stanza, check your S3 settings',
  'failed to check stanza, inspect the charm debug-log and verify your S3 settings',
]
