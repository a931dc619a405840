import {X509Certificate} from 'node:crypto'
import type {S3Spec} from '../api/backup-storage.ts'
import {DEFAULT_REGION, normalEndpoint, normalPath} from './location.ts'

/** One setting in which the integrator in Juju and a BackupStorage differ. Never holds a secret. */
export interface Difference {
  /** Field of spec.s3. */
  readonly field: string
  /** Option of the integrator. */
  readonly option: string
  /** As it is in the BackupStorage; empty: not set. */
  readonly expected: string
  /** As it is in the integrator; empty: not set. */
  readonly actual: string
}

/** Where an integrator points, as the charm behind it understands its options. */
export interface IntegratorLocation {
  readonly bucket: string
  readonly endpoint: string
  readonly region: string
  /** Without slashes at its ends. */
  readonly path: string
  readonly uriStyle: 'Path' | 'Host'
  readonly storageClass: string
  readonly apiVersion: string
  readonly attributes: readonly string[]
  /** SHA-256 fingerprints of the CA chain, or a word for what cannot be read. */
  readonly ca: readonly string[]
}

/**
 * Reads the configuration of an s3-integrator (reference/charms.md, 1.6).
 *
 * @param config as Juju's Application.Get gives it: option to value, or to `{value, default, …}`
 */
export function integratorLocation(config: Readonly<Record<string, unknown>>): IntegratorLocation {
  const option = (name: string): string => textOf(config[name])
  const region = option('region')
  return {
    bucket: option('bucket').replace(/^\/+|\/+$/g, ''),
    endpoint: normalEndpoint(option('endpoint'), region || undefined),
    region: region || DEFAULT_REGION,
    path: normalPath(option('path')),
    uriStyle: option('s3-uri-style').toLowerCase() === 'path' ? 'Path' : 'Host',
    storageClass: option('storage-class'),
    apiVersion: option('s3-api-version').replace(/^s3v|^v/i, ''),
    attributes: sorted(option('attributes').split(',')),
    ca: fingerprints(decodeChain(option('tls-ca-chain'))),
  }
}

/**
 * Compares what the integrator would make a charm write to with what a BackupStorage describes.
 *
 * @param caCertificate PEM that `s3.caCertificate` or `s3.caCertificateRef` stands for
 * @returns nothing when a backup that goes through the integrator can be found with the BackupStorage
 */
export function compareIntegrator(
  s3: S3Spec,
  config: Readonly<Record<string, unknown>>,
  caCertificate: string | undefined = s3.caCertificate,
): Difference[] {
  const actual = integratorLocation(config)
  const region = s3.region ?? DEFAULT_REGION
  const rows: readonly [field: string, option: string, expected: string, actual: string][] = [
    ['bucket', 'bucket', s3.bucket, actual.bucket],
    ['endpoint', 'endpoint', normalEndpoint(s3.endpoint, s3.region), actual.endpoint],
    ['region', 'region', region, actual.region],
    ['path', 'path', normalPath(s3.path), actual.path],
    ['uriStyle', 's3-uri-style', s3.uriStyle, actual.uriStyle],
    ['storageClass', 'storage-class', s3.storageClass ?? '', actual.storageClass],
    ['apiVersion', 's3-api-version', (s3.apiVersion ?? '').replace(/^s3v|^v/i, ''), actual.apiVersion],
    ['attributes', 'attributes', sorted(s3.attributes ?? []).join(', '), actual.attributes.join(', ')],
  ]
  const plain = rows
    .filter(([, , expected, found]) => expected !== found)
    .map(([field, option, expected, found]) => ({field, option, expected, actual: found}))
  return [...plain, ...compareCa(fingerprints(caCertificate ?? ''), actual.ca)]
}

/** For a condition: `path is "/a" here and "/b" in the integrator`, one after the other. */
export function describeDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({field, option, expected, actual}) => {
      const name = field.toLowerCase() === option ? field : `${field} (${option})`
      return `${name} is ${quoted(expected)} in the BackupStorage and ${quoted(actual)} in the integrator`
    })
    .join('; ')
}

/** A chain may name more or fewer certificates; what counts is that both trust one of the same. */
function compareCa(expected: readonly string[], actual: readonly string[]): Difference[] {
  const same = expected.length === 0 && actual.length === 0
  if (same || expected.some(print => actual.includes(print))) return []
  return [{field: 'caCertificate', option: 'tls-ca-chain', expected: expected.join(', '), actual: actual.join(', ')}]
}

function textOf(option: unknown): string {
  const value = typeof option === 'object' && option !== null ? settingOf(option) : option
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : ''
}

function settingOf(option: object): unknown {
  if ('value' in option && option.value !== undefined && option.value !== null) return option.value
  return 'default' in option ? option.default : undefined
}

/** The option holds base64 of PEM; PEM itself is understood too. */
function decodeChain(text: string): string {
  return text === '' || text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8')
}

function fingerprints(pem: string): string[] {
  if (pem.trim() === '') return []
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  return blocks.length === 0 ? ['not PEM certificates'] : sorted(blocks.map(fingerprint))
}

function fingerprint(block: string): string {
  try {
    return `sha256 ${new X509Certificate(block).fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()}`
  } catch {
    return 'a broken certificate'
  }
}

function sorted(items: readonly string[]): string[] {
  return [...new Set(items.map(item => item.trim()).filter(item => item !== ''))].sort()
}

function quoted(value: string): string {
  return value === '' ? 'not set' : `"${value}"`
}
