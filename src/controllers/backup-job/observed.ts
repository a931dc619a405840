import type {BackupJob, BackupJobStatus} from '../../api/backup-job.ts'
import type {CharmProfile, ListingResult, StatusView} from '../../charms/profile.ts'
import type {TimedUnitView} from '../../charms/restore.ts'
import type {Enqueued} from '../../juju/actions.ts'
import type {ActionSpec} from '../../juju/charms.ts'
import type {LedgerFinding, LedgerRefusal} from '../../juju/ledger.ts'
import type {TaskInfo} from '../../juju/tasks.ts'
import type {Verdict} from '../../juju/writes/write.ts'
import type {Evidence} from '../../storage/layouts/evidence.ts'
import type {KnownBackup, Reach, SourceView} from './restore/plan.ts'

/**
 * Something that takes longer than a reconcile may: it is read in the background, and the job is reconciled again when it is
 * there. `failures` counts the failed tries in a row, without those that Juju refused for a while only; `retryAt` (ms since the
 * epoch) is when the next one is due.
 */
export type Reading<T> =
  | {readonly state: 'unread'}
  | {readonly state: 'pending'}
  /** `at`: when it was read, ms since the epoch */
  | {readonly state: 'ready'; readonly value: T; readonly at: number}
  | {readonly state: 'failed'; readonly message: string; readonly failures: number; readonly retryAt: number}

/** The charm's actions, from Juju's own record of the charm; a name that is missing does not exist. */
export interface ActionFacts {
  /** of the charm; the application may have been refreshed since */
  readonly url: string
  readonly actions: ReadonlyMap<string, ActionSpec>
}

/** Whether the integrator behind the application points at the BackupStorage (or at anything, without a storageRef). */
export type DestinationCheck =
  | {
      readonly ok: true
      readonly endpoint?: string
      readonly region?: string
      readonly bucket?: string
      readonly path?: string
    }
  | {readonly ok: false; readonly reason: 'StorageNotConfigured' | 'StorageMismatch'; readonly message: string}

/** What has to be known in the moment before the intent is written. */
export interface EnqueueFacts {
  /** highest operation id of the model, '' if there is none */
  readonly highestOperationID: string
  /** Juju's clock, RFC 3339 */
  readonly controllerTime: string
  /** who owns the model according to its annotation, '' if it is us */
  readonly claimedBy: string
  /** a task that somebody else started since the grant and that is not over, in words; '' if there is none */
  readonly foreign: string
  /** its id, '' if there is none */
  readonly ignorable: string
}

/** The listing after the end, and the tasks in Juju that may have made a backup of the same application beside ours. */
type ListingAfter = ListingResult & {readonly otherTasks?: readonly string[]}

/** What the store says about the backup, whatever its layout, and what that adds to the status. */
export type StoreProof = Evidence<{readonly status: Partial<BackupJobStatus>}> & {
  /** id of the backup that it is about */
  readonly of?: string | undefined
}

/** What became of a change of the ledger in Juju; confirmed, so that it is sure to stay. */
export interface LedgerChange {
  /** why it could not be made */
  readonly refusal?: LedgerRefusal | undefined
}

/** What has to be known in the moment before units are changed. */
export interface UnitFacts extends Pick<EnqueueFacts, 'controllerTime' | 'claimedBy'> {
  /** names of the units that are there to stay */
  readonly alive: readonly string[]
  /** the same with those on their way out */
  readonly all: readonly string[]
  /** wanted number, on Kubernetes */
  readonly scale: number | undefined
}

/** All that is read in the background for one job; names are keys in `Readings`. */
export interface ReadingValues {
  /** Juju's status was read for this job */
  readonly look: void
  readonly charm: ActionFacts
  readonly destination: DestinationCheck
  readonly before: ListingResult
  readonly primary: string | undefined
  readonly enqueueFacts: EnqueueFacts
  readonly search: Verdict<Enqueued>
  readonly after: ListingAfter
  readonly store: StoreProof
  /** moments that the listed backups can be replayed to, as the store shows it */
  readonly reach: readonly Reach[]
  /** what an unfinished run has left in the store; without names: nothing */
  readonly leftovers: {readonly names?: string | undefined}
  readonly ledger: LedgerFinding
  /** the request is in the ledger */
  readonly ledgerEntry: LedgerChange
  /** its outcome is in the ledger */
  readonly ledgerOutcome: LedgerChange
  readonly unitFacts: UnitFacts
  /** what came of a change of units whose reply was never seen */
  readonly unitSearch: Verdict<unknown>
}
export type ReadingName = keyof ReadingValues
export type ReadingsView = {readonly [K in ReadingName]: Reading<ReadingValues[K]>}

