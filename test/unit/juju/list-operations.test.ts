import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type {Caller} from '../../../src/juju/connection.ts'
import type {Call, ParamsOf, ResultOf} from '../../../src/juju/facades/call.ts'
import {listAllOperations, listOperations, type OperationFilter} from '../../../src/juju/list-operations.ts'

interface Asked {
  readonly offset: number
  readonly limit: number
  readonly status?: readonly string[]
}

/** A Juju with these operations; `truncated` as the release says it, `between` happens after each page. */
function juju(
  ids: number[],
  options: {release?: '3.6' | '4.x'; max?: number; between?: () => void} = {},
): Caller & {asked: Asked[]} {
  const {release = '4.x', max = 50, between = () => undefined} = options
  const asked: Asked[] = []
  return {
    asked,
    call<C extends Call>(call: C, params: ParamsOf<C>): Promise<ResultOf<C>> {
      const {offset, limit} = params as Asked
      asked.push(params as Asked)
      // As text, as 4.x does: 0, 10, 14, 2.
      const sorted = ids.map(String).sort()
      const page = sorted.slice(offset, offset + Math.min(limit, max))
      const truncated = release === '3.6' ? sorted.length > page.length : offset + page.length < sorted.length
      const results = page.map(id => ({operation: `operation-${id}`, summary: '', status: 'pending'}))
      between()
      return Promise.resolve(call.result.parse({results, ...(truncated ? {truncated} : {})}) as ResultOf<C>)
    },
  }
}

const idsOf = async (caller: Caller) => (await listOperations(caller)).map(({operationID}) => Number(operationID))
const range = (length: number) => Array.from({length}, (_, index) => index)

test('one page is one call, and the order is that of numbers', async () => {
  const caller = juju([0, 2, 10, 14])
  assert.deepEqual(await idsOf(caller), [0, 2, 10, 14])
  assert.equal(caller.asked.length, 1)
})

test('status is left to Juju; receivers and actions are not: early 4.0 would lose some', async () => {
  const caller = juju([])
  await listOperations(caller, {status: ['pending'], units: ['postgresql/0'], actions: ['create-backup']})
  assert.deepEqual(caller.asked, [{status: ['pending'], offset: 0, limit: 50}])
})

const filters: readonly [string, OperationFilter, readonly string[]][] = [
  ['no filter', {}, ['1', '3', '5', '7']],
  ['empty lists', {units: [], applications: [], actions: []}, ['1', '3', '5', '7']],
  ['a unit', {units: ['pg/1']}, ['3']],
  ['an application, not one whose name begins alike', {applications: ['pg']}, ['1', '3']],
  ['an action', {actions: ['restore']}, ['3', '5']],
  ['an action of an application', {applications: ['pg'], actions: ['restore']}, ['3']],
  ['units or applications', {units: ['pg/0'], applications: ['pg-two']}, ['1', '5']],
]
for (const [what, filter, expected] of filters) {
  test(`${what} leaves operations ${expected.join(', ')}`, async () => {
    const task = (receiver: string, name: string) => ({action: {tag: 'action-9', receiver, name}, status: 'completed'})
    const results = [
      {operation: 'operation-1', actions: [task('unit-pg-0', 'create-backup')]},
      {operation: 'operation-3', actions: [task('unit-pg-1', 'restore')]},
      {operation: 'operation-5', actions: [task('unit-pg-two-0', 'restore')]},
      {operation: 'operation-7', actions: []},
    ]
    const caller: Caller = {
      call: <C extends Call>(call: C) => Promise.resolve(call.result.parse({results}) as ResultOf<C>),
    }
    assert.deepEqual(
      (await listOperations(caller, filter)).map(({operationID}) => operationID),
      expected,
    )
  })
}

test('every operation is read, each once, for any number of them, on both releases, whatever a page holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 0, max: 230}),
      fc.constantFrom('3.6' as const, '4.x' as const),
      fc.integer({min: 1, max: 60}),
      async (count, release, max) => {
        assert.deepEqual(await idsOf(juju(range(count), {release, max: Math.max(max, 20)})), range(count))
      },
    ),
    {numRuns: 60},
  )
})

