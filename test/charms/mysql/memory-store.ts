import {UncaughtCharmError} from '../machine.ts'
import type {MemoryBucket, ObjectSink} from '../memory-bucket.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import type {KeysRead, MysqlStore} from './engine.ts'
import type {Objects} from './xtrabackup-files.ts'

/** What a store does instead of answering. */
export type StoreTrouble = 'missing bucket' | 'no access'

const storeErrors: Readonly<Record<StoreTrouble, string>> = {
  'missing bucket':
    'botocore.errorfactory.NoSuchBucket: An error occurred (NoSuchBucket) when calling the GetObject operation: The specified bucket does not exist',
  'no access':
    'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied',
}

/** The store of a MySQL application in memory. */
export class MemoryStore implements MysqlStore {
  readonly bucket: MemoryBucket
  /** When set, the store answers the charm nothing else. */
  trouble: StoreTrouble | undefined
  /** Uploads whose key ends like this fail. */
  uploadsFail: string | undefined
  readonly #sinkOf: ((s3: S3Parameters) => ObjectSink) | undefined

  /** @param sinkOf where the objects go too, by the S3 settings */
  constructor(bucket: MemoryBucket, sinkOf: ((s3: S3Parameters) => ObjectSink) | undefined) {
    this.bucket = bucket
    this.#sinkOf = sinkOf
  }

  async keys(_s3: S3Parameters, prefix: string): Promise<KeysRead> {
    return this.trouble === undefined
      ? {ok: true, keys: this.bucket.keys(prefix)}
      : {ok: false, missingBucket: this.trouble === 'missing bucket'}
  }

  async exists(_s3: S3Parameters, key: string): Promise<boolean> {
    if (this.trouble !== undefined) throw new UncaughtCharmError(storeErrors[this.trouble])
    return this.bucket.get(key) !== undefined
  }

  async read(_s3: S3Parameters, key: string): Promise<string | undefined> {
    return this.trouble === undefined ? this.bucket.get(key) : undefined
  }

  async upload(s3: S3Parameters, key: string, text: string): Promise<boolean> {
    const fails = this.uploadsFail !== undefined && key.endsWith(this.uploadsFail)
    if (fails || this.trouble !== undefined) return false
    await this.put(s3, [[key, text]])
    return true
  }

  /** What MySQL's own tools upload. */
  async put(s3: S3Parameters, objects: Objects): Promise<void> {
    if (this.#sinkOf !== undefined) this.bucket.mirrorTo(this.#sinkOf(s3))
    for (const [key, text] of objects) await this.bucket.put(key, text)
  }
}
