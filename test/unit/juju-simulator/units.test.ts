import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RawClient} from '../../juju-simulator/raw-client.ts'
import {ledgerK8s, ledgerModel} from './ledger-charm.ts'

interface ShownUnit {
  readonly machine: string
  readonly 'agent-status': {readonly status: string; readonly life: string}
  readonly 'workload-status': {readonly status: string; readonly info: string}
}

interface Shown {
  readonly units: Readonly<Record<string, ShownUnit>>
  readonly int?: number
}

const minutes = 60_000

async function shown(client: RawClient): Promise<Shown> {
  const status = await client.call('Client', 8, 'FullStatus', {patterns: []})
  return (status['applications'] as {books: Shown}).books
}

test('an added unit waits for its machine, and is up some minutes later', async t => {
  const {client, clock} = await ledgerModel(t)
  const added = await client.call('Application', 19, 'AddUnits', {application: 'books', 'num-units': 2})
  assert.deepEqual(added['units'], ['books/3', 'books/4'])
  const fresh = (await shown(client)).units['books/4']
  assert.equal(fresh?.['agent-status'].status, 'allocating')
  assert.equal(fresh?.['workload-status'].info, 'waiting for machine')
  await clock.advance(10 * minutes)
  const up = (await shown(client)).units['books/4']
  assert.deepEqual([up?.['agent-status'].status, up?.['workload-status'].status], ['idle', 'active'])
})

test('a removed unit is dying at once and gone in the end, its machine too', async t => {
  const {client, clock, control} = await ledgerModel(t)
  const removed = await client.call('Application', 19, 'DestroyUnit', {units: [{'unit-tag': 'unit-books-2'}]})
  assert.deepEqual(removed['results'], [{info: {}}])
  assert.equal((await shown(client)).units['books/2']?.['agent-status'].life, 'dying')
  await clock.advance(10 * minutes)
  assert.deepEqual(Object.keys((await shown(client)).units), ['books/0', 'books/1'])
  assert.deepEqual([...control.model.machines.keys()], ['0', '1'])
})

test('a dry run of a removal removes nothing', async t => {
  const {client, clock} = await ledgerModel(t)
  const units = [{'unit-tag': 'unit-books-2', 'dry-run': true}]
  await client.call('Application', 19, 'DestroyUnit', {units})
  await clock.advance(10 * minutes)
  assert.equal(Object.keys((await shown(client)).units).length, 3)
})

test('an application on Kubernetes is scaled: the wanted number shows at once, the units follow', async t => {
  const {client, clock} = await ledgerModel(t, {type: 'caas', charm: ledgerK8s(1, 1)})
  const scale = (params: object) =>
    client.call('Application', 19, 'ScaleApplications', {
      applications: [{'application-tag': 'application-books', ...params}],
    })
  const {results} = await scale({scale: 5, force: false})
  assert.deepEqual(results, [{info: {'num-units': 5}}])
  assert.equal((await shown(client)).int, 5)
  await clock.advance(10 * minutes)
  assert.equal(Object.keys((await shown(client)).units).length, 5)
  await scale({'scale-change': -4, force: false})
  await clock.advance(10 * minutes)
  assert.deepEqual(Object.keys((await shown(client)).units), ['books/0'])
})

test('juju resolve lets the failed hook run again', async t => {
  const {client, clock, control, juju, books} = await ledgerModel(t)
  const unit = books.units.get('books/1')
  assert.ok(unit)
  juju.world.agents.life.fail(unit, 'config-changed')
  const failed = (await shown(client)).units['books/1']?.['workload-status']
  assert.deepEqual([failed?.status, failed?.info], ['error', 'hook failed: "config-changed"'])
  const params = {tags: {entities: [{tag: 'unit-books-1'}, {tag: 'unit-books-0'}]}, all: false, retry: true}
  const {results} = await client.call('Application', 19, 'ResolveUnitErrors', params)
  const [mended, well] = results as {error?: {message: string}}[]
  assert.equal(mended?.error, undefined)
  assert.match(well?.error?.message ?? '', /unit is not in error state$/)
  await clock.advance(minutes)
  assert.equal(control.units('books').find(({name}) => name === 'books/1')?.status, 'active')
})

test('who leads, and whether nobody does', async t => {
  const {client, control} = await ledgerModel(t)
  const leader = () => client.call('Application', 19, 'Leader', {tag: 'application-books'})
  assert.equal((await leader())['result'], 'books/0')
  control.setLeader('books', undefined)
  assert.equal(((await leader())['error'] as {code: string}).code, 'not found')
})
