/** One object of a store. */
export interface ObjectInfo {
  readonly key: string
  /** bytes */
  readonly size: number
  readonly lastModified: Date
  /** Of an object that was uploaded in one part, and that the store does not encrypt in its own ways, the MD5 in hexadecimal. */
  readonly etag?: string
}

/** Protection of a bucket against deletion. */
export interface ObjectLock {
  readonly enabled: boolean
  readonly mode?: 'Governance' | 'Compliance'
  readonly retentionDays?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ListOptions extends CallOptions {
  readonly max?: number
  readonly after?: string
  readonly shallow?: boolean
}

/**
 * One bucket. Keys are relative to it, without a slash in front.
 * Every call may throw StorageError; an aborted one throws the signal's reason.
 */
export interface ObjectStore {
  /**
   * Objects below a prefix, in the order of their keys, read page by page as they are consumed.
   *
   * @param options.max stop after so many
   * @param options.after only keys greater than this one
   * @param options.shallow a folder below the prefix is one entry, however much is in it: its key ends with a slash,
   *   its size and its time say nothing
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>
  /** The whole object. Throws StorageError NotFound, and ObjectTooLarge before more than `maxBytes` are held. */
  get(key: string, options: CallOptions & {maxBytes: number}): Promise<Buffer>
  /** The object piece by piece, as it is consumed. Throws StorageError NotFound with the first piece. */
  read(key: string, options?: CallOptions): AsyncIterable<Buffer>
  /** Undefined: there is no such object. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined>
  put(key: string, body: Buffer | string, options?: CallOptions): Promise<void>
  /** A missing object is no error. */
  delete(key: string, options?: CallOptions): Promise<void>
  /** Undefined: the store does not say, or may not tell us. */
  objectLock(options?: CallOptions): Promise<ObjectLock | undefined>
  /** Ends all connections; later calls fail. */
  close(): void
}

export type StorageErrorKind =
  | 'Unreachable'
  | 'CertificateNotTrusted'
  | 'CredentialsRejected'
  | 'AccessDenied'
  | 'BucketNotFound'
  | 'NotFound'
  | 'EndpointNotAllowed'

/** Why a request to a store failed. The message holds the request and the store's own words, never a key. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly kind: StorageErrorKind
  /** Name of the S3 request, for example ListObjectsV2. */
  readonly request: string

  constructor(kind: StorageErrorKind, request: string, message: string, options?: ErrorOptions) {
    super(`${request}: ${message}`, options)
    this.kind = kind
    this.request = request
  }
}

/** An object that is larger than the caller expected it could be. */
export class ObjectTooLarge extends Error {
  override readonly name = 'ObjectTooLarge'

  constructor(key: string, maxBytes: number) {
    super(`object ${key} has more than ${maxBytes} bytes`)
  }
}
