import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RawClient} from '../../juju-simulator/raw-client.ts'
import {ledgerModel} from './ledger-charm.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const content = (value: string) => ({data: {'access-key': base64(value)}})

async function create(client: RawClient, more: object = {}): Promise<{result: string; error?: {message: string}}> {
  const args = [{'owner-tag': '', label: 's3', description: 'of the bucket', content: content('one'), ...more}]
  const {results} = await client.call('Secrets', 2, 'CreateSecrets', {args})
  return (results as [{result: string; error?: {message: string}}])[0]
}

interface Listed {
  readonly uri: string
  readonly label: string
  readonly 'latest-revision': number
  readonly access: readonly {readonly 'target-tag': string; readonly role: string}[]
  readonly value?: {readonly data: Readonly<Record<string, string>>}
}

async function list(client: RawClient, shows: boolean): Promise<readonly Listed[]> {
  const params = {'show-secrets': shows, filter: {}}
  return (await client.call('Secrets', 2, 'ListSecrets', params))['results'] as readonly Listed[]
}

test('a secret is made, granted and changed; only administrators see what is in it', async t => {
  const {client, as} = await ledgerModel(t)
  const {result: uri} = await create(client)
  assert.match(uri, /^secret:[0-9a-v]{20}$/)
  await client.call('Secrets', 2, 'GrantSecret', {uri, label: '', applications: ['books']})
  const args = [{uri: '', 'existing-label': 's3', content: content('two')}]
  await client.call('Secrets', 2, 'UpdateSecrets', {args})
  const [secret] = await list(client, false)
  assert.equal(secret?.['latest-revision'], 2)
  assert.deepEqual(
    secret.access.map(({'target-tag': tag, role}) => [tag, role]),
    [['application-books', 'view']],
  )
  assert.equal(secret.value, undefined)
  await assert.rejects(list(client, true), /permission denied/)
  const [shown] = await list(await as('modeladmin'), true)
  assert.deepEqual(shown?.value?.data, {'access-key': base64('two')})
})

test('a secret that is revoked and removed is gone', async t => {
  const {client} = await ledgerModel(t)
  const {result: uri} = await create(client)
  await client.call('Secrets', 2, 'RevokeSecret', {uri, label: '', applications: ['books']})
  await client.call('Secrets', 2, 'RemoveSecrets', {args: [{uri, label: ''}]})
  assert.deepEqual(await list(client, false), [])
})

test('a label is taken once, an empty secret is none, and the owner is the model', async t => {
  const {client, juju} = await ledgerModel(t)
  await create(client)
  assert.equal((await create(client)).error?.message, 'secret with name "s3" already exists')
  assert.equal((await create(client, {content: {data: {}}})).error?.message, 'empty secret value not valid')
  const tag = `model-${juju.modelUUID}`
  assert.equal((await create(client, {label: 'b', 'owner-tag': tag})).error?.message, `owner tag "${tag}" not valid`)
  assert.equal((await create(client, {label: 'b', 'owner-tag': juju.modelUUID})).error, undefined)
})

test('what is not there cannot be granted or changed', async t => {
  const {client} = await ledgerModel(t)
  const grant = (params: object) =>
    client.send({type: 'Secrets', version: 2, request: 'GrantSecret', params: {applications: ['books'], ...params}})
  assert.match((await grant({uri: '', label: 'none'})).error ?? '', /secret with label "none" not found/)
  assert.match((await grant({uri: '', label: ''})).error ?? '', /must specify either URI or name/)
  const {result: uri} = await create(client)
  const granted = await client.call('Secrets', 2, 'GrantSecret', {uri, label: '', applications: ['ghost']})
  const [refused] = granted['results'] as {error: {message: string}}[]
  assert.match(refused?.error.message ?? '', /application "ghost" not found$/)
})

test('Juju 3.1 lists secrets and makes none', async t => {
  const {client} = await ledgerModel(t, {profile: '3.1.10'})
  assert.deepEqual((await client.call('Secrets', 1, 'ListSecrets', {}))['results'], [])
  const refused = await client.send({type: 'Secrets', version: 1, request: 'CreateSecrets', params: {args: []}})
  assert.equal(refused['error-code'], 'not implemented')
})
