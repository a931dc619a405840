/** Who logs in: a user of the controller, a service account of JAAS, or somebody who logged in to JAAS before. */
export type JujuCredentials =
  | {readonly kind: 'password'; readonly username: string; readonly password: string}
  | {readonly kind: 'client'; readonly clientId: string; readonly clientSecret: string}
  /** JAAS hands one out when a person logs in on a device; it expires, and nobody renews it here */
  | {readonly kind: 'session-token'; readonly token: string}

/** One controller and how to get in. */
export interface JujuTarget {
  /** 1..16 `host:port`, `[v6]:port` or `host` (port 17070); tried together, the first that answers wins */
  readonly endpoints: readonly string[]
  /** PEM. With it the server must show a certificate of this CA for `juju-apiserver`; without it, one of the system's roots for its host name. */
  readonly caCertificate?: string | undefined
  readonly credentials: JujuCredentials
  /** shown in Juju's audit log, for example `charmkeeper team-a/prod` */
  readonly userAgent: string
}

export interface Endpoint {
  /** as it was written */
  readonly text: string
  /** without brackets */
  readonly host: string
  readonly port: number
}

const defaultPort = 17070

/** @throws RangeError when `text` is no `host:port` */
export function parseEndpoint(text: string): Endpoint {
  const parts = /^(?:\[([\da-f:.%]+)\]|([^:[\]/\s]+))(?::(\d{1,5}))?$/i.exec(text.trim())
  const host = parts?.[1] ?? parts?.[2]
  const port = parts?.[3] === undefined ? defaultPort : Number(parts[3])
  if (host === undefined || port < 1 || port > 65_535) throw new RangeError(`"${text}" is not host:port`)
  return {text, host, port}
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
