import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {countSegments, segmentsBetween, timelineOf, walDirectory} from '../../../src/storage/layouts/wal.ts'

test('segments are counted over the end of a log', () => {
  const names = [...segmentsBetween('0000001A00000002000000FE', '0000001A0000000300000001')]
  assert.deepEqual(names, [
    '0000001A00000002000000FE',
    '0000001A00000002000000FF',
    '0000001A0000000300000000',
    '0000001A0000000300000001',
  ])
  assert.equal(timelineOf('0000001A00000002000000FE'), '1A')
  assert.equal(walDirectory('0000001A00000002000000FE'), '0000001A00000002')
})

test('what is no range of segments is a RangeError', () => {
  for (const [start, stop] of [
    ['000000010000000000000002', '000000010000000000000001'],
    ['000000010000000000000002', '000000020000000000000002'],
    ['000000010000000000000100', '000000010000000000000101'],
    ['nonsense', 'nonsense'],
  ] as const) {
    assert.throws(() => countSegments(start, stop), RangeError, `${start} ${stop}`)
  }
})

const segment = fc.tuple(fc.nat(0xffff), fc.nat(0xff)).map(([log, number]) => `00000001${hex(log)}${hex(number)}`)

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}

test('property: the range begins with the first, ends with the last, and names each once, in order', () => {
  fc.assert(
    fc.property(segment, fc.nat(600), (start, length) => {
      const log = Number.parseInt(start.slice(8, 16), 16) * 256 + Number.parseInt(start.slice(16), 16) + length
      const stop = `00000001${hex(Math.floor(log / 256))}${hex(log % 256)}`
      const names = [...segmentsBetween(start, stop)]
      assert.deepEqual([names[0], names.at(-1), names.length], [start, stop, length + 1])
      assert.deepEqual(names, [...new Set(names)].sort())
      assert.equal(countSegments(start, stop), names.length)
    }),
  )
})
