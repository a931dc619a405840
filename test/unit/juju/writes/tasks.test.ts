import assert from 'node:assert/strict'
import test from 'node:test'
import type {OperationInfo} from '../../../../src/juju/tasks.ts'
import {enqueue, enqueueGuarded, exec, type TasksSeen} from '../../../../src/juju/writes/tasks.ts'
import {mayBeSentAgain} from '../../../../src/juju/writes/write.ts'
import {at, backupIntent, intentOf, later, operation, seen, task, time, witness, words} from './builders.ts'

const dayLater = time + 25 * 3600_000
const found = 'Happened {"operationID":"10","taskID":"11","unit":"postgresql/1","enqueued":"2026-11-22T12:00:01.000Z"}'
const forgotten = 'Unknown: Juju shows no operation of it, but may have forgotten it'

const rows: readonly [what: string, operations: readonly OperationInfo[], verdict: string, readAt?: number][] = [
  ['one operation of it', [witness, operation()], found],
  ['one of it, a day later', [operation()], found, dayLater],
  ['none of it', [witness], 'DidNotHappen'],
  ['only those of others', [witness, operation({tasks: [task({receiver: 'postgresql/2'})]})], 'DidNotHappen'],
  ['two of it', [witness, operation(), operation({operationID: '12'})], 'Ambiguous 10 12'],
  ['none of it, and nothing from before: Juju forgets the oldest first', [], forgotten],
  ['none of it, and only a running one from before', [{...witness, tasks: [task({status: 'running'})]}], forgotten],
  ['none of it, and one from before whose enqueue failed', [{...witness, tasks: []}], forgotten],
  ['none of it, a day later', [witness], forgotten, dayLater],
  [
    'one of it with a newer id and an older time: the clock of a controller went back',
    [witness, operation({enqueued: at(-2)})],
    "Unknown: operation 10 would be it, but is older than the intent by Juju's clock",
  ],
]
for (const [what, operations, verdict, readAt = later] of rows) {
  test(`S1.5 enqueue: ${what}`, () =>
    assert.equal(words(enqueue.proves(backupIntent, seen(operations), readAt)), verdict))
}

test('S1.5 enqueue: in a model that had no operation, finding none is proof for a day', () => {
  const first = intentOf(backupIntent.target, {highestOperationID: ''})
  assert.equal(words(enqueue.proves(first, seen([]), later)), 'DidNotHappen')
  assert.equal(words(enqueue.proves(first, seen([]), dayLater)), forgotten)
  assert.match(
    words(enqueue.proves(first, seen([operation({operationID: '0'})]), later)),
    /^Happened .*"operationID":"0"/,
  )
})

test('S1.5 enqueue: a listing that was in motion proves neither that there is none nor that there is only one', () => {
  const moving = {settled: false}
  assert.equal(words(enqueue.proves(backupIntent, seen([witness], moving), later)), 'NotYet 65')
  assert.equal(words(enqueue.proves(backupIntent, seen([operation()], moving), later)), 'NotYet 65')
  const two = [operation(), operation({operationID: '12'})]
  assert.equal(words(enqueue.proves(backupIntent, seen(two, moving), later)), 'Ambiguous 10 12')
})

test('S1.5 enqueue: defaults that Juju 3 filled in are no difference', () => {
  const filled = operation({tasks: [task({parameters: {type: 'full', wait: true}})]})
  const verdict = (defaults: Record<string, unknown>) =>
    enqueue.proves(backupIntent, seen([witness, filled], {defaults}), later).kind
  assert.deepEqual([verdict({wait: true}), verdict({})], ['Happened', 'DidNotHappen'])
})

test('enqueue: numbers and booleans are found again, whether they come back as such or as text', () => {
  const intent = intentOf({...backupIntent.target, parameters: {keep: 3, force: true}}, {highestOperationID: '9'})
  const came = (parameters: Record<string, unknown>) =>
    enqueue.proves(intent, seen([witness, operation({tasks: [task({parameters})]})]), later).kind
  assert.deepEqual([came({keep: 3, force: true}), came({keep: '3', force: 'true'})], ['Happened', 'Happened'])
})

const guarded: readonly [
  what: string,
  changes: Partial<TasksSeen>,
  operations: readonly OperationInfo[],
  kind: string,
][] = [
  ['none of it, and the model is as before', {state: 'Unchanged'}, [witness], 'DidNotHappen'],
  ['none of it, and the model does not tell', {state: 'Unclear'}, [witness], 'Unknown'],
  ['none of it, and nobody looked at the model', {}, [witness], 'Unknown'],
  ['one of it, and the model is as before: it waits for its unit', {state: 'Unchanged'}, [operation()], 'Happened'],
  ['forgotten, and the model is as before', {state: 'Unchanged'}, [], 'Unknown'],
]
for (const [what, changes, operations, kind] of guarded) {
  test(`S1.5 an action that must not run twice: ${what}`, () => {
    const write = enqueueGuarded(() => Promise.resolve('Unclear'))
    const verdict = write.proves(backupIntent, seen(operations, changes), later)
    assert.equal(verdict.kind, kind)
    assert.equal(mayBeSentAgain(write, verdict), kind === 'DidNotHappen')
  })
}

const command = {unit: 'postgresql/0', command: 'relation-ids db', timeoutMs: 30_000}
const ran = (parameters: Record<string, unknown>) =>
  operation({tasks: [task({receiver: 'postgresql/0', action: 'juju-exec', parameters})]})

test('a command is found as a task of juju-exec with the same command', () => {
  const intent = intentOf(command, {highestOperationID: '9'})
  const asked = {command: 'relation-ids db', timeout: 30_000_000_000}
  const verdict = (parameters: Record<string, unknown>) =>
    exec().proves(intent, seen([witness, ran(parameters)], {defaults: {'workload-context': false}}), later).kind
  assert.equal(verdict(asked), 'Happened')
  assert.equal(verdict({...asked, 'workload-context': false}), 'Happened', '3.x notes where it runs')
  assert.equal(
    verdict({...asked, command: 'relation-ids peer'}),
    'Unknown',
    "somebody else's; ours proves nothing by its absence",
  )
  assert.equal(exec().application(command), 'postgresql')
})

test('a lost enqueue may be repeated after proof only; what Juju has no operation of is no proof by itself', () => {
  const verdicts = ['DidNotHappen', 'Unknown', 'Ambiguous', 'Happened', 'NotYet'] as const
  const again = verdicts.filter(kind =>
    mayBeSentAgain(enqueue, {kind, why: '', ids: [], until: 0, result: undefined} as never),
  )
  assert.deepEqual(again, ['DidNotHappen'])
})
