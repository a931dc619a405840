import type {CharmTask, UnitStatus} from '../machine.ts'
import type {MongodMember} from './engine.ts'
import type {PbmState} from './pbm-state.ts'
import type {MongodbState, ShownStatus} from './state.ts'

export const mongodbCharmIds = ['mongodb-6', 'mongodb-8', 'mongodb-k8s-6', 'mongodb-k8s-8'] as const
export type MongodbCharmId = (typeof mongodbCharmIds)[number]
export type BackupAction = 'create-backup' | 'list-backups' | 'restore'

/**
 * In what the tracks differ, text for text. Executed charm code is the source of the backup texts: the recordings in
 * test/fixtures/charm-recordings; those of members were read.
 */
export interface Dialect {
  readonly track: '6' | '8'
  /** Why an action is refused on the unit. Track 6 shows what it finds of PBM on the way. */
  readonly refusal: (state: MongodbState, task: CharmTask, action: BackupAction) => Promise<string | undefined>
  readonly pbmState: (state: MongodbState, unit: string) => Promise<PbmState>
  /** undefined: the charm has nothing to say. */
  readonly statusOf: (state: PbmState) => ShownStatus | undefined
  /** @param primary whether the replica set has one */
  readonly memberStatus: (member: MongodMember, primary: boolean) => ShownStatus
  /** What the unit shows of its member and of PBM. */
  readonly shown: (member: ShownStatus, pbm: ShownStatus | undefined) => UnitStatus
  /** A failed `pbm` command as the charm's exception prints it. */
  readonly commandError: (output: string) => string
  /** The listing fails after the checks. */
  readonly listingError: (output: string) => string
  /** Track 8 shows what it found after a listing. */
  readonly showsAfterListing: boolean
  /** Only the leader configures PBM in track 8; in track 6 every unit does, and shows how that went. */
  readonly everyUnitConfigures: boolean
  /** A restore looks through no backups at all (`snapshot` is null) with an exception. */
  readonly stumblesOverNoBackups: boolean
  readonly invalidIntegration: ShownStatus
}
