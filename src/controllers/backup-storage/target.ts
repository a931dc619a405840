import type {BackupStorageSpec} from '../../api/backup-storage.ts'
import {normalEndpoint} from '../../storage/location.ts'
import type {S3Config} from '../../storage/s3.ts'
import {caSource, readCertificate} from '../credentials/certificates.ts'
import {describe, digest, missing, type SourceReader, type SourceRef} from '../credentials/source-reader.ts'
import type {Fault} from './observed.ts'

/** A way to the store, complete. */
export interface StoreTarget {
  readonly s3: S3Config
  readonly path: string | undefined
  /** changes with everything that matters for the connection */
  readonly version: string
}

export type StoreTargetResult = {readonly ok: true; readonly target: StoreTarget} | ({readonly ok: false} & Fault)

/** Reads what the spec refers to. @throws as `SourceReader.read` */
export async function readStoreTarget(
  reader: SourceReader,
  namespace: string,
  {s3, accessMode}: BackupStorageSpec,
): Promise<StoreTargetResult> {
  const [ref] = storeSources(namespace, s3)
  const secret = await reader.read(ref)
  if (!secret.ok) return secret
  const [accessKey, secretKey] = ['access-key', 'secret-key'].map(key => secret.values.get(key)?.replace(/\r?\n$/, ''))
  if (!accessKey || !secretKey) return missing(`${describe(ref)} has not both of the keys access-key and secret-key`)
  const ca = await readCertificate(reader, namespace, s3)
  if (!ca.ok) return ca
  const {bucket, region, path, uriStyle} = s3
  const config: S3Config = {
    bucket,
    // Amazon answers for a bucket only at the endpoint of its region.
    endpoint: normalEndpoint(s3.endpoint, region),
    region,
    uriStyle,
    caCertificate: ca.caCertificate,
    credentials: {accessKey, secretKey},
  }
  const version = digest([['config', JSON.stringify([config, path, accessMode])]])
  return {ok: true, target: {s3: config, path, version}}
}

/** The objects that hold credentials and CA, the credentials first. */
export function storeSources(namespace: string, s3: BackupStorageSpec['s3']): readonly [SourceRef, ...SourceRef[]] {
  const ca = caSource(namespace, s3)
  return [{kind: 'Secret', namespace, name: s3.credentialsRef.name}, ...(ca === undefined ? [] : [ca])]
}
