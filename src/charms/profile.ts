import type {BackupType} from '../api/backup-job.ts'
import type {RestoreCapability} from './restore.ts'

/** What a charm shows about a unit or about its application. Words are Juju's own. */
export interface StatusView {
  /** active, maintenance, waiting, blocked, error, unknown, terminated */
  readonly workloadStatus: string
  readonly workloadMessage: string
}

/** A unit as Juju's status shows it. */
export interface UnitView extends StatusView {
  /** `postgresql/0` */
  readonly name: string
  /** idle, executing, allocating, lost, failed, rebooting, error */
  readonly agentStatus: string
  readonly leader?: boolean
}

export interface UnitQuestion {
  readonly units: readonly UnitView[]
  /** As the charm's own action said just now; absent: unknown, then the units' status texts count. */
  readonly primary?: string | undefined
  /** Whether the application has TLS (see `tlsEndpoints`); absent: unknown. */
  readonly tls?: boolean | undefined
  /** The unit that the user asked for. */
  readonly wanted?: string | undefined
  /** Units that refused in this attempt. */
  readonly unsuitable: readonly string[]
}

/** `passing` tells whether waiting can help; if not, only a person or another spec can. */
export type UnitChoice =
  | {readonly ok: true; readonly unit: string; readonly why: string}
  | {readonly ok: false; readonly passing: boolean; readonly message: string}

/** One line of the charm's list of backups. Times are the charm's, in its own clock. */
export interface BackupRow {
  /** Opaque; ids of one application sort by age. */
  readonly id: string
  readonly action: 'full' | 'differential' | 'incremental' | 'restore' | 'unknown'
  readonly finished: boolean
  /** Listed as in progress. A run that was cut short stays so for ever. */
  readonly running?: true
  /** The charm lists it without a state, from when it was begun: only its task, or the store, tells whether it is whole. */
  readonly stateless?: true
  /** What stands after `failed:`. For pgBackRest `True` means that pages with wrong checksums were found. */
  readonly error?: string
  /** Nearest backup that this one builds on. */
  readonly reference?: string
  readonly lsnStart?: string
  readonly lsnStop?: string
  readonly startTime?: string
  readonly finishTime?: string
  /** Hexadecimal, without leading zeros. */
  readonly timeline?: string
  readonly backupPath?: string
}

export type ListingResult =
  | {
      readonly ok: true
      readonly rows: readonly BackupRow[]
      readonly bucket?: string
      /** Path of the repository in the bucket, without slashes at its ends. */
      readonly path?: string
    }
  /** Garbled: nothing may be concluded from it, least of all that a backup is missing. */
  | {readonly ok: false; readonly message: string}

/**
 * What a failed task means for the next step.
 *
 * - `WrongUnit`: the same call on another unit may work.
 * - `Transient`: the same call may work later.
 * - `Permanent`: somebody has to change the spec or the cluster first.
 * - `Standby`: the application is a standby of another cluster.
 * - `StorageNotConfigured`: the object store is not integrated, or not completely.
 * - `Unknown`: not a text of this charm, such as Juju's own words for a crashed action.
 *
 * None of them proves that no backup was made: the listing has to be read in any case.
 */
export type FailureKind = 'WrongUnit' | 'Transient' | 'Permanent' | 'Standby' | 'StorageNotConfigured' | 'Unknown'

/** A text of the charm, known from its code. Table for classification, tests and docs. */
export interface FailureText {
  /** How the message begins; also found inside of a longer one. */
  readonly text: string
  readonly kind: FailureKind
  readonly meaning: string
}

export interface ArtefactQuestion {
  readonly backupID: string
  readonly rows: readonly BackupRow[]
  /** Path of the repository in the bucket, from the listing or from the BackupStorage. */
  readonly path: string
  /** Name of the model without its owner. */
  readonly modelName: string
  readonly application: string
}