/**
 * How the JujuModel stands. `unready` says with `permanent` whether nothing can come back without a person;
 * `followable` whether a session is open all the same (a model that is being suspended or deleted).
 */
export type ModelView =
  | {readonly state: 'missing'; readonly message: string}
  | {
      readonly state: 'unready'
      readonly reason: string
      readonly message: string
      readonly permanent: boolean
      readonly followable: boolean
    }
  | {
      readonly state: 'ready'
      readonly modelUUID: string
      readonly modelName: string
      readonly access: 'read' | 'write' | 'admin'
      readonly kubernetes: boolean
    }

/** The application in Juju's status. */
export interface ApplicationView {
  readonly charm: string
  readonly charmURL: string
  readonly revision: number | undefined
  readonly channel: string | undefined
  readonly base: {readonly name: string; readonly channel: string} | undefined
  readonly workloadVersion: string | undefined
  readonly tls: boolean
  readonly status: StatusView & {readonly since?: number | undefined}
  /** those that are alive, in the order of their numbers */
  readonly units: readonly TimedUnitView[]
  /** names of units that are on their way out */
  readonly leaving: readonly string[]
}

/** `waiting` until a status of Juju has been seen. */
export type ApplicationLookup =
  | {readonly state: 'waiting'}
  | {readonly state: 'absent'; readonly known: readonly string[]}
  | {
      readonly state: 'present'
      readonly view: ApplicationView
      readonly profile: CharmProfile | undefined
      readonly unsupported: string
    }

export type StorageView =
  | {readonly state: 'none'}
  | {readonly state: 'missing'; readonly message: string}
  | {readonly state: 'unready'; readonly reason: string; readonly message: string}
  | {
      readonly state: 'ready'
      readonly endpoint: string
      readonly region: string
      readonly bucket: string
      readonly path: string
    }

/** A task of this job in Juju: not looked at yet, gone from Juju's history, or as it is. */
export type TaskView =
  {readonly state: 'unseen'} | {readonly state: 'gone'} | {readonly state: 'seen'; readonly task: TaskInfo}

/** The job named in parentJobRef. */
export type ParentView =
  | {readonly state: 'none'}
  | {readonly state: 'missing'}
  | {readonly state: 'open'}
  | {readonly state: 'failed'}
  | {readonly state: 'succeeded'; readonly backupID: string; readonly application: string; readonly modelUUID: string}

/** What a safety backup needs a person for. */
export interface SafetyQuestion {
  readonly message: string
  /** ms since the epoch */
  readonly since: number
  /** something of it may be under way in Juju: no cancel ends it at once */
  readonly mayRun: boolean
  /** it was asked to end */
  readonly isCancelled: boolean
}

/** The BackupJob of a restore's safety backup. `foreign`: the name belongs to something else. */
export type SafetyView =
  | {readonly state: 'none' | 'missing'}
  /** `asks`: it goes on only when a person has acted */
  | {readonly state: 'open'; readonly asks?: SafetyQuestion}
  | {readonly state: 'foreign' | 'failed'; readonly message: string}
  | {readonly state: 'succeeded'; readonly backupID: string}

/** What only a restore depends on. */
export interface RestoreFacts {
  readonly source: SourceView
  readonly known: readonly KnownBackup[]
  /** of finished restores of the same application, seconds, newest first */
  readonly durations: readonly number[]
  readonly safety: SafetyView
}

/** A person's answer for the intent of this job. */
export type Answer = 'Happened' | 'DidNotHappen' | 'Abandon'

/** Everything that a decision about one BackupJob may depend on; a value, gathered before. */
export interface Observed {
  /** wall clock, ms since the epoch */
  readonly now: number
  readonly job: BackupJob
  readonly status: BackupJobStatus
  /** the rule that the spec breaks, for objects that are older than the rule */
  readonly problem: {readonly path: string; readonly message: string} | undefined
  readonly model: ModelView
  readonly application: ApplicationLookup
  readonly storage: StorageView
  readonly parent: ParentView
  /** present for type Restore */
  readonly restore?: RestoreFacts | undefined
  /** name of the restore that this job is the safety backup of; its grant counts for this job */
  readonly lender: string | undefined
  /** sizes of the last successful backups of the same application and type, bytes, newest first, at most five */
  readonly lastSizes: readonly number[]
  readonly readings: ReadingsView
  /** of the call that is under way: the job's own task, or that of a hook */
  readonly task: TaskView
  readonly answer: Answer | undefined
  /** tasks in Juju that a person told this job to ignore */
  readonly ignoredTasks: readonly string[]
  readonly deleting: boolean
  /** the job carries the `running` finalizer */
  readonly held: boolean
  /** this process has asked Juju to cancel the task already */
  readonly cancelSent: boolean
  /** ms after the intent within which the call may still arrive in Juju */
  readonly callTimeoutMs: number
}
