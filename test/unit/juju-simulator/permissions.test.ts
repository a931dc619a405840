import assert from 'node:assert/strict'
import {test} from 'node:test'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {controllerFacades, modelFacades} from '../../juju-simulator/facades/registry.ts'
import {quirks3} from '../../juju-simulator/quirks.ts'
import {neededBy} from '../../juju-simulator/rpc/context.ts'
import type {AnyMethod, Need} from '../../juju-simulator/rpc/context.ts'
import {ledgerModel} from './ledger-charm.ts'

const levels = ['login', 'read', 'write', 'admin', 'superuser']

/** What each user reaches in the model; `admin` is the controller's superuser. */
const users = {viewer: 'read', operator: 'write', modeladmin: 'admin', admin: 'superuser'} as const

function methodOf(facade: string, method: string): AnyMethod | undefined {
  return (modelFacades.get(facade) ?? controllerFacades.get(facade))?.[method]
}

for (const {facade, method, needs} of allCalls)
  if (facade !== 'Admin')
    test(`${facade}.${method} needs what the client says it does: ${needs}`, () => {
      const found = methodOf(facade, method)
      assert.equal(found === undefined ? undefined : neededBy<Need>(found, quirks3), needs)
    })

for (const [user, reach] of Object.entries(users))
  test(`${user} is refused what needs more than ${reach}, and nothing else`, async t => {
    const {as, juju} = await ledgerModel(t)
    const client = await as(user)
    for (const [facade, methods] of modelFacades)
      for (const [method, entry] of Object.entries(methods)) {
        const need = neededBy<Need>(entry, juju.world.quirks)
        const version = Math.max(...(await versions(client, facade)))
        const {error, 'error-code': code} = await client.send({type: facade, version, request: method, params: {}})
        const refused = error === 'permission denied' && code === 'unauthorized access'
        assert.equal(refused, levels.indexOf(need) > levels.indexOf(reach), `${facade}.${method} by ${user}: ${error}`)
      }
  })

test('a user without access to a model does not come in', async t => {
  const {as, path} = await ledgerModel(t)
  await assert.rejects(as('nobody', path), /^Error: permission denied$/)
  const client = await as('nobody', '/api')
  const listed = await client.call('ModelManager', 11, 'ListModelSummaries', {'user-tag': 'user-nobody', all: false})
  assert.deepEqual(listed['results'], [])
})

test('who may not see a model is refused its description, who may see it gets it without the other users', async t => {
  const {as, juju} = await ledgerModel(t)
  const entities = {entities: [{tag: `model-${juju.modelUUID}`}]}
  const outsider = await (await as('nobody', '/api')).call('ModelManager', 11, 'ModelInfo', entities)
  assert.deepEqual(outsider['results'], [{error: {message: 'permission denied', code: 'unauthorized access'}}])
  const reader = await (await as('viewer', '/api')).call('ModelManager', 11, 'ModelInfo', entities)
  const [{result}] = reader['results'] as [{result: {users: {user: string}[]}}]
  assert.deepEqual(
    result.users.map(({user}) => user),
    ['viewer'],
  )
})

test('only the superuser lists all models', async t => {
  const {as} = await ledgerModel(t)
  const refused = await (await as('modeladmin', '/api')).send({type: 'Controller', version: 14, request: 'AllModels'})
  assert.equal(refused.error, 'permission denied')
  const all = await (await as('admin', '/api')).call('Controller', 14, 'AllModels')
  assert.equal((all['user-models'] as unknown[]).length, 1)
})

async function versions(client: Awaited<ReturnType<Awaited<ReturnType<typeof ledgerModel>>['as']>>, facade: string) {
  const login = client.replies.find(({response}) => response !== undefined && 'facades' in response)
  const facades = login?.response?.['facades'] as readonly {name: string; versions: readonly number[]}[]
  return facades.find(({name}) => name === facade)?.versions ?? []
}