export interface BackupCapability {
  /** undefined: nobody knows what the charm copies */
  readonly method: 'Physical' | 'Logical' | undefined
  readonly types: readonly BackupType[]
  /** Whether backups are compressed; the user has no say. `AsTheCharmDoes`: nobody promises either. */
  readonly compression: 'Always' | 'AsTheCharmDoes'
  readonly createAction: 'create-backup'
  /** `Task`: the task blocks until the backup is made. `Listing`: it only begins it; its row in the listing tells the end. */
  readonly completion: 'Task' | 'Listing'
  /** Of an asynchronous charm: a unit that makes no backup is known to say so by its status. */
  readonly showsRunning?: true
  readonly listAction: 'list-backups'
  /** Where the list action may be run. */
  readonly listOn: 'Any' | 'Leader'
  /** Parameters of the list action, where its answer is asked for in a form. */
  readonly listParameters?: Readonly<Record<string, string>>
  readonly primaryAction?: 'get-primary' | 'get-cluster-status'
  /** Relation endpoint of the charm whose other side is the integrator; undefined: known by its interface, `s3`. */
  readonly storageEndpoint: string | undefined
  /** Relation endpoints that turn TLS on where that matters for the choice of the unit. */
  readonly tlsEndpoints: readonly string[]
  /** Unfinished tasks of these actions hold the application, whoever started them. */
  readonly lockingActions: readonly string[]
  /** Parameters of the create action. Never an empty string: charms trip over those. */
  readonly parameters: (backup: {readonly type: BackupType}) => Record<string, string>
  /** Who may make the backup, best first. Pure. */
  readonly chooseUnit: (question: UnitQuestion) => UnitChoice
  /** Id of the backup out of the result of the create action. Absent: the charm does not tell it. */
  readonly reportedID?: (output: Readonly<Record<string, unknown>>) => string | undefined
  /** Unit name out of the result of the primary action. */
  readonly parsePrimary: (output: Readonly<Record<string, unknown>>) => string | undefined
  /** The primary as the units' status texts show it; undefined: they do not. */
  readonly primaryByStatus: (units: readonly UnitView[]) => string | undefined
  readonly parseListing: (output: Readonly<Record<string, unknown>>) => ListingResult
  readonly classifyFailure: (message: string) => FailureKind
  readonly failureTexts: readonly FailureText[]
  /** What a unit says that it is doing; may lag behind the truth in both directions. */
  readonly busyWith: (unit: UnitView) => 'Backup' | 'Restore' | undefined
  /** The complaint of a unit or of the application about its object store, with what a person has to do about it. */
  readonly storageComplaint: (shown: StatusView) => string | undefined
  /** Whether a running backup may be cancelled without asking twice, and what a cancelled one leaves behind. */
  readonly cancelSafety: {readonly safe: boolean; readonly why: string; readonly leaves: string}
  /** Whether backups leave the store by age: by an option of the integrator, or not at all. */
  readonly expiry: 'ByIntegrator' | 'Never'
  /** How the listing shows a backup that is not finished: the rest of `The charm lists backup X …`. */
  readonly describeUnfinished: (row: BackupRow) => string
  /** Name of the backup in its repository. Undefined: the listing does not tell. */
  readonly label: (backupID: string, rows: readonly BackupRow[]) => string | undefined
  readonly artefact: (question: ArtefactQuestion) => {stanza?: string; label?: string; logPath?: string}
  /** How the backups lie in the store. `SingleObject`: one object each. `None`: nobody knows, nothing can be looked for. */
  readonly layout: 'pgBackRest' | 'XtraBackup' | 'PBM' | 'OpenSearch' | 'ZooKeeper' | 'SingleObject' | 'None'
  /** For `SingleObject`: with what the object of a backup may begin; absent: nothing is known of it. */
  readonly objectMagics?: readonly string[]
}

/** What one charm, in one track, can do. Data and pure functions. */
export interface CharmProfile {
  /** Charm and track: `postgresql-k8s-16`. */
  readonly id: string
  /** For people: `PostgreSQL 16`. */
  readonly engine: string
  readonly backup: BackupCapability
  /** Absent: the charm cannot restore, or we do not know how. */
  readonly restore?: RestoreCapability
  /** Actions that only their own kinds may run: backup, restore, refresh, promotion. */
  readonly owns: readonly string[]
  /** Actions that change nothing: no intent, no lock, may be repeated. */
  readonly readOnlyActions: readonly string[]
}
