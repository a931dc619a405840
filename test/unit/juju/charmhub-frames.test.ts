import assert from 'node:assert/strict'
import {globSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {charmInfo} from '../../../src/juju/charms.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {replay} from './replayed.ts'
import {frame, framesFolder} from './support.ts'

const recorded = globSync('charmhub/*.json', {cwd: framesFolder}).map(file =>
  frame(`charmhub/${path.basename(file, '.json')}`),
)

test('every recorded answer about charms of Charmhub and secrets is understood', () => {
  const answered = recorded.filter(({response}) => response?.error === undefined)
  assert.ok(answered.length > 10, 'the recordings are there')
  for (const {name, request, response} of answered) {
    const call = allCalls.find(({facade, method}) => facade === request?.type && method === request.request)
    const parsed = call?.result.safeParse(response?.response)
    assert.equal(parsed?.success, true, `${name}: ${parsed?.error?.message ?? 'no such call'}`)
  }
})

test('a charm that was added has no actions until an application uses it and its archive has come', async () => {
  const url = 'ch:amd64/postgresql-478'
  const added = await charmInfo(replay('charmhub/charm-info-added'), url)
  const downloaded = await charmInfo(replay('charmhub/charm-info-downloaded'), url)
  assert.equal(added.actions.size, 0)
  assert.ok(downloaded.actions.has('create-backup'))
})

test('until then nothing can be enqueued there', () => {
  const {response} = frame('charmhub/enqueue-before-download')
  assert.deepEqual(
    [response?.error, response?.['error-code']],
    ['no actions defined for charm postgresql.', 'not found'],
  )
})
