import assert from 'node:assert/strict'
import {test} from 'node:test'
import {recordedSeries, type Scrape} from '../../support/recorded-series.ts'

const start = Date.parse('2026-11-20T00:00:00Z')
const [a, b] = [{pod: 'a'}, {pod: 'b'}]
const names = new Set(['up_total', 'last_success_timestamp_seconds', 'process_start_time_seconds'])
const record = (scrapes: readonly Scrape[]) => recordedSeries(scrapes, {start, step: 60_000, names})
const page = (...lines: string[]): string =>
  ['# HELP up_total Help.', '# TYPE up_total counter', ...lines, ''].join('\n')

test('series carry the labels of their target; equal neighbours are written as one; other metrics are left out', () => {
  const scrapes = [3, 3, 3, 4].map((value, index) => ({
    at: start + index * 60_000,
    target: a,
    page: page(`up_total ${value}`, `up_total{kind="x, y"} ${value}`, `down_total ${value}`),
  }))
  assert.deepEqual(record(scrapes), {'up_total{pod="a"}': '3x2 4', 'up_total{kind="x, y",pod="a"}': '3x2 4'})
})

test('a target that does not answer, and a series that is gone, are stale and then missing', () => {
  const at = (minute: number, text: string | undefined) => ({at: start + minute * 60_000, target: a, page: text})
  const scrapes = [
    at(0, page()),
    at(1, page('up_total 1')),
    at(2, undefined),
    at(3, undefined),
    at(4, page('up_total 1')),
  ]
  assert.deepEqual(record(scrapes), {'up_total{pod="a"}': '_ 1 stale _ 1'})
})

test('times begin with the recording; two targets are asked at the same moment', () => {
  const time = (seconds: number): number => start / 1000 + seconds
  const lines = page(`last_success_timestamp_seconds ${time(-60)}`, `process_start_time_seconds ${time(5)}`)
  assert.deepEqual(
    record([
      {at: start, target: a, page: lines},
      {at: start, target: b, page: lines},
    ]),
    {
      'last_success_timestamp_seconds{pod="a"}': '-60',
      'process_start_time_seconds{pod="a"}': '5',
      'last_success_timestamp_seconds{pod="b"}': '-60',
      'process_start_time_seconds{pod="b"}': '5',
    },
  )
})
