import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ledgerModel} from './ledger-charm.ts'

type Results = readonly {readonly error?: {readonly message: string; readonly code: string}}[]

const set = (config: Record<string, string>, yaml = '') => ({
  Args: [{application: 'books', generation: '', config, 'config-yaml': yaml}],
})

test('settings are texts in the call and values of their type afterwards; the charm is told', async t => {
  const {client, books} = await ledgerModel(t)
  await client.call('Application', 19, 'SetConfigs', set({currency: 'florin', decimals: '3'}))
  assert.deepEqual(books.settings(), {currency: 'florin', decimals: 3})
  const got = await client.call('Application', 19, 'Get', {application: 'books', branch: ''})
  const {decimals} = got['config'] as Record<string, {source: string; value: unknown}>
  assert.deepEqual([decimals?.source, decimals?.value], ['user', 3])
})

test('one setting that does not fit leaves all of them as they were', async t => {
  const {client, books} = await ledgerModel(t)
  const reply = await client.call('Application', 19, 'SetConfigs', set({currency: 'florin', decimals: 'few'}))
  const [result] = reply['results'] as Results
  assert.equal(result?.error?.message, 'option "decimals" expected int, got "few"')
  assert.deepEqual(books.settings(), {currency: 'euro', decimals: 2})
})

test('an unset setting is at its default again, and says so', async t => {
  const {client, books} = await ledgerModel(t)
  await client.call('Application', 19, 'SetConfigs', set({currency: 'florin', trust: 'true'}))
  const options = ['currency', 'trust']
  await client.call('Application', 19, 'UnsetApplicationsConfig', {Args: [{application: 'books', branch: '', options}]})
  assert.deepEqual([books.settings()['currency'], books.trust], ['euro', false])
})

test('Juju 3 reads settings from YAML, below the name of the application', async t => {
  const {client, books} = await ledgerModel(t, {profile: '3.6.14'})
  await client.call('Application', 19, 'SetConfigs', set({}, 'books:\n  currency: florin\n  decimals: 4\n'))
  assert.deepEqual(books.settings(), {currency: 'florin', decimals: 4})
})

test('Juju 3 refuses an unknown option without a code', async t => {
  const {client} = await ledgerModel(t, {profile: '3.6.14'})
  const reply = await client.call('Application', 19, 'SetConfigs', set({bogus: 'x'}))
  assert.deepEqual((reply['results'] as Results)[0]?.error, {message: 'unknown option "bogus"', code: ''})
})

test('disabled commands refuse settings with the words of the administrator, and enabled ones take them', async t => {
  const {client, books} = await ledgerModel(t)
  const message = 'audit until Friday'
  await client.call('Block', 2, 'SwitchBlockOn', {type: 'BlockChange', message})
  const refused = await client.send({
    type: 'Application',
    version: 19,
    request: 'SetConfigs',
    params: set({currency: 'x'}),
  })
  assert.deepEqual([refused.error, refused['error-code']], [message, 'operation is blocked'])
  await client.call('Block', 2, 'SwitchBlockOff', {type: 'BlockChange', message: ''})
  await client.call('Application', 19, 'SetConfigs', set({currency: 'florin'}))
  assert.equal(books.settings()['currency'], 'florin')
})

test('model settings tell the version and where Charmhub is', async t => {
  const {client, juju} = await ledgerModel(t)
  const {config} = (await client.call('ModelConfig', 3, 'ModelGet')) as {config: Record<string, {value: unknown}>}
  assert.equal(config['agent-version']?.value, '4.0.12')
  assert.equal(config['uuid']?.value, juju.modelUUID)
  assert.equal(config['charmhub-url']?.value, 'https://api.charmhub.io')
})
