import assert from 'node:assert/strict'
import {test} from 'node:test'
import {s3IntegratorCharm} from '../../charms/s3-integrator.ts'
import {StubHost, unitViews} from './stub-host.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'
const signal = new AbortController().signal

/** One leader unit, one relation, and what was published there. */
function deployed(
  credentials?: {accessKey: string; secretKey: string},
  config: Record<string, unknown> = {bucket: 'b', path: '/pg'},
) {
  const host = new StubHost({
    application: 's3-integrator',
    units: unitViews('s3-integrator', 1),
    relations: {'s3-credentials': [{id: 4, application: 'postgresql', data: {}}]},
    config,
  })
  const machine = s3IntegratorCharm(credentials).deploy(host)
  const run = (action: string, parameters: Record<string, string> = {}, unit = 's3-integrator/0') =>
    machine.runAction({id: '1', unit, action, parameters, signal, log: async () => {}})
  return {machine, run, status: () => host.statusOf('s3-integrator/0'), published: () => host.published.get(4) ?? {}}
}

test('without keys it is blocked, names them, and publishes nothing', async () => {
  const {machine, status, published, run} = deployed()
  await machine.install()
  assert.deepEqual(status(), {status: 'blocked', message: "Missing parameters: ['access-key', 'secret-key']"})
  assert.deepEqual(published(), {})
  assert.deepEqual(await run('get-s3-credentials'), {status: 'failed', message: 'Credentials are not set!'})
})

test('sync-s3-credentials publishes keys and options, and ends the block', async () => {
  const {machine, status, published, run} = deployed(undefined, {
    bucket: 'b',
    'tls-ca-chain': Buffer.from(pem).toString('base64'),
  })
  await machine.install()
  const outcome = await run('sync-s3-credentials', {'access-key': 'k', 'secret-key': 's'})
  assert.deepEqual(outcome, {status: 'completed', results: {ok: 'Credentials successfully updated.'}})
  assert.deepEqual(status(), {status: 'active', message: ''})
  assert.deepEqual(published(), {
    bucket: 'b',
    'tls-ca-chain': JSON.stringify([pem]),
    'access-key': 'k',
    'secret-key': 's',
  })
})

test('without a bucket the relation has a made-up one; keys are masked when they are read back', async () => {
  const {machine, published, run} = deployed({accessKey: 'k', secretKey: 's'}, {})
  await machine.install()
  assert.equal(published()['bucket'], 'relation-4')
  assert.deepEqual(await run('get-s3-connection-info'), {
    status: 'completed',
    results: {'access-key': '************', 'secret-key': '************'},
  })
})
