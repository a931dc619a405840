import {EndpointNotAllowed} from '../net/endpoint-policy.ts'
import {StorageError, type StorageErrorKind} from './object-store.ts'

/** Error codes of S3 and what they mean to us; the status code counts for all others. */
const byCode: Readonly<Record<string, StorageErrorKind>> = {
  InvalidAccessKeyId: 'CredentialsRejected',
  SignatureDoesNotMatch: 'CredentialsRejected',
  AuthorizationHeaderMalformed: 'CredentialsRejected', // also: signed for another region; the text says which
  InvalidToken: 'CredentialsRejected',
  ExpiredToken: 'CredentialsRejected',
  InvalidSecurity: 'CredentialsRejected',
  RequestTimeTooSkewed: 'CredentialsRejected',
  NotSignedUp: 'CredentialsRejected',
  AccessDenied: 'AccessDenied',
  NoSuchBucket: 'BucketNotFound',
  PermanentRedirect: 'BucketNotFound', // the bucket is at another endpoint
  NoSuchKey: 'NotFound',
  NotFound: 'NotFound',
}

/** Error codes of OpenSSL and Node for a certificate that is not the right one. */
const untrusted =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT)/

/** Everything that an S3 request can throw, as a StorageError. */
export function toStorageError(request: string, fault: unknown): StorageError {
  if (fault instanceof StorageError) return fault
  const notAllowed = findCause(fault, cause => cause instanceof EndpointNotAllowed)
  if (notAllowed) return new StorageError('EndpointNotAllowed', request, notAllowed.message, {cause: fault})
  const certificate = findCause(fault, cause => untrusted.test(codeOf(cause)))
  if (certificate) return new StorageError('CertificateNotTrusted', request, certificate.message, {cause: fault})
  return new StorageError(kindOf(fault), request, describe(fault), {cause: fault})
}

function kindOf(fault: unknown): StorageErrorKind {
  const known = fault instanceof Error ? byCode[fault.name] : undefined
  if (known) return known
  const status = statusOf(fault)
  if (status === 401) return 'CredentialsRejected'
  if (status === 404) return 'NotFound'
  // A request that the store understood and refused will be refused again; everything else may pass.
  return status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429
    ? 'AccessDenied'
    : 'Unreachable'
}

function describe(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault)
  const status = statusOf(fault)
  // Node gathers the refusals of several addresses in one error without a text of its own.
  const text = fault instanceof AggregateError ? fault.errors.map(describe).join('; ') : fault.message
  const generic = text === '' || text === 'UnknownError' || text === fault.name
  const words = generic ? fault.name : /^(Error|AggregateError)$/.test(fault.name) ? text : `${fault.name}: ${text}`
  return status === undefined ? words : `${words} (HTTP ${status})`
}

function findCause(fault: unknown, matches: (cause: unknown) => boolean, depth = 0): Error | undefined {
  if (!(fault instanceof Error) || depth > 5) return undefined
  if (matches(fault)) return fault
  const below = fault instanceof AggregateError ? (fault.errors as unknown[]) : [fault.cause]
  return below.map(cause => findCause(cause, matches, depth + 1)).find(found => found !== undefined)
}

function codeOf(fault: unknown): string {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
  return typeof code === 'string' ? code : ''
}

function statusOf(fault: unknown): number | undefined {
  if (!(fault instanceof Error) || !('$metadata' in fault)) return undefined
  const metadata = fault.$metadata as {httpStatusCode?: unknown} | undefined
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}
