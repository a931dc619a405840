import type {BackupStorage, BackupStorageReason} from '../../api/backup-storage.ts'
import type {ReadyState} from '../../runtime/conditions.ts'
import type {ProbeResult} from '../../storage/probe.ts'

/** Why a store cannot be used, in the words of Ready. */
export interface Fault {
  readonly reason: BackupStorageReason
  readonly message: string
}

/** The last look at the store with the present spec and Secret. */
export interface ProbeView {
  readonly result: ProbeResult
  readonly ageMs: number
  /** RFC 3339: when the store began to fail; undefined while it does not */
  readonly since: string | undefined
  /** since an object was written to prove that it can be; undefined: not with this spec and Secret */
  readonly wroteAgeMs: number | undefined
}

/** Everything that decides over a BackupStorage, read once. */
export interface Observed {
  readonly storage: BackupStorage
  /** the rule of the schema that the spec breaks, as a sentence */
  readonly invalid?: string | undefined
  /** whether credentials and CA could be read */
  readonly target: {readonly ok: true} | ({readonly ok: false} & Fault)
  /** undefined: the store has not been looked at yet */
  readonly probe?: ProbeView | undefined
  readonly probing: boolean
}

/** What Ready says. */
export interface Outcome extends Fault {
  readonly state: ReadyState
}

/** What to say and what to do next; without `outcome` nothing new is known, and what was said stays. */
export interface Verdict {
  readonly outcome?: Outcome
  readonly probe?: {readonly write: boolean}
  /** look again after this time */
  readonly againMs: number
}
