import type {SnapshotPoller} from '../../juju/snapshot.ts'
import type {OperationInfo} from '../../juju/tasks.ts'
import type {DescribedSession} from '../../juju/writes/described-session.ts'

/** Namespace and name of a custom resource. */
export interface ObjectKey {
  readonly namespace: string
  readonly name: string
}

/** What the owner annotation in Juju said a moment ago; `owner` is '' when it is empty or could not be kept. */
export type ClaimCheck = {readonly ok: true} | {readonly ok: false; readonly owner: string}

/**
 * One JujuModel with an open way into Juju, for the controllers of jobs.
 *
 * A handle is a value of the moment: look it up again in every reconcile. Its session and snapshots live on while
 * anybody holds the model (`ModelDirectory.hold`).
 */
export interface ModelHandle {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly modelUUID: string
  /** qualifier/name, for example `admin/prod` */
  readonly modelName: string
  readonly modelType: 'Machines' | 'Kubernetes'
  readonly access: 'read' | 'write' | 'admin'
  readonly limits: {readonly maxConcurrentJobs: number}
  readonly session: DescribedSession
  readonly snapshots: SnapshotPoller
  /**
   * Reads the owner annotation of the model in Juju right now (api.md rule 13), once for all who ask within a moment; call it
   * before every effect.
   *
   * @throws JujuError, ConnectionLost: nothing is known, so do nothing
   */
  checkClaim(signal?: AbortSignal): Promise<ClaimCheck>
  /**
   * Every operation that Juju remembers, by rising id, read after this call, once for all who ask at that moment.
   *
   * @throws JujuError, ConnectionLost
   */
  allOperations(signal?: AbortSignal): Promise<readonly OperationInfo[]>
}

/**
 * What is known about a JujuModel. `reason` and `message` are those of its Ready condition. A model that is not ready
 * may still have a handle: a granted job follows its task through it (and finds the session lost or connected).
 */
export type ModelLookup =
  | {readonly found: false; readonly message: string}
  | {
      readonly found: true
      readonly ready: false
      readonly reason: string
      readonly message: string
      readonly handle?: ModelHandle
      /** The operator has only just started and has not tried yet; it was ready when that was last written. */
      readonly expected?: true
    }
  | {readonly found: true; readonly ready: true; readonly handle: ModelHandle}

/** The JujuModels of this process, as the job controllers see them: in memory, never blocking. */
export interface ModelDirectory {
  lookup(namespace: string, name: string): ModelLookup
  /** the one model that works for this UUID; duplicates and models without a session are not found here */
  byUUID(modelUUID: string): ModelHandle | undefined
  /** A snapshot arrived, or state, access or limits changed. Returns the function that stops the listening. */
  onChange(listener: (key: ObjectKey) => void): () => void
  /**
   * Keeps session and last credentials while a granted job needs them, even when the JujuModel is being deleted or
   * suspended; the JujuModel carries the finalizer `charmkeeper.dev/in-use` meanwhile. Returns the release of this hold;
   * others stay.
   */
  hold(namespace: string, name: string): () => void
}
