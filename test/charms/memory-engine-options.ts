import type {Clock} from '../../src/time/clock.ts'
import type {ObjectSink} from './memory-bucket.ts'
import type {S3Parameters} from './s3-parameters.ts'

/** What every database in memory is made with. */
export interface MemoryEngineOptions<Durations> {
  readonly clock: Clock
  readonly durations?: Partial<Durations>
  /** Mirrors what is backed up, object by object, into the store that the S3 settings name. */
  readonly store?: (s3: S3Parameters) => ObjectSink
}
