import assert from 'node:assert/strict'
import {test} from 'node:test'
import {s3IntegratorCharm} from '../../charms/s3-integrator.ts'
import type {S3Credentials} from '../../charms/s3-integrator.ts'
import {StubHost, unitViews} from './stub-host.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'
const active = {status: 'active', message: ''}
const withoutKeys = {status: 'blocked', message: "Missing parameters: ['access-key', 'secret-key']"}
const keys: S3Credentials = {accessKey: 'k', secretKey: 's'}

/** Two units, one relation, and what was published there. */
async function deployed(credentials?: S3Credentials, config: Record<string, unknown> = {bucket: 'b', path: '/pg'}) {
  const host = new StubHost({
    application: 's3-integrator',
    units: unitViews('s3-integrator', 2),
    relations: {'s3-credentials': [{id: 4, application: 'postgresql', data: {}}]},
    config,
  })
  const machine = s3IntegratorCharm(credentials).deploy(host)
  const {signal} = new AbortController()
  const run = (action: string, parameters: Record<string, string> = {}, unit = 's3-integrator/0') =>
    machine.runAction({id: '1', unit, action, parameters, signal, log: async () => {}})
  await machine.install()
  const changed = async (options: Record<string, unknown>) => {
    host.options = options
    await machine.hook({kind: 'config-changed'})
  }
  return {
    host,
    run,
    changed,
    status: (unit = 's3-integrator/0') => host.statusOf(unit),
    published: () => host.published.get(4) ?? {},
  }
}

test('without keys every unit is blocked and names them; options are published all the same', async () => {
  const {status, published, run} = await deployed()
  assert.deepEqual(status(), withoutKeys)
  assert.deepEqual(status('s3-integrator/1'), withoutKeys)
  assert.deepEqual(published(), {bucket: 'b', path: '/pg'})
  assert.deepEqual(await run('get-s3-credentials'), {status: 'failed', message: 'Credentials are not set!'})
})

test('sync-s3-credentials publishes the keys and ends the block', async () => {
  const {status, published, run} = await deployed(undefined, {
    bucket: 'b',
    attributes: 'a=1,b=2',
    'tls-ca-chain': Buffer.from(pem).toString('base64'),
  })
  const outcome = await run('sync-s3-credentials', {'access-key': 'k', 'secret-key': 's'})
  assert.deepEqual(outcome, {status: 'completed', results: {ok: 'Credentials successfully updated.'}})
  assert.deepEqual(status(), active)
  assert.deepEqual(published(), {
    bucket: 'b',
    attributes: JSON.stringify(['a=1', 'b=2']),
    'tls-ca-chain': JSON.stringify([pem]),
    'access-key': 'k',
    'secret-key': 's',
  })
  assert.deepEqual(await run('get-s3-credentials'), {
    status: 'completed',
    results: {ok: 'Credentials are configured.'},
  })
})

test('keys are only taken on the leader', async () => {
  const {run, published} = await deployed()
  assert.deepEqual(await run('sync-s3-credentials', {'access-key': 'k', 'secret-key': 's'}, 's3-integrator/1'), {
    status: 'failed',
    message: 'The action can be run only on leader unit.',
  })
  assert.deepEqual(published(), {bucket: 'b', path: '/pg'})
})

test('without a bucket the relation has one that is made up; keys are masked when they are read back', async () => {
  const {published, run} = await deployed(keys, {})
  assert.equal(published()['bucket'], 'relation-4')
  assert.deepEqual(await run('get-s3-connection-info'), {
    status: 'completed',
    results: {'access-key': '************', 'secret-key': '************', bucket: 'relation-4'},
  })
})

test('get-s3-connection-info fails while nothing is set', async () => {
  const {run, host, changed} = await deployed(undefined, {path: '/pg'})
  host.relationViews = {}
  await changed({})
  assert.deepEqual(await run('get-s3-connection-info'), {status: 'failed', message: 'Credentials are not set!'})
})

test('options that are taken back leave the relation', async () => {
  const {published, changed} = await deployed(keys, {bucket: 'b', path: '/pg', region: 'eu'})
  await changed({bucket: 'b', path: '', region: 'eu'})
  assert.deepEqual(published(), {bucket: 'b', region: 'eu', 'access-key': 'k', 'secret-key': 's'})
})

test('a retention outside of its range blocks the leader, one inside is published under its own name', async () => {
  const {status, published, changed} = await deployed(keys, {bucket: 'b'})
  await changed({bucket: 'b', 'experimental-delete-older-than-days': 0})
  assert.deepEqual(status(), {
    status: 'blocked',
    message: 'Option delete-older-than-days value 0 outside allowed range [1, 9999999].',
  })
  await changed({bucket: 'b', 'experimental-delete-older-than-days': 30})
  assert.deepEqual(status(), active)
  assert.equal(published()['delete-older-than-days'], '30')
})
