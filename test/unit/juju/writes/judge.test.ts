import assert from 'node:assert/strict'
import test from 'node:test'
import {judge, type Evidence} from '../../../../src/juju/writes/judge.ts'
import {enqueue, type TasksSeen} from '../../../../src/juju/writes/tasks.ts'
import {at, backupIntent, operation, seen, time, witness, words} from './builders.ts'

const none = seen([witness])
const evidence = (changes: Partial<Evidence<TasksSeen>> = {}): Evidence<TasksSeen> => ({
  seen: none,
  readAt: time + 30_000,
  connectedSince: time + 1,
  controllerTime: at(30),
  ...changes,
})

const rows: readonly [what: string, changes: Partial<Evidence<TasksSeen>>, verdict: string][] = [
  ['after the time-out, on a new connection, by both clocks', {}, 'DidNotHappen'],
  ['a millisecond before the time-out', {readAt: time + 29_999}, 'NotYet 30'],
  [
    'before the time-out, although an operation is there: another may come',
    {readAt: time + 5_000, seen: seen([operation()])},
    'NotYet 30',
  ],
  ['on a connection that was there before the intent', {connectedSince: time - 1}, 'NotYet 30'],
  ['on a connection of the very moment of the intent', {connectedSince: time}, 'NotYet 30'],
  ["10 s too early by the controller's clock: ours went ahead", {controllerTime: at(20)}, 'NotYet 40'],
  ["a controller's clock that went back tells nothing", {controllerTime: at(-600)}, 'DidNotHappen'],
  ['a controller that told no time', {controllerTime: undefined}, 'DidNotHappen'],
]
for (const [what, changes, verdict] of rows) {
  test(`S1.5 judged ${what}: ${verdict}`, () =>
    assert.equal(words(judge(enqueue, backupIntent, evidence(changes))), verdict))
}
