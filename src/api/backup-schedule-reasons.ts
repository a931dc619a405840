/** Reasons of Ready of a BackupSchedule. Ready is True with Scheduled and Suspended; False with all others. */
export const backupScheduleReasons = {
  Scheduled: 'Runs start when their slots come; see status.upcoming.',
  Suspended:
    'spec.suspend is true: slots pass as Skipped, and what runs already goes on. Runs by spec.runNow still start.',
  InvalidSchedule:
    'The pattern, the zone or a window says something that cannot be; the message names the field and the place.',
  NeverMatches:
    'The pattern is well-formed, but no moment fits it: 30 February, for example, or a time that spec.windows never allows.',
  ModelNotReady: 'The JujuModel is missing or not Connected; goes on by itself.',
  StorageNotReady: 'The BackupStorage is missing or not Available; goes on by itself.',
  TemplateRefused: 'The API server refused a job of this template; the message is its own.',
  InvalidSpec: 'The spec breaks a rule; the message names the field and the rule.',
} as const satisfies Record<string, string>
export type BackupScheduleReason = keyof typeof backupScheduleReasons

/** Reasons of Fresh. */
export const freshReasons = {
  Fresh: 'True: the newest verified backup of this schedule is no older than the objective.',
  TooOld:
    'False: it is older than the objective, its data is gone, or there is none although a first one would have had to be there by now.',
  NoBackupYet:
    'Unknown: no run has ended with a verified backup yet, and the objective has not passed since the schedule was created.',
  NoObjective: 'Unknown: the pattern has no slots that tell how old a backup may be, and spec.objective does not say.',
} as const satisfies Record<string, string>
export type FreshReason = keyof typeof freshReasons

/** Reasons of Archiving. */
export const archivingReasons = {
  Archiving: 'True: the newest archived change is no older than the objective.',
  ArchiveLag:
    'False: the newest archived change is older than objective.maxArchiveLagSeconds; changes since then would be lost with the database.',
  NothingArchived:
    'False: none of the backups in the store can be replayed; what was archived after them is missing or has gaps.',
  NotApplicable: 'Unknown: the charm archives no changes between backups, so that there is nothing to watch.',
  StoreUnavailable: 'Unknown: the store cannot be read at present; tried again.',
  NotSeenYet:
    'Unknown: the store has not been read yet, or holds no finished backup that changes could be replayed upon.',
} as const satisfies Record<string, string>
export type ArchivingReason = keyof typeof archivingReasons

/** Reasons of Retention. */
export const retentionReasons = {
  RetentionPlanned: 'True: mode Plan; status.expiring shows what would go, and nothing is deleted.',
  RetentionEnforced: 'True: mode Enforce; the charm expires backups by itself, with the value that the message names.',
  RetentionUnsupported:
    'False: the charm cannot expire backups by itself, and nobody else deletes data. Expire them in the store, or with the means of the charm.',
  RetentionConflict:
    'False: several schedules, or applications without one, share the place where backups expire, and do not agree; the message names them. Nothing is written.',
  RetentionKeptLonger:
    'False: backups are kept longer than the schedule asks, and only a person shortens that: by lowering maxAgeSeconds of the schedule that asked for it, or the option of the integrator. The message names the command.',
  RetentionRefused: 'False: Juju refused to change the option of the integrator; the message is its own.',
  RetentionWaiting: 'Unknown: the JujuModel cannot be read or written at present; goes on by itself.',
  RetentionUncertain:
    'Unknown: the option was being written, and what came of it is being looked up; goes on by itself.',
} as const satisfies Record<string, string>
export type RetentionReason = keyof typeof retentionReasons

/** What became of a slot. */
export const slotOutcomes = {
  Ran: 'Its job was created within a minute of its time (slot and jitter).',
  Late: 'Its job was created later than that, within startingDeadlineSeconds.',
  Skipped: 'It has no job; the reason says why.',
} as const satisfies Record<string, string>
export type SlotOutcome = keyof typeof slotOutcomes

/** Why a slot has no job, or its job was taken back. */
export const skipReasons = {
  Suspended: 'spec.suspend was true.',
  Overlap: 'An earlier job was not finished, and spec.concurrencyPolicy lets no other one wait.',
  DeadlineExceeded: 'startingDeadlineSeconds, or the time to the next slot, had passed before a job could be created.',
  OutsideWindow: 'spec.windows does not allow this moment.',
  ModelUnavailable: 'The JujuModel was not Connected until it was too late for this slot.',
  RefreshInProgress: 'The application was being refreshed.',
  OperatorDown: 'The operator was not running, and a newer slot, or none, is caught up.',
  Replaced: 'A newer slot has taken its place before Juju had its task (concurrencyPolicy Replace).',
  NameTaken: 'Another BackupJob, not of this schedule, has the name of its job.',
} as const satisfies Record<string, string>
export type SkipReason = keyof typeof skipReasons

/** Why the job of a slot that has come is not created yet. */
export const waitReasons = {
  ModelUnavailable: 'The JujuModel is not Connected.',
  TemplateRefused: 'The API server refuses the job.',
} as const satisfies Record<string, string>
export type WaitReason = keyof typeof waitReasons

/** Reason of an entry of recentRuns that stands for a run by spec.runNow, and not for a slot. */
export const runNowReason = 'RunNow'

/** What is worth a look, although runs start. */
export const scheduleWarnings = {
  UnusualCadence: 'The pattern comes due more often than once an hour.',
  Collision: 'Another schedule of the same application comes due within the same minute; the message names it.',
  NoFullSchedule:
    'The template makes backups that build on a full one, and no schedule of the application makes full ones: all of them depend on one that grows ever older.',
  OtherParent:
    'backup.parentJobRef names another backup than the next one would build on: the next run ends with ParentMismatch before anything is run.',
} as const satisfies Record<string, string>
export type ScheduleWarning = keyof typeof scheduleWarnings
