import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {REPLACED_ANNOTATION, RUN_NOW_ANNOTATION, RUNNING_FINALIZER, SCHEDULE_LABEL} from '../../../../src/api/meta.ts'
import type {CachedBackupJob} from '../../../../src/controllers/backup-job/cache.ts'
import {childNameOf, childOf} from '../../../../src/controllers/backup-schedule/child.ts'
import {beyondHistory, type HistoryQuestion} from '../../../../src/controllers/backup-schedule/history.ts'
import {run, schedule, type Run} from './builders.ts'

const nightly = {namespace: 'team-a', name: 'nightly'}

const slot = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00Z`
const job = (day: number, over: Partial<Run> = {}): CachedBackupJob =>
  run({
    slot: slot(day),
    ...over,
    metadata: {
      name: childNameOf(nightly, {slot: Date.parse(slot(day))}),
      labels: {[SCHEDULE_LABEL]: 'nightly'},
      uid: `run-${day}`,
      ...over.metadata,
    },
  })
const failed = (day: number, over: Partial<Run> = {}): CachedBackupJob => job(day, {end: 'Failed', ...over})
/** As `spec.runNow` makes it. */
const atOnce = (day: number): CachedBackupJob => {
  const {metadata} = childOf(schedule('nightly'), {runNow: `on day ${day}`, at: Date.parse(slot(day))})
  const {name, annotations = {}} = metadata
  return job(day, {metadata: {name, annotations}})
}
const days = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, index) => from + index)

function removed(children: readonly CachedBackupJob[], over: Partial<HistoryQuestion> = {}): string[] {
  const {remove} = beyondHistory({
    schedule: nightly,
    children,
    ofApplication: () => children,
    history: {successful: 2, failed: 1},
    accountedUntil: Date.parse(slot(30)),
    isNamed: () => false,
    ...over,
  })
  return remove.map(({metadata: {uid = ''}}) => uid)
}

test('S5.21 the oldest finished jobs beyond the limits go, successes and failures counted apart', () => {
  const children = [...days(1, 4).map(day => job(day)), ...days(5, 7).map(day => failed(day))]
  assert.deepEqual(removed(children), ['run-1', 'run-2', 'run-5', 'run-6'])
  assert.deepEqual(removed(children.toReversed()), ['run-1', 'run-2', 'run-5', 'run-6'])
})

test('S5.21 what goes is said in one sentence, with the limits and that no backup goes', () => {
  const question = {
    schedule: nightly,
    children: days(1, 4).map(day => job(day)),
    ofApplication: () => [],
    history: {successful: 2, failed: 1},
    accountedUntil: Date.parse(slot(30)),
    isNamed: () => false,
  }
  assert.equal(
    beyondHistory(question).note,
    '2 BackupJobs beyond spec.history (2 successful, 1 failed): removed as objects only, their backups stay',
  )
  assert.equal(beyondHistory({...question, children: []}).note, undefined)
})

const kept: readonly [sentence: string, children: readonly CachedBackupJob[], over: Partial<HistoryQuestion>][] = [
  ['a running job', [job(1, {end: 'Running'}), job(2), job(3)], {}],
  [
    'a finished one whose work in Juju is not over',
    [job(1, {metadata: {finalizers: [RUNNING_FINALIZER]}}), job(2), job(3)],
    {},
  ],
  ['one that is being deleted already', [job(1, {metadata: {deletionTimestamp: slot(9)}}), job(2), job(3)], {}],
  ['the newest success, also with successful: 0', [job(1)], {history: {successful: 0, failed: 0}}],
  [
    'one whose slot is not accounted for: it would run again',
    [job(1), job(2), job(3)],
    {accountedUntil: Date.parse(slot(1)) - 1},
  ],
  ['the run at once whose token is not echoed yet', [atOnce(1), job(2), job(3)], {openRunNow: atOnce(1).metadata.name}],
  ['one that an unfinished job names', [job(1), job(2), job(3)], {isNamed: ({metadata}) => metadata.uid === 'run-1'}],
  [
    'the full one that a kept differential builds on',
    [job(1), job(2, {type: 'Differential', parent: slot(1)}), job(3, {type: 'Differential', parent: slot(1)})],
    {},
  ],
  [
    'the full one at the end of a kept chain of increments',
    [job(1), job(2, {type: 'Incremental', parent: slot(1)}), job(3, {type: 'Incremental', parent: slot(2)})],
    {history: {successful: 1, failed: 0}},
  ],
  [
    'the full one of another schedule that builds on it',
    [job(1), job(2), job(3)],
    {
      ofApplication: () => [
        job(1),
        job(2),
        job(3),
        job(9, {type: 'Differential', parent: slot(1), metadata: {name: 'daily-9', uid: 'daily-9'}}),
      ],
    },
  ],
]

for (const [sentence, children, over] of kept)
  test(`S5.21 kept beyond the limits: ${sentence}`, () => assert.deepEqual(removed(children, over), []))

test('S5.21 what spec.runNow made goes as what a slot made', () =>
  assert.deepEqual(removed([atOnce(1), job(2), job(3)]), ['run-1']))

const copies: readonly [sentence: string, metadata: NonNullable<Run['metadata']>][] = [
  ['of another name', {name: 'my-copy'}],
  ['under the name of another slot', {name: childNameOf(nightly, {slot: Date.parse(slot(20))})}],
  ['under the name of a child of another schedule', {name: childNameOf({...nightly, name: 'daily'}, {slot: 0})}],
  ['of a run at once', {name: 'my-copy', annotations: {[RUN_NOW_ANNOTATION]: 'abcdef0123'}}],
  ['without the label', {labels: {}}],
]

for (const [sentence, metadata] of copies)
  test(`S5.21 a copy that somebody made of a child is neither removed nor counted: ${sentence}`, () => {
    const copy = (day: number) => job(day, {metadata: {...metadata, uid: `copy-${day}`}})
    assert.deepEqual(removed([copy(1), copy(2), copy(3), copy(11), copy(12)]), [])
    assert.deepEqual(removed([job(1), job(2), copy(11), copy(12)]), [])
    assert.deepEqual(removed([job(1), job(2), job(3), copy(11)]), ['run-1'])
  })

test('S5.21 the limits count for each application of the schedule, and each keeps what its own backups build on', () => {
  const before = (day: number, over: Partial<Run> = {}) => job(day, {...over, spec: {application: 'mysql'}})
  const elsewhere = (day: number) => job(day, {spec: {modelRef: {name: 'other'}}})
  const children = [...days(1, 3).map(day => before(day)), elsewhere(4), ...days(5, 7).map(day => job(day))]
  assert.deepEqual(removed(children), ['run-1', 'run-5'])
  const onTop = before(9, {type: 'Incremental', parent: slot(1), metadata: {name: 'by-hand', uid: 'by-hand'}})
  const ofApplication: HistoryQuestion['ofApplication'] = ({spec}) =>
    [...children, onTop].filter(one => one.spec.application === spec.application)
  assert.deepEqual(removed(children, {ofApplication}), ['run-5'])
})

test('S5.21 a chain goes as a whole once none of it is kept', () => {
  const chain = [
    job(1),
    job(2, {type: 'Differential', parent: slot(1)}),
    job(3, {type: 'Differential', parent: slot(1)}),
  ]
  assert.deepEqual(removed([...chain, job(4), job(5)]), ['run-1', 'run-2', 'run-3'])
})

test('S5.21 those that had to give way to a newer slot go before real failures', () => {
  const replaced = failed(3, {end: 'Cancelled', metadata: {annotations: {[REPLACED_ANNOTATION]: slot(4)}}})
  assert.deepEqual(removed([failed(1), failed(2), replaced], {history: {successful: 1, failed: 2}}), ['run-3'])
})

test('S5.21 whatever the limits and the chains: never a running job, never the newest success, never what a kept one builds on', () => {
  const oneRun = fc.record({
    end: fc.constantFrom('Succeeded', 'Succeeded', 'Failed', 'Running'),
    parent: fc.option(fc.integer({min: 1, max: 28}), {nil: undefined}),
  })
  fc.assert(
    fc.property(fc.array(oneRun, {maxLength: 28}), fc.nat(5), fc.nat(5), (runs, successful, failures) => {
      const children = runs.map(({end, parent}, index) =>
        job(index + 1, {
          end,
          ...(parent !== undefined && parent <= index && {parent: slot(parent), type: 'Incremental'}),
        }),
      )
      const gone = new Set(removed(children, {history: {successful, failed: failures}}))
      const left = children.filter(({metadata}) => !gone.has(metadata.name))
      const ids = new Set(left.map(({status}) => status?.backupID))
      const wasThere = new Set(children.map(({status}) => status?.backupID))
      for (const {status} of left) {
        const {parentBackupID} = status ?? {}
        assert.ok(parentBackupID === undefined || !wasThere.has(parentBackupID) || ids.has(parentBackupID))
      }
      const successes = children.filter(({status}) => status?.backupID !== undefined)
      assert.ok(successes.length === 0 || left.includes(successes.at(-1) as CachedBackupJob))
      assert.equal(
        left.filter(one => one.status?.completionTime === undefined).length,
        runs.filter(({end}) => end === 'Running').length,
      )
    }),
    {numRuns: 200},
  )
})
