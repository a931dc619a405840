import assert from 'node:assert/strict'
import {test} from 'node:test'
import {SCHEDULE_LABEL, SLOT_ANNOTATION} from '../../../../src/api/meta.ts'
import {scheduleKeyOf, slotOf} from '../../../../src/controllers/backup-job/origin.ts'

const marked = (slot: string) => ({
  metadata: {
    name: 'one',
    namespace: 'databases',
    labels: {[SCHEDULE_LABEL]: 'nightly'},
    annotations: {[SLOT_ANNOTATION]: slot},
  },
})

test('a slot is read as the scheduler writes it, with or without a fraction', () => {
  assert.equal(slotOf(marked('2026-11-21T02:00:00Z')), Date.parse('2026-11-21T02:00:00Z'))
  assert.equal(slotOf(marked('2028-02-29T02:00:00.25Z')), Date.parse('2028-02-29T02:00:00.250Z'))
  assert.equal(scheduleKeyOf(marked('2026-11-21T02:00:00Z')), 'databases/nightly')
})

for (const text of [
  '',
  'yesterday',
  '+012026-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2026-11-21',
  '2026-11-21T02:00Z',
  '2026-11-21T02:00:00',
  '2026-11-21T02:00:00+02:00',
  '2026-02-30T02:00:00Z',
  '2026-13-01T02:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T02:00:60Z',
  ' 2026-11-21T02:00:00Z',
])
  test(`a slot that the scheduler would not write is none: '${text}'`, () => {
    assert.equal(slotOf(marked(text)), undefined)
    assert.equal(scheduleKeyOf(marked(text)), undefined)
  })
