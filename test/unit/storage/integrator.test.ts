import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {parseBackupStorage} from '../../../src/api/parse.ts'
import type {S3Spec} from '../../../src/api/backup-storage.ts'
import {
  compareIntegrator,
  describeDifferences,
  integratorLocation,
  normalEndpoint,
  normalPath,
} from '../../../src/storage/index.ts'
import {CertificateAuthority} from '../../env/certificates.ts'

const ca = new CertificateAuthority('store').certificate
const otherCa = new CertificateAuthority('other').certificate

function spec(s3: object = {}): S3Spec {
  const parsed = parseBackupStorage({
    metadata: {name: 's'},
    spec: {s3: {bucket: 'backups', endpoint: 'https://s3.example.com', credentialsRef: {name: 'x'}, ...s3}},
  })
  assert(parsed.ok, parsed.ok ? '' : parsed.message)
  return parsed.value.spec.s3
}
const config = {bucket: 'backups', endpoint: 'https://s3.example.com'}

const same: readonly [sentence: string, s3: object, config: Record<string, unknown>][] = [
  ['the least that both need', {}, config],
  ['slashes around the path', {path: '/pg/'}, {...config, path: 'pg'}],
  [
    'a slash, a port and capitals in the endpoint',
    {endpoint: 'https://S3.example.com:443'},
    {...config, endpoint: 'https://s3.example.com/'},
  ],
  ['an endpoint without a scheme', {}, {...config, endpoint: 's3.example.com'}],
  ['no endpoint: Amazon', {endpoint: undefined}, {bucket: 'backups', endpoint: ''}],
  [
    'Amazon’s endpoint with and without the region',
    {endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1'},
    {bucket: 'backups', endpoint: 'https://s3.amazonaws.com', region: 'eu-central-1'},
  ],
  ['the region that everybody has', {region: 'us-east-1'}, config],
  ['the style of URIs, written small, and its default', {uriStyle: 'Path'}, {...config, 's3-uri-style': 'path'}],
  ['the default style', {uriStyle: 'Host'}, {...config, 's3-uri-style': ''}],
  ['the signature version with and without its letter', {apiVersion: '4'}, {...config, 's3-api-version': 'v4'}],
  ['attributes in another order', {attributes: ['b=2', 'a=1']}, {...config, attributes: 'a=1, b=2'}],
  ['the chain in base64', {caCertificate: ca}, {...config, 'tls-ca-chain': Buffer.from(ca).toString('base64')}],
  [
    'a longer chain that holds ours',
    {caCertificate: ca},
    {...config, 'tls-ca-chain': Buffer.from(otherCa + ca).toString('base64')},
  ],
  [
    'settings as Juju gives them',
    {},
    {
      bucket: {value: 'backups', source: 'user'},
      endpoint: {value: 'https://s3.example.com'},
      path: {default: '', source: 'default'},
      region: {source: 'unset'},
    },
  ],
]
for (const [sentence, s3, options] of same) {
  test(`S1.9 the same place: ${sentence}`, () => assert.deepEqual(compareIntegrator(spec(s3), options), []))
}

const different: readonly [sentence: string, s3: object, config: Record<string, unknown>, says: string][] = [
  [
    'another bucket',
    {},
    {...config, bucket: 'other'},
    'bucket is "backups" in the BackupStorage and "other" in the integrator',
  ],
  [
    'another host',
    {},
    {...config, endpoint: 'https://s3.other.com'},
    'endpoint is "https://s3.example.com" in the BackupStorage and "https://s3.other.com" in the integrator',
  ],
  [
    'another port',
    {endpoint: 'https://s3.example.com:9000'},
    config,
    'endpoint is "https://s3.example.com:9000" in the BackupStorage and "https://s3.example.com" in the integrator',
  ],
  [
    'no TLS',
    {},
    {...config, endpoint: 'http://s3.example.com'},
    'endpoint is "https://s3.example.com" in the BackupStorage and "http://s3.example.com" in the integrator',
  ],
  [
    'another region',
    {region: 'eu-central-1'},
    config,
    'region is "eu-central-1" in the BackupStorage and "us-east-1" in the integrator',
  ],
  [
    'another path',
    {path: '/pg'},
    {...config, path: '/pg2'},
    'path is "pg" in the BackupStorage and "pg2" in the integrator',
  ],
  ['no path', {path: '/pg'}, config, 'path is "pg" in the BackupStorage and not set in the integrator'],
  [
    'another style',
    {uriStyle: 'Path'},
    config,
    'uriStyle (s3-uri-style) is "Path" in the BackupStorage and "Host" in the integrator',
  ],
  [
    'another storage class',
    {},
    {...config, 'storage-class': 'GLACIER'},
    'storageClass (storage-class) is not set in the BackupStorage and "GLACIER" in the integrator',
  ],
]
for (const [sentence, s3, options, says] of different) {
  test(`S1.9 another place: ${sentence}`, () => {
    assert.equal(describeDifferences(compareIntegrator(spec(s3), options)), says)
  })
}

test('another CA is a difference, named by fingerprint', () => {
  const chain = Buffer.from(otherCa).toString('base64')
  const [difference] = compareIntegrator(spec({caCertificate: ca}), {...config, 'tls-ca-chain': chain})
  assert.match(difference?.expected ?? '', /^sha256 [0-9a-f]{16}$/)
  assert.notEqual(difference?.expected, difference?.actual)
  const [missing] = compareIntegrator(spec({caCertificate: ca}), config)
  assert.equal(missing?.actual, '')
  const [garbled] = compareIntegrator(spec(), {...config, 'tls-ca-chain': 'bm90aGluZw=='})
  assert.equal(garbled?.actual, 'not PEM certificates')
})

test('the CA of a reference is compared as it was read', () => {
  const s3 = spec({caCertificateRef: {kind: 'ConfigMap', name: 's3-ca'}})
  const options = {...config, 'tls-ca-chain': Buffer.from(ca).toString('base64')}
  assert.deepEqual(compareIntegrator(s3, options, ca), [])
  assert.equal(compareIntegrator(s3, options, otherCa).length, 1)
})

test('S2.10 no secret of the integrator is ever shown', () => {
  const secrets = {'access-key': 'AKSECRET', 'secret-key': 'hunter2', credentials: 'secret:abc'}
  const text = JSON.stringify([
    compareIntegrator(spec({path: 'x'}), {...config, ...secrets}),
    integratorLocation(secrets),
  ])
  assert.doesNotMatch(text, /AKSECRET|hunter2|secret:abc/)
})

test('all differences are listed', () => {
  const text = describeDifferences(compareIntegrator(spec({path: 'a', region: 'b'}), {...config, bucket: 'c'}))
  assert.deepEqual(
    text.split('; ').map(part => part.split(' ')[0]),
    ['bucket', 'region', 'path'],
  )
})

test('property: normal forms are stable', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.constantFrom('us-east-1', 'eu-west-1'), {nil: undefined}), (text, region) => {
      assert.equal(normalPath(normalPath(text)), normalPath(text))
      assert.equal(normalEndpoint(normalEndpoint(text, region), region), normalEndpoint(text, region))
    }),
  )
})
