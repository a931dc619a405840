import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import type {Quirks} from '../../juju-simulator/quirks.ts'
import {started} from './support.ts'

interface Page {
  readonly results?: readonly {readonly operation: string}[]
  readonly truncated?: boolean
}

/** Sixty operations of which the 11th and the last are not finished, read page by page with a filter. */
async function read(t: TestContext, quirks: Partial<Quirks>): Promise<readonly Page[]> {
  const {control, login} = await started(t, {profile: '3.6.14', agents: 'external', quirks})
  for (let count = 0; count < 60; count++) {
    const id = control.enqueue('postgresql/0', 'list-backups')
    if (count !== 10 && count !== 59) control.finish(id)
  }
  const client = await login()
  const pages: Page[] = []
  for (let offset = 0; offset < 60; offset += 25)
    pages.push(await client.call('Action', 7, 'ListOperations', {status: ['pending'], offset, limit: 25}))
  return pages
}

const idsOf = ({results = []}: Page): readonly string[] => results.map(({operation}) => operation)

test('a page is cut from what the filter has left', async t => {
  const pages = await read(t, {cutsPagesBeforeFilter: false})
  assert.deepEqual(pages.map(idsOf), [['operation-21', 'operation-119'], [], []])
  assert.deepEqual(
    pages.map(({truncated}) => truncated),
    [undefined, undefined, undefined],
  )
})

test('a release that cuts first gives short and empty pages with more behind them', async t => {
  const pages = await read(t, {cutsPagesBeforeFilter: true})
  assert.deepEqual(pages.map(idsOf), [['operation-21'], [], ['operation-119']])
  assert.deepEqual(
    pages.map(({truncated}) => truncated),
    [true, true, undefined],
  )
})
