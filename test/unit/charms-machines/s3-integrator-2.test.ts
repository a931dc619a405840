import assert from 'node:assert/strict'
import {test} from 'node:test'
import {s3Integrator2Charm} from '../../charms/s3-integrator-2.ts'
import {StubHost, unitViews} from './stub-host.ts'

const uri = 'secret:9m4e2mr0ui3e8a215n4g'
const keys = {'access-key': 'k', 'secret-key': 's'}
const active = {status: 'active', message: ''}
const blocked = (message: string) => ({status: 'blocked', message})

async function deployed(config: Record<string, unknown>, secret?: typeof keys) {
  const host = new StubHost({
    application: 's3-integrator',
    units: unitViews('s3-integrator', 1),
    relations: {'s3-credentials': [{id: 4, application: 'postgresql', data: {}}]},
    config,
  })
  if (secret !== undefined) host.secrets.set(uri, secret)
  const charm = s3Integrator2Charm()
  const machine = charm.deploy(host)
  await machine.install()
  return {host, charm, machine, status: () => host.statusOf('s3-integrator/0')}
}

test('keys of the secret and options are published, empty ones left out', async () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'
  const {host, status} = await deployed(
    {
      bucket: 'backups',
      path: '',
      's3-uri-style': 'path',
      'tls-ca-chain': Buffer.from(pem).toString('base64'),
      'experimental-delete-older-than-days': 7,
      credentials: uri,
    },
    keys,
  )
  assert.deepEqual(status(), active)
  assert.deepEqual(host.published.get(4), {
    'lib-version': '1.0',
    bucket: 'backups',
    's3-uri-style': 'path',
    'tls-ca-chain': JSON.stringify([pem]),
    'delete-older-than-days': '7',
    ...keys,
  })
  assert.deepEqual(host.set, [
    {entity: 'app', ...active},
    {entity: 'unit', ...active},
  ])
})

test('until the secret is granted nothing is published; then the next look finds it', async () => {
  const {host, machine, status} = await deployed({credentials: uri})
  assert.deepEqual(status(), blocked(`The secret '${uri}' does not exist`))
  host.secrets.set(uri, 'not granted')
  await machine.hook({kind: 'update-status', unit: 's3-integrator/0'})
  assert.deepEqual(status(), blocked(`The secret '${uri}' has not been granted to the charm`))
  assert.equal(host.published.size, 0)
  host.secrets.set(uri, keys)
  await machine.hook({kind: 'update-status', unit: 's3-integrator/0'})
  assert.deepEqual(status(), active)
  assert.deepEqual(host.published.get(4), {'lib-version': '1.0', ...keys})
})

test('a secret without one of the keys is named with what it misses', async () => {
  const {status} = await deployed({credentials: uri}, {'access-key': 'k', 'secret-key': ''})
  assert.deepEqual(status(), blocked(`The secret '${uri}' is missing mandatory field(s): 'secret-key'`))
})

test('new content of the secret reaches the relation, and what it had stays while something is wrong', async () => {
  const {host, machine, status} = await deployed({credentials: uri}, keys)
  host.secrets.set(uri, {...keys, 'secret-key': 'new'})
  await machine.hook({kind: 'config-changed'})
  assert.equal(host.published.get(4)?.['secret-key'], 'new')
  host.secrets.set(uri, 'not granted')
  await machine.hook({kind: 'config-changed'})
  assert.equal(status().status, 'blocked')
  assert.equal(host.published.get(4)?.['secret-key'], 'new')
})

const refusals: readonly [sentence: string, config: Record<string, unknown>, message: string][] = [
  ['no secret', {}, "Missing config(s): 'credentials'"],
  ['something that is no secret', {credentials: 'k:s'}, "Invalid config(s): 'credentials'"],
  ['a bucket that cannot be one', {credentials: uri, bucket: 'No'}, "Invalid config(s): 'bucket'"],
  [
    'several options that cannot be',
    {credentials: uri, 's3-api-version': '3', 'experimental-delete-older-than-days': 0, 'tls-ca-chain': 'AA=='},
    "Invalid config(s): 'tls-ca-chain', 's3-api-version', 'experimental-delete-older-than-days'",
  ],
]
for (const [sentence, config, message] of refusals) {
  test(`blocked by ${sentence}`, async () => {
    const {host, status} = await deployed(config, keys)
    assert.deepEqual(status(), blocked(message))
    assert.equal(host.published.size, 0)
  })
}

test('a bucket that can neither be found nor created blocks until it can', async () => {
  const {charm, machine, status} = await deployed({credentials: uri, bucket: 'backups'}, keys)
  charm.store.unavailable.add('backups')
  await machine.hook({kind: 'config-changed'})
  assert.deepEqual(status(), blocked("Could not ensure bucket(s): 'backups'"))
  charm.store.unavailable.clear()
  await machine.hook({kind: 'update-status', unit: 's3-integrator/0'})
  assert.deepEqual(status(), active)
})
