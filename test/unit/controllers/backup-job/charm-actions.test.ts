import assert from 'node:assert/strict'
import {test} from 'node:test'
import {CharmActions} from '../../../../src/controllers/backup-job/charm-actions.ts'
import type {ModelHandle} from '../../../../src/controllers/juju-model/directory.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

const store = 'ch:amd64/postgresql-843'
const local = 'local:postgresql-1'
const signal = new AbortController().signal

/** A world of models on controllers; `asked` are the calls for charms. */
function world() {
  const clock = new VirtualClock()
  const asked: string[] = []
  let actions = new Map([['create-backup', {}]])
  const model = (modelUUID: string, controllerUUID: string): ModelHandle => {
    const charmInfo = async (url: string) => {
      asked.push(`${modelUUID} ${url}`)
      if (url.includes('unknown')) throw new Error('charm not found')
      return {actions}
    }
    return {modelUUID, session: {state: {kind: 'connected', controllerUUID}, charmInfo}} as unknown as ModelHandle
  }
  const downloads = (is: boolean): void => void (actions = new Map(is ? [['create-backup', {}]] : []))
  return {clock, asked, model, downloads, charms: new CharmActions(clock)}
}

test('a revision is read once for all models of a controller, a local charm for each model, and again after a while', async () => {
  const {clock, asked, model, charms} = world()
  const [a, b, other] = [model('a', 'one'), model('b', 'one'), model('c', 'two')]
  for (const handle of [a, b, other, a]) for (const url of [store, local]) await charms.read(handle, url, signal)
  assert.deepEqual(asked, [`a ${store}`, `a ${local}`, `b ${local}`, `c ${store}`, `c ${local}`])
  await clock.advance(10 * 60_000)
  await charms.read(b, store, signal)
  assert.equal(asked.at(-1), `b ${store}`)
})

test('a charm that is not downloaded yet, or was not found, is asked for again', async () => {
  const {asked, model, downloads, charms} = world()
  const handle = model('a', 'one')
  downloads(false)
  assert.equal((await charms.read(handle, store, signal)).actions.size, 0)
  downloads(true)
  assert.equal((await charms.read(handle, store, signal)).actions.size, 1)
  await assert.rejects(charms.read(handle, 'ch:unknown-1', signal), /not found/)
  await assert.rejects(charms.read(handle, 'ch:unknown-1', signal), /not found/)
  assert.equal(asked.length, 4)
})
