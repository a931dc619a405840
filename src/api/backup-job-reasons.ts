/**
 * Reasons of Succeeded of a BackupJob. Unknown while it goes on, True for Succeeded, False for every other end.
 */
export const backupJobReasons = {
  Queued:
    'Another object, or a task in Juju itself, is working on this application, or the model or storage has no free slot; see status.queue.',
  WaitingForModel: 'The JujuModel is missing or not Connected, or its user may only read; goes on by itself.',
  Preparing: 'The job holds the application: the destination is checked, a unit chosen, the backups listed.',
  RetryBackoff: 'The last attempt failed in a way that may pass; the next one starts at status.retryTime.',
  Running: 'The task was handed to Juju; see status.lastMessage for what the unit says.',
  Verifying: 'The task is over; the backup is looked for in the listing and in the store.',
  Cancelling: 'Juju was asked to cancel the task and has not ended it yet.',
  OutcomeUnknown:
    'It cannot be known whether Juju took the task. A person answers with the annotation charmkeeper.dev/resolve; the message shows the command.',
  ActionRequired:
    'A person has to change something before the job can go on (its BackupStorage, for example); the message says what. It goes on by itself then.',
  Succeeded: 'The backup is there, and was proved as far as spec.verify asks.',
  Failed: "The backup failed; the message is the charm's own text.",
  Cancelled: 'The job was cancelled before it made a backup.',
  DeadlineExceeded: 'startingDeadlineSeconds or activeDeadlineSeconds has passed.',
  Ambiguous:
    "More than one new backup appeared while the task ran, or one that may be somebody else's. Charmkeeper does not guess; the message names what was found.",
  VerificationFailed: 'The task said that the backup was made, but it is missing, failed or broken where it should be.',
  ApplicationNotFound: 'The model has no application of that name.',
  StorageNotConfigured: 'The application is not integrated with an object store, or the integration is incomplete.',
  StorageMismatch:
    'The integrator in Juju points elsewhere than spec.storageRef; the message lists the differences. Nothing was run.',
  StorageUnavailable: 'The charm lists the backup, but the BackupStorage is gone, so it cannot be proved in the store.',
  BackupNotFound: 'There is no full backup to build on, and backup.fullIfNoParent is false. Nothing was run.',
  StandbyCluster: 'The application is a standby of another cluster; back up the primary cluster.',
  ParentMismatch: 'The backup would have, or has, another parent than spec.backup.parentJobRef.',
  Unsupported: 'The charm cannot do what the spec asks for; the message says what.',
  InvalidSpec: 'The spec breaks a rule; the message names the field and the rule.',
} as const satisfies Record<string, string>
export type BackupJobReason = keyof typeof backupJobReasons

/** Reasons of Verified. */
export const verifiedReasons = {
  FoundInStore: 'True: the backup is in the store, complete, with all that a restore of it needs.',
  FoundInListing: 'True: the charm lists the backup as finished.',
  NotAsked: 'Unknown: spec.verify is None.',
  StoreUnavailable: 'Unknown: the store could not be read; tried again.',
  MissingInListing: 'False: the charm does not list a new backup.',
  ListedAsFailed:
    'False: the charm lists the backup as failed, or as in progress although nothing of it runs any more.',
  MissingInStore: 'False: the store does not have the backup.',
  BrokenInStore: 'False: the store has the backup, but not all of it; the message names what is missing or wrong.',
} as const satisfies Record<string, string>

/** Reasons of CancelRefused. */
export const cancelRefusedReasons = {
  Unsafe: 'Cancelling is not safe for this charm; spec.cancel: Force does it all the same.',
  RefusedByJuju: 'Juju refused to cancel the task; the message is its own.',
  TooLate: 'The task had ended before the cancel arrived.',
} as const satisfies Record<string, string>

/** Reasons of ParentMismatch. */
export const parentMismatchReasons = {
  OtherParent: 'The backup was built on another backup than the one asked for; the message names both.',
  ParentNotNewest: 'A newer backup than the one asked for would become the parent; nothing was run.',
  ParentNotFound: 'The job named as parent has no backup, or its backup is no longer listed; nothing was run.',
} as const satisfies Record<string, string>
