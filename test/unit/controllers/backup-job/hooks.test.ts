import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {HookRun} from '../../../../src/api/backup-job.ts'
import {patchHook} from '../../../../src/controllers/backup-job/calls.ts'
import {hooksMustBeKnown} from '../../../../src/controllers/backup-job/rules/hooks.ts'
import {at, charmWith, observed, ready, says, unit} from './builders.ts'

const spec = {description: '', parameters: {type: 'object', properties: {reason: {type: 'string'}}}}
const charm = ready({...charmWith({}).value, actions: new Map([['pause', spec]])})
const units = (count: number) => Array.from({length: count}, (_, index) => unit(`postgresql/${index}`))

const judged: readonly [sentence: string, hooks: object, units: number, says: RegExp | undefined][] = [
  ['an action of the charm', {pre: [{action: 'pause', params: {reason: 'backup'}}]}, 3, undefined],
  [
    'an action that the charm does not have',
    {post: [{action: 'resume'}]},
    3,
    /^finish Unsupported: .*hooks\.post\[0\]: the charm has no action resume; it has: pause/,
  ],
  ['as many runs as the status holds', {pre: [{action: 'pause', unit: 'All'}]}, 100, undefined],
  [
    'more runs than the status holds',
    {pre: [{action: 'pause', unit: 'All'}], post: [{action: 'pause'}]},
    100,
    /^finish Unsupported: Nothing was run: spec\.hooks is 101 runs on the 100 units of postgresql.*at most 100/,
  ],
]
for (const [sentence, hooks, count, expected] of judged) {
  test(`hooks are judged before anything is run: ${sentence}`, () => {
    const step = hooksMustBeKnown(observed({spec: {hooks}, readings: {charm}, view: {units: units(count)}}))
    if (expected === undefined) assert.equal(step, undefined)
    else assert.match(step === undefined ? '' : says(step), expected)
  })
}

const run: HookRun = {
  phase: 'Pre',
  index: 0,
  action: 'pause',
  unit: 'postgresql/0',
  time: at(-10),
  highestOperationID: '7',
  parameters: {reason: 'backup'},
  taskID: '9',
}

test('the parameters of a hook are kept while its task may have to be found again, and no longer', () => {
  const status = {observedGeneration: 1, hooks: [run]}
  const kept = patchHook(status, {taskStatus: 'running'})
  assert.deepEqual(kept.hooks?.[0]?.parameters, {reason: 'backup'})
  const over = patchHook(status, {taskStatus: 'completed'})
  assert.deepEqual(over.hooks?.[0]?.parameters, {})
})
