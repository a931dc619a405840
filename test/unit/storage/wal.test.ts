import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  countSegments,
  segmentsBetween,
  segmentSizesFor,
  timelineOf,
  walDirectory,
} from '../../../src/storage/layouts/wal.ts'

const MiB = 2 ** 20

test('segments are counted over the end of a log', () => {
  const names = [...segmentsBetween('0000001A00000002000000FE', '0000001A0000000300000001', 16 * MiB)]
  assert.deepEqual(names, [
    '0000001A00000002000000FE',
    '0000001A00000002000000FF',
    '0000001A0000000300000000',
    '0000001A0000000300000001',
  ])
  assert.equal(timelineOf('0000001A00000002000000FE'), '1A')
  assert.equal(walDirectory('0000001A00000002000000FE'), '0000001A00000002')
})

test('a log has as many segments as their size leaves room for', () => {
  assert.equal(countSegments('000000010000000000000FFF', '000000010000000100000000', MiB), 2)
  assert.equal(countSegments('000000010000000000000003', '000000010000000100000000', 1024 * MiB), 2)
  assert.throws(() => countSegments('000000010000000000000004', '000000010000000100000000', 1024 * MiB), RangeError)
})

test('the place of a backup in the WAL and the segment that holds it tell how long segments are', () => {
  const cases: readonly [segment: string, lsn: string, sizes: readonly number[]][] = [
    ['000000010000000000000002', '0/2000028', [16 * MiB]],
    ['000000010000000000000007', '0/700028', [MiB]],
    ['0000000100000003000000FE', '3/FE000100', [16 * MiB]],
    ['00000001000000000000001E', '0/1E88608', [MiB]],
    ['000000010000000000000004', '0/5000000', [16 * MiB]],
    ['000000010000000200000000', '2/28000000', [1024 * MiB]],
    ['000000010000000200000000', '2/18000000', [512 * MiB, 1024 * MiB]],
    ['000000010000000000000009', '0/2000028', []],
    ['000000010000000000000002', 'nonsense', []],
  ]
  for (const [segment, lsn, sizes] of cases) assert.deepEqual(segmentSizesFor(segment, lsn), sizes, `${segment} ${lsn}`)
})

test('what is no range of segments is a RangeError', () => {
  for (const [start, stop] of [
    ['000000010000000000000002', '000000010000000000000001'],
    ['000000010000000000000002', '000000020000000000000002'],
    ['000000010000000000000100', '000000010000000000000101'],
    ['nonsense', 'nonsense'],
  ] as const) {
    assert.throws(() => countSegments(start, stop, 16 * MiB), RangeError, `${start} ${stop}`)
  }
})

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}

const range = fc
  .tuple(fc.nat(10), fc.nat(0xffff), fc.nat(0xfff), fc.nat(600))
  .map(([power, log, number, length]) => ({perLog: 4096 / 2 ** power, bytes: MiB * 2 ** power, log, number, length}))

test('property: the range begins with the first, ends with the last, and names each once, in order', () => {
  fc.assert(
    fc.property(range, ({perLog, bytes, log, number, length}) => {
      const first = log * perLog + (number % perLog)
      const name = (at: number): string => `00000001${hex(Math.floor(at / perLog))}${hex(at % perLog)}`
      const [start, stop] = [name(first), name(first + length)]
      const names = [...segmentsBetween(start, stop, bytes)]
      assert.deepEqual([names[0], names.at(-1), names.length], [start, stop, length + 1])
      assert.deepEqual(names, [...new Set(names)].sort())
      assert.equal(countSegments(start, stop, bytes), names.length)
    }),
  )
})

test('property: the size of segments is always among those that their places tell', () => {
  fc.assert(
    fc.property(range, fc.nat(), ({perLog, bytes, log, number}, rest) => {
      const at = (number % perLog) * bytes + (rest % bytes)
      const lsn = `${log.toString(16)}/${at.toString(16)}`.toUpperCase()
      const sizes = segmentSizesFor(`00000001${hex(log)}${hex(number % perLog)}`, lsn)
      assert(sizes.includes(bytes))
      if (number % perLog > 1) assert.deepEqual(sizes, [bytes])
    }),
  )
})