/** A Juju with so many operations of which these are pending; it cuts its pages before it filters, or after that. */
function filtering(count: number, pending: readonly number[], cutsFirst: boolean, marksLastPage: boolean): Caller {
  const all = range(count).map(id => ({
    operation: `operation-${id}`,
    status: pending.includes(id) ? 'pending' : 'completed',
  }))
  return {
    call<C extends Call>(call: C, params: ParamsOf<C>): Promise<ResultOf<C>> {
      const {offset, limit, status = []} = params as Asked
      const wanted = (one: {status: string}) => status.length === 0 || status.includes(one.status)
      const listing = cutsFirst ? all : all.filter(wanted)
      const results = listing.slice(offset, offset + limit).filter(wanted)
      const truncated = marksLastPage ? listing.length > limit && results.length > 0 : offset + limit < listing.length
      return Promise.resolve(call.result.parse({results, truncated}) as ResultOf<C>)
    },
  }
}

test('S1.5 what is unfinished is found behind any number of others, whether Juju filters or cuts its pages first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 1, max: 230}),
      fc.uniqueArray(fc.integer({min: 0, max: 229}), {maxLength: 120}),
      fc.constantFrom('filters first', 'cuts first', 'filters first and calls its last page truncated'),
      async (count, some, release) => {
        const pending = some.filter(id => id < count).sort((a, b) => a - b)
        const caller = filtering(count, pending, release === 'cuts first', release.endsWith('truncated'))
        const found = await listOperations(caller, {status: ['pending']})
        assert.deepEqual(
          found.map(({operationID}) => Number(operationID)),
          pending,
        )
      },
    ),
  )
})

test('an operation that ends between two pages hides none of the others', async () => {
  const ids = range(120)
  const caller = juju(ids, {
    between: () => {
      if (ids.length > 110) ids.shift()
    },
  })
  const seen = await idsOf(caller)
  for (const id of ids) assert.ok(seen.includes(id), `operation ${id}`)
})

test('S1.5 an operation that is the only one of the last page is not lost when one before it leaves', async () => {
  const ids = range(51)
  let leaving = 1
  const caller = juju(ids, {between: () => void (leaving-- > 0 && ids.shift())})
  const {operations, settled} = await listAllOperations(caller)
  assert.equal(settled, true)
  assert.deepEqual(
    operations.map(({operationID}) => Number(operationID)),
    range(51),
    'the one that left was read before',
  )
})

test('an operation that is added while reading is found, and none twice', async () => {
  const ids = range(120)
  let next = 120
  const caller = juju(ids, {
    between: () => {
      if (next < 124) ids.push(next++)
    },
  })
  const seen = await idsOf(caller)
  assert.deepEqual(seen, [...new Set(seen)])
  for (const id of range(120)) assert.ok(seen.includes(id), `operation ${id}`)
})

const settledAfter = async (between: (ids: number[]) => void, count = 120): Promise<boolean> => {
  const ids = range(count)
  return (await listAllOperations(juju(ids, {between: () => between(ids)}))).settled
}

test('a listing of one page, and one that stands still, is settled', async () => {
  assert.equal(await settledAfter(() => undefined), true)
  assert.equal(await settledAfter(ids => ids.shift(), 40), true)
})

test('a listing to which operations are only added is settled', async () => {
  let next = 120
  assert.equal(await settledAfter(ids => ids.push(next++)), true)
})

test('a listing that operations keep leaving is not settled; once they stop, it is', async () => {
  assert.equal(await settledAfter(ids => ids.shift()), false)
  let leaving = 2
  assert.equal(await settledAfter(ids => leaving-- > 0 && ids.shift()), true)
})

test('an error of an item is the error of the listing', async () => {
  const caller: Caller = {
    call: <C extends Call>(call: C) =>
      Promise.resolve(call.result.parse({results: [{error: {message: 'broken', code: ''}}]}) as ResultOf<C>),
  }
  await assert.rejects(listOperations(caller), {name: 'JujuError', message: 'broken'})
})

test('a model with more operations than a call can have arguments is read all the same', async () => {
  const results = range(130_000).map(id => ({operation: `operation-${id}`}))
  const caller: Caller = {
    call: <C extends Call>(call: C, params: ParamsOf<C>) => {
      const {offset} = params as Asked
      const reply = {results: results.slice(offset, offset + 100_000), truncated: offset === 0}
      return Promise.resolve(call.result.parse(reply) as ResultOf<C>)
    },
  }
  const {operations, settled} = await listAllOperations(caller)
  assert.deepEqual([operations.length, operations.at(-1)?.operationID, settled], [130_000, '129999', true])
})
