import {X509Certificate} from 'node:crypto'
import type {CaCertificateRef} from '../../api/certificate.ts'
import {describe, missing, type SourceMissing, type SourceReader, type SourceRef} from './source-reader.ts'

/** The two ways in which a spec names a CA; with neither, the system's roots count. */
export interface CaSpec {
  readonly caCertificate?: string | undefined
  readonly caCertificateRef?: CaCertificateRef | undefined
}

export type CaResult =
  | {readonly ok: true; readonly caCertificate: string | undefined}
  | SourceMissing
  | {readonly ok: false; readonly reason: 'CertificateNotTrusted'; readonly message: string}

/** The CA that a spec of this namespace names. @throws as `SourceReader.read` */
export async function readCertificate(reader: SourceReader, namespace: string, spec: CaSpec): Promise<CaResult> {
  const ref = caSource(namespace, spec)
  const key = spec.caCertificateRef?.key
  if (ref === undefined || key === undefined) return {ok: true, caCertificate: spec.caCertificate}
  const source = await reader.read(ref)
  if (!source.ok) return source
  const caCertificate = source.values.get(key)
  if (caCertificate === undefined) return missing(`${describe(ref)} has no key ${key}`)
  if (isCertificate(caCertificate)) return {ok: true, caCertificate}
  const message = `the value of ${key} in ${describe(ref)} is no PEM certificate`
  return {ok: false, reason: 'CertificateNotTrusted', message}
}

/** The object that holds the CA, if the spec names one. */
export function caSource(namespace: string, {caCertificateRef}: CaSpec): SourceRef | undefined {
  return caCertificateRef && {kind: caCertificateRef.kind, namespace, name: caCertificateRef.name}
}

/** Node takes what it cannot read for an empty list of CAs, and blames the server. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
