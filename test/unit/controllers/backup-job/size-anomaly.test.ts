import assert from 'node:assert/strict'
import {test} from 'node:test'
import {sizeAnomaly} from '../../../../src/controllers/backup-job/rules/size-anomaly.ts'

const rows: readonly [sentence: string, size: number | undefined, last: readonly number[], said: string][] = [
  ['like the others', 100, [100, 110, 90], 'nothing'],
  ['half of the median is not less than half', 50, [100, 110, 90], 'nothing'],
  ['less than half', 49, [100, 110, 90], 'MuchSmaller'],
  ['twice the median is not more than twice', 200, [100, 110, 90], 'nothing'],
  ['more than twice', 201, [100, 110, 90], 'MuchLarger'],
  ['nothing at all', 0, [100, 110, 90], 'MuchSmaller'],
  ['two backups make nothing usual', 1, [100, 100], 'nothing'],
  ['only the last five count', 300, [100, 100, 100, 300, 300, 300, 300, 300, 300], 'MuchLarger'],
  ['one that is far off does not move the median', 49, [100, 1_000_000, 100], 'MuchSmaller'],
  ['of four, the middle between the two in the middle', 74, [100, 200, 100, 200], 'MuchSmaller'],
  ['of four, half of that middle', 75, [100, 200, 100, 200], 'nothing'],
  ['a size that nobody knows', undefined, [100, 100, 100], 'nothing'],
  ['empty ones before, and an empty one', 0, [0, 0, 0], 'nothing'],
]
for (const [sentence, size, last, said] of rows)
  test(`size: ${sentence}`, () => assert.equal(sizeAnomaly(size, last)?.reason ?? 'nothing', said))

test('the message tells both sizes and what to look at', () => {
  assert.deepEqual(sizeAnomaly(10, [100, 100, 100]), {
    type: 'SizeAnomaly',
    status: 'True',
    reason: 'MuchSmaller',
    message:
      'The backup is much smaller than usual: 10 bytes, while the last 3 backups of this type had 100 bytes at the median. Look whether all databases are there.',
  })
})
