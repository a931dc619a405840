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
  Succeeded: 'The backup is there, and was proved as far as spec.verify asks; or the restore is over, by evidence.',
  Planned: 'A restore with mode Plan: status.restore shows what would happen. Nothing was changed.',
  AlreadyExecuted: 'The ledger in Juju knows the requestID as a restore that succeeded. Nothing was run.',
  Failed: "The backup failed; the message is the charm's own text.",
  Cancelled: 'The job was cancelled before it made a backup.',
  DeadlineExceeded: 'startingDeadlineSeconds or activeDeadlineSeconds has passed.',
  Ambiguous:
    "More than one new backup appeared while the task ran, or one that may be somebody else's. Charmkeeper does not guess; the message names what was found.",
  VerificationFailed:
    'The task said that the backup was made, but it is missing, failed or broken where it should be; or the list of the charm stays unreadable, and whether there is a backup is not known.',
  ApplicationNotFound: 'The model has no application of that name.',
  StorageNotConfigured: 'The application is not integrated with an object store, or the integration is incomplete.',
  StorageMismatch:
    'The integrator in Juju points elsewhere than spec.storageRef; the message lists the differences. Nothing was run.',
  StorageUnavailable: 'The charm lists the backup, but the BackupStorage is gone, so it cannot be proved in the store.',
  BackupNotFound:
    'There is no usable backup of that name, or none to build on or to restore; the message says what there is. Nothing was run.',
  OutsideWindow:
    'restore.pointInTime is not within the moments that can be restored; the message shows them. Nothing was run.',
  ConfirmationMismatch:
    'restore.confirmation names another application or model than the one that would be overwritten.',
  ConfirmationExpired:
    'restore.confirmation.validUntil has passed before the restore began, or is too far ahead. Nothing was run.',
  LedgerFull: 'The ledger in Juju holds as many requests as it can; the message says when the next one leaves.',
  SafetyBackupFailed: 'The backup that restore.safetyBackup requires was not made or not proved. Nothing was changed.',
  NeedsSingleUnit:
    'The charm restores only a single unit, and restore.replicas is Refuse; the message names the units that would go.',
  RestoredNotRebuilt: 'The data is restored, but not all units came back; the message says what is missing.',
  HookFailed: 'A hook with onError Fail failed; the message says which, and what became of the backup or restore.',
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
  ListUnreadable: 'Unknown: the list of the charm makes no sense; read again for ten minutes.',
  MissingInListing: 'False: the charm does not list a new backup.',
  ListedAsFailed:
    'False: the charm lists the backup as failed, or as in progress although nothing of it runs any more.',
  MissingInStore: 'False: the store does not have the backup.',
  BrokenInStore: 'False: the store has the backup, but not all of it; the message names what is missing or wrong.',
} as const satisfies Record<string, string>

/** Reasons of DataPresent. */
export const dataPresentReasons = {
  Present: 'True: the backup was found at the last look.',
  Missing: 'False: the backup is gone, or a part of it that a restore needs.',
  StoreUnavailable: 'Unknown: the store, or the list of the charm, cannot be read at present.',
} as const satisfies Record<string, string>

/** Reasons of SizeAnomaly. */
export const sizeAnomalyReasons = {
  MuchSmaller: 'True: less than half of the median of the last five backups of the same type.',
  MuchLarger: 'True: more than twice the median of the last five backups of the same type.',
} as const satisfies Record<string, string>

/** Reasons of CancelRefused. */
export const cancelRefusedReasons = {
  Unsafe: 'Cancelling is not safe for this charm; spec.cancel: Force does it all the same.',
  RefusedByJuju: 'Juju refused to cancel the task; the message is its own.',
  TooLate: 'The task had ended before the cancel arrived.',
  Unsupported: 'The task only began what goes on inside of the database; neither Juju nor the charm can stop that.',
} as const satisfies Record<string, string>

/** Reasons of ParentMismatch. */
export const parentMismatchReasons = {
  OtherParent: 'The backup was built on another backup than the one asked for; the message names both.',
  ParentNotNewest: 'A newer backup than the one asked for would become the parent; nothing was run.',
  ParentNotFound: 'The job named as parent has no backup, or its backup is no longer listed; nothing was run.',
} as const satisfies Record<string, string>
