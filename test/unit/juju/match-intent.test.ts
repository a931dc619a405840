import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {matchIntent, type Intent} from '../../../src/juju/match-intent.ts'
import type {OperationInfo} from '../../../src/juju/tasks.ts'
import {operation, task} from './writes/builders.ts'

const intent: Intent = {
  action: 'create-backup',
  unit: 'postgresql/1',
  parameters: {type: 'full'},
  controllerTime: '2026-11-22T12:00:00.700Z',
  highestOperationID: '9',
}

test('S1.5 the operation that the intent led to is found, and its task', () => {
  const match = matchIntent([operation({operationID: '3'}), operation()], intent)
  assert.equal(match.kind, 'one')
  assert.equal(match.kind === 'one' && match.operation.operationID, '10')
  assert.equal(match.kind === 'one' && match.task.taskID, '11')
})

const foreign: readonly [string, OperationInfo][] = [
  ['an older id', operation({operationID: '9'})],
  ['an older id that sorts higher as text', operation({operationID: '8'})],
  ['another action', operation({tasks: [task({action: 'restore'})]})],
  ['another unit', operation({tasks: [task({receiver: 'postgresql/2'})]})],
  ['a unit whose name begins alike', operation({tasks: [task({receiver: 'postgresql/10'})]})],
  ['another value of a parameter', operation({tasks: [task({parameters: {type: 'differential'}})]})],
  ['a parameter missing', operation({tasks: [task({parameters: {}})]})],
  ['a parameter more', operation({tasks: [task({parameters: {type: 'full', label: 'mine'}})]})],
  ['no task at all, as an enqueue for an unknown unit leaves it', operation({tasks: []})],
  ['an enqueue before the intent', operation({enqueued: '2026-11-22T11:59:59.999Z'})],
]
for (const [what, candidate] of foreign) {
  test(`S1.5 not ours: ${what}`, () => assert.deepEqual(matchIntent([candidate], intent), {kind: 'none'}))
}

const own: readonly [string, OperationInfo][] = [
  ['ids are compared as numbers', operation({operationID: '100'})],
  ['an enqueue in the same second: 3.x keeps whole seconds', operation({enqueued: '2026-11-22T12:00:00.000Z'})],
  ['no time at all: then the id decides', operation({enqueued: undefined})],
  ['one of several tasks', operation({tasks: [task({receiver: 'postgresql/0'}), task()]})],
  [
    'a parameter that is no scalar: 4.x garbles those',
    operation({tasks: [task({parameters: {type: 'full', list: ['a']}})]}),
  ],
]
for (const [what, candidate] of own) {
  test(`S1.5 ours: ${what}`, () => assert.equal(matchIntent([candidate], intent).kind, 'one'))
}

test('a number or boolean equals its text', () => {
  const sent = {...intent, parameters: {keep: '3', force: 'true'}}
  const came = operation({tasks: [task({parameters: {keep: 3, force: true}})]})
  assert.equal(matchIntent([came], sent).kind, 'one')
})

test("defaults of the charm that 3.x filled in do not make it another's", () => {
  const sent = {...intent, parameters: {}}
  const came = operation({tasks: [task({parameters: {type: 'full'}})]})
  assert.equal(matchIntent([came], sent).kind, 'none')
  assert.equal(matchIntent([came], sent, {type: 'full'}).kind, 'one')
  assert.equal(matchIntent([came], sent, {type: 'incremental'}).kind, 'none')
})

test('several matches are not guessed at; their ids come in numeric order', () => {
  const candidates = ['100', '12', '20'].map(operationID => operation({operationID}))
  assert.deepEqual(matchIntent(candidates, intent), {kind: 'several', ids: ['12', '20', '100']})
})

test('an empty highest id means that there was no operation yet: 0 is ours', () => {
  assert.equal(matchIntent([operation({operationID: '0'})], {...intent, highestOperationID: ''}).kind, 'one')
})

const anyTask = fc.record({
  taskID: fc.nat(50).map(String),
  receiver: fc.constantFrom('postgresql/0', 'postgresql/1'),
  action: fc.constantFrom('create-backup', 'list-backups'),
  parameters: fc.constantFrom({type: 'full'}, {type: 'incremental'}, {}),
})
const anyOperation = fc
  .record({
    operationID: fc.nat(30).map(String),
    enqueued: fc
      .integer({min: -5, max: 5})
      .map(s => new Date(Date.parse('2026-11-22T12:00:00Z') + s * 1000).toISOString()),
    tasks: fc.array(anyTask.map(task), {maxLength: 3}),
  })
  .map(operation)
const anyOperations = fc.uniqueArray(anyOperation, {selector: ({operationID}) => operationID, maxLength: 20})

test('the order of the operations does not matter', () => {
  fc.assert(
    fc.property(
      anyOperations.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, {minLength: all.length}))),
      ([all, shuffled]) => assert.deepEqual(matchIntent(shuffled, intent), matchIntent(all, intent)),
    ),
  )
})

test('what matches is newer than the intent in id and time, and of the same action, unit and parameters', () => {
  fc.assert(
    fc.property(anyOperations, all => {
      const match = matchIntent(all, intent)
      if (match.kind !== 'one') return
      assert.ok(Number(match.operation.operationID) > 9)
      assert.ok(Date.parse(match.operation.enqueued ?? '') >= Date.parse('2026-11-22T12:00:00Z'))
      const {action, receiver, parameters} = match.task
      assert.deepEqual(
        {action, receiver, parameters},
        {action: intent.action, receiver: intent.unit, parameters: {type: 'full'}},
      )
    }),
  )
})

test('operations of others never hide the own one', () => {
  fc.assert(
    fc.property(anyOperations, all => {
      const others = all.filter(one => one.operationID !== '10' && matchIntent([one], intent).kind === 'none')
      assert.equal(matchIntent([...others, operation()], intent).kind, 'one')
    }),
  )
})
