/** One attempt of one request, as it ended. */
export interface RequestObservation {
  /** What it was for: `get`, `list`, `watch`, `create`, `replace`, `patch`, `apply`, `delete`. */
  readonly verb: string
  readonly method: string
  /** `host:port` of the API server. */
  readonly host: string
  /** `backupjobs.charmkeeper.dev` */
  readonly resource: string
  /** The HTTP status, or `<error>` when no answer came (client-go's word). */
  readonly code: string
  /** Until the answer was read; for a watch until its headers came. */
  readonly seconds: number
}

/** Where the Kubernetes client counts its requests (`rest_client_requests_total` and friends). */
export interface RequestMetrics {
  requestFinished(observation: RequestObservation): void
  /** A request is tried again after `reason`: an HTTP status or a system error's code. */
  requestRetried(verb: string, reason: string): void
}

const nothing = (): void => undefined

/** Counts nothing. */
export const noRequestMetrics: RequestMetrics = Object.freeze({requestFinished: nothing, requestRetried: nothing})
