import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fullStatus as fullStatusCall} from '../../../src/juju/facades/client.ts'
import {type FullStatus, fullStatusOf, sharing} from '../../../src/juju/status.ts'

/** What a new reading shows. @param words workload status of the one unit, by application */
function read(words: Readonly<Record<string, string>>, relations = 1): FullStatus {
  const shown = Object.entries(words).map(([name, word]) => {
    const unit = {'agent-status': {}, 'workload-status': {status: word}}
    return [name, {status: {}, units: {[`${name}/0`]: unit}}] as const
  })
  const wire = {
    model: {name: 'm', 'model-status': {}},
    applications: Object.fromEntries(shown),
    relations: Array.from({length: relations}, (_, id) => ({id, endpoints: [], status: {}})),
    'controller-timestamp': '2026-11-22T12:00:00Z',
  }
  return fullStatusOf(fullStatusCall.result.parse(wire))
}

test('what two readings show alike is one object, and what has changed is that of the newer one', () => {
  const before = read({db: 'active', cache: 'active', gone: 'active'})
  const now = read({db: 'blocked', cache: 'active', added: 'active'})
  const shared = sharing(before, now)
  assert.deepEqual(shared, now)
  assert.equal(shared.applications.get('cache'), before.applications.get('cache'))
  assert.equal(shared.applications.get('db'), now.applications.get('db'))
  assert.equal(shared.relations, before.relations)
  assert.deepEqual([...shared.applications.keys()], ['db', 'cache', 'added'])
})

test('relations that have changed are those of the newer reading; the first reading stands alone', () => {
  const [before, now] = [read({db: 'active'}), read({db: 'active'}, 2)]
  assert.equal(sharing(before, now).relations, now.relations)
  assert.equal(sharing(undefined, now), now)
})
