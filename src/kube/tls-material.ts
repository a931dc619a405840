import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'

import type {CertificatePair} from './credentials.ts'

/** PEM in a file, which may be replaced while we run, or given once. */
export type Pem = {readonly file: string} | {readonly data: string}

/** Where certificates come from. */
export interface TlsSource {
  /** Who may have signed the server's certificate; absent: the system's roots. */
  readonly ca?: Pem | undefined
  readonly cert?: Pem | undefined
  readonly key?: Pem | undefined
  /** The name in the server's certificate, where it is not the host of the URL. */
  readonly serverName?: string | undefined
}

/** What the files held at one moment. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  /** The same for the same content. */
  readonly hash: string
}

/**
 * Reads the certificates; `pair`, where given, is the client's certificate.
 *
 * @throws the file system's error
 */
export async function readTlsMaterial(source: TlsSource, pair: CertificatePair | undefined): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([
    readPem(source.ca),
    pair === undefined ? readPem(source.cert) : pair.cert,
    pair === undefined ? readPem(source.key) : pair.key,
  ])
  const hash = createHash('sha256')
    .update(JSON.stringify([ca, cert, key]))
    .digest('hex')
  return {
    hash,
    ...(ca === undefined ? {} : {ca}),
    ...(cert === undefined ? {} : {cert}),
    ...(key === undefined ? {} : {key}),
    ...(source.serverName === undefined ? {} : {servername: source.serverName}),
  }
}

async function readPem(pem: Pem | undefined): Promise<string | undefined> {
  if (pem === undefined) return undefined
  return 'data' in pem ? pem.data : readFile(pem.file, 'utf8')
}
