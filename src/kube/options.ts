export interface ObjectKey {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** For one try, in ms; 30 s unless told. */
  readonly timeoutMs?: number
  /** How often the call is tried in all; 5 unless told. */
  readonly attempts?: number
}

export interface CreateOptions extends CallOptions {
  /** The server checks everything (schema, policies, quotas) and keeps nothing. */
  readonly dryRun?: boolean
}

export interface ListOptions extends CallOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined
  readonly limit?: number
  readonly continue?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  /** Asks for apiVersion, kind and metadata only, which is far cheaper on both sides. */
  readonly metadataOnly?: boolean
}

export interface ListPage<T> {
  readonly items: T[]
  readonly resourceVersion: string
  /** Present when there are more pages. */
  readonly continue?: string
}

export interface WatchOptions {
  readonly namespace?: string | undefined
  /** Where to begin; absent: `sendInitialEvents` decides. */
  readonly resourceVersion?: string | undefined
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number
  /** Begin with the present state as ADDED events, closed by a bookmark that carries `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Silence for this long ends the watch with WatchIdle; 135 s unless told. */
  readonly idleMs?: number
}

/** RFC 6902. `test` makes a patch conditional: when it fails, nothing changes and the server answers 422. */
export type JsonPatchOp =
  | {readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown}
  | {readonly op: 'remove'; readonly path: string}

export interface ReplaceOptions extends CallOptions {
  /** Who owns the fields that change; the name of the program unless told. */
  readonly fieldManager?: string
  readonly subresource?: 'status'
}

export interface DeleteOptions extends CallOptions {
  /** Preconditions: the delete is refused with a conflict when they do not hold. */
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
}
