import type {Credentials} from './credentials.ts'
import type {TlsSource} from './tls-material.ts'

/** Everything that is needed to reach one API server. */
export interface ClusterConnection {
  /** May have a path, which then precedes every request's. */
  readonly server: URL
  readonly tls: TlsSource
  readonly credentials: Credentials
  /** http://, https:// or socks5:// */
  readonly proxyUrl?: string | undefined
  /** The user to act as (`as` in a kubeconfig). */
  readonly impersonateUser?: string | undefined
  /** Of the context, or of the pod. */
  readonly namespace?: string | undefined
}

/** The way to the API server is not described, or described in a way that is refused. Says what to write instead. */
export class KubeconfigInvalid extends Error {
  override readonly name = 'KubeconfigInvalid'
}
