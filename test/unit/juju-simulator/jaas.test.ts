import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {started} from './support.ts'

const hour = 3_600_000

async function jaas(t: TestContext) {
  const clock = new VirtualClock()
  const sessions = {'a-token': {user: 'ann@example.com', expires: clock.now() + hour}}
  const world = await started(t, {profile: '3.6.14', serviceAccounts: {keeper: 'a-secret'}, sessionTokens: sessions})
  world.control.grant('ann@example.com', 'write')
  const connect = async (path: string): Promise<RawClient> => {
    const client = await RawClient.connect(world.juju, path)
    t.after(() => client.close())
    return client
  }
  return {...world, connect}
}

const token = (text = 'a-token') => ({
  type: 'Admin',
  version: 4,
  request: 'LoginWithSessionToken',
  params: {'session-token': text},
})

const namesOf = (facades: unknown): readonly string[] => (facades as {name: string}[]).map(({name}) => name)

test('a session token opens a model, and the facades are those of the controller behind', async t => {
  const {connect, path} = await jaas(t)
  const client = await connect(path)
  const {response = {}} = await client.send(token())
  assert.equal((response['user-info'] as {identity: string}).identity, 'user-ann@example.com')
  assert.ok(namesOf(response['facades']).includes('Application'))
  await client.call('Client', 8, 'FullStatus', {patterns: []})
})

test('JAAS itself has controller facades of its own, and lists the models that the user may see', async t => {
  const {connect} = await jaas(t)
  const client = await connect('/api')
  const {response = {}} = await client.send(token())
  assert.ok(namesOf(response['facades']).includes('JIMM'))
  const listed = await client.call('ModelManager', 9, 'ListModelSummaries', {'user-tag': 'user-ann@example.com'})
  const [{result}] = listed['results'] as [{result: {name: string; 'user-access': string}}]
  assert.equal(result['user-access'], 'write')
})

test('an expired token, and one that JAAS never gave, are invalid', async t => {
  const {connect, path, clock} = await jaas(t)
  const client = await connect(path)
  assert.equal((await client.send(token('forged')))['error-code'], 'session token invalid')
  await clock.advance(2 * hour)
  const late = await client.send(token())
  assert.deepEqual([late.error, late['error-code']], ['JIMM session token expired', 'session token invalid'])
})

test('no password opens JAAS, and no token a controller without it', async t => {
  const {connect, path} = await jaas(t)
  const login = {type: 'Admin', version: 3, request: 'Login', params: {'auth-tag': 'user-operator', credentials: 'x'}}
  assert.equal((await (await connect(path)).send(login))['error-code'], 'not supported')
  const plain = await started(t)
  const client = await RawClient.connect(plain.juju, plain.path)
  t.after(() => client.close())
  assert.equal((await client.send(token()))['error-code'], 'not supported')
})

test('tokens and secrets are not in the log of calls', async t => {
  const {connect, path, juju} = await jaas(t)
  await (await connect(path)).send(token())
  assert.doesNotMatch(JSON.stringify(juju.calls.all), /a-token/)
})
