import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {parseCharmURL} from '../../../src/juju/status.ts'
import {nameOfTag, operationTag, receiverOf, taskTag, unitTag} from '../../../src/juju/tags.ts'
import {formatEndpoint, parseEndpoint} from '../../../src/juju/target.ts'
import {idNumber, isFinished} from '../../../src/juju/tasks.ts'
import {timeOf} from '../../../src/juju/times.ts'

const application = fc.stringMatching(/^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/)

test('a tag names what it was made from', () => {
  fc.assert(
    fc.property(application, fc.nat(), (name, number) => {
      assert.equal(nameOfTag(unitTag(`${name}/${number}`)), `${name}/${number}`)
      assert.equal(nameOfTag(taskTag(String(number))), String(number))
      assert.equal(nameOfTag(operationTag(String(number))), String(number))
    }),
  )
})

test('the leader is named as it is, a unit by its tag', () => {
  assert.equal(receiverOf('postgresql/leader'), 'postgresql/leader')
  assert.equal(receiverOf('postgresql-k8s/12'), 'unit-postgresql-k8s-12')
})

test('the zero time of Go is no time, and neither is garbage', () => {
  assert.equal(timeOf('0001-01-01T00:00:00Z'), undefined)
  assert.equal(timeOf(''), undefined)
  assert.equal(timeOf('soon'), undefined)
  assert.equal(timeOf('2026-11-22T18:48:38.934520735Z'), '2026-11-22T18:48:38.934Z')
  assert.equal(timeOf('2026-11-22T19:48:38+01:00'), '2026-11-22T18:48:38.000Z')
})

test('ids are numbers, whatever their text sorts like', () => {
  assert.deepEqual(['10', '2', '', 'x', '0'].map(idNumber), [10, 2, -1, -1, 0])
})

test('pending, running and aborting tasks are not finished', () => {
  const words = ['pending', 'running', 'aborting', 'completed', 'failed', 'cancelled', 'aborted', 'error', 'new-word']
  assert.deepEqual(words.filter(isFinished), ['completed', 'failed', 'cancelled', 'aborted', 'error'])
})

const charms: readonly [string, string, number][] = [
  ['ch:amd64/postgresql-468', 'postgresql', 468],
  ['ch:amd64/jammy/postgresql-k8s-123', 'postgresql-k8s', 123],
  ['local:pgdemo-0', 'pgdemo', 0],
  ['local:amd64/pg-14-7', 'pg-14', 7],
  ['', '', 0],
]
for (const [url, name, revision] of charms) {
  test(`charm URL "${url}"`, () => assert.deepEqual(parseCharmURL(url), {name, revision}))
}

const endpoints: readonly [string, string, number][] = [
  ['10.0.0.10:17070', '10.0.0.10', 17070],
  ['juju.example.com', 'juju.example.com', 17070],
  ['jimm.example.com:443', 'jimm.example.com', 443],
  ['[fd00::1]:17071', 'fd00::1', 17071],
  ['[fd00::1]', 'fd00::1', 17070],
]
for (const [text, host, port] of endpoints) {
  test(`endpoint "${text}"`, () => {
    assert.deepEqual(parseEndpoint(text), {text, host, port})
    assert.deepEqual(parseEndpoint(formatEndpoint(host, port)), {text: formatEndpoint(host, port), host, port})
  })
}
for (const text of ['', 'a:0', 'a:70000', 'fd00::1:17070', 'wss://a:1', 'a b', 'a/b']) {
  test(`"${text}" is no endpoint`, () => assert.throws(() => parseEndpoint(text), RangeError))
}
