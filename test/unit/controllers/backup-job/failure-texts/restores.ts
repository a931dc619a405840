/** How a restore ends by the words with which a charm fails: tables of tests. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJobStatus} from '../../../../../src/api/backup-job.ts'
import type {RestoreFailureKind} from '../../../../../src/charms/restore.ts'
import type {SupportedCharm} from '../../../../../src/charms/profiles.ts'
import {decide} from '../../../../../src/controllers/backup-job/decide.ts'
import type {Step} from '../../../../../src/controllers/backup-job/step.ts'
import {at, intent, observed, over, ready, task} from '../builders.ts'
import {charmsOf, nameOf, present, unexplaining, type FamilyName} from './charms.ts'

/** What follows the end of the task, to the end of the restore. */
export interface RestoreEnd {
  readonly reason: string
  readonly message: string
  /** How many units Juju is asked for again. */
  readonly unitsAdded: number
}

/** A restore for which the other units were removed, where the charm restores only a single one, and whose task has failed. */
export function afterRestore(charm: SupportedCharm, words: string): RestoreEnd {
  const survivor = `${charm.charm}/0`
  const isSingle = charm.profile.restore?.units === 'Single'
  const done = (name: 'ScaleDown', plan: string) => ({name, plan, startedAt: at(-900), finishedAt: at(-800)})
  const steps = [
    ...(isSingle ? [done('ScaleDown', 'Removes 2 units.')] : []),
    {name: 'Restore' as const, plan: 'Restores.', startedAt: at(-300)},
    {name: 'Settle' as const, plan: 'Waits for the end.'},
    ...(isSingle ? [{name: 'ScaleUp' as const, plan: 'Adds 2 units.'}] : []),
  ]
  const unitsBefore = [0, 1, 2].map(number => `${charm.charm}/${number}`)
  let status: Partial<BackupJobStatus> = {
    ...over('failed', words),
    unit: survivor,
    intent: {...intent, unit: survivor, action: charm.profile.restore?.action ?? ''},
    restore: {survivor, unitsBefore, steps, ledgerTime: at(-1000), ledgerConfirmedTime: at(-1000)},
  }
  const spec = {type: 'Restore', application: charm.charm, restore: {mode: 'Plan'}}
  const unitFacts = {controllerTime: at(0), claimedBy: '', alive: [survivor], all: [survivor], scale: undefined}
  const readings = {unitFacts: ready(unitFacts), ledgerOutcome: ready({})}
  const seen = task({status: 'failed', message: words, receiver: survivor, action: 'restore'})
  let units = isSingle ? 1 : 3
  let unitsAdded = 0
  for (let turn = 0; turn < 10; turn++) {
    const step: Step = decide(observed({spec, status, readings}, {application: present(charm, units), task: seen}))
    assert('report' in step, step.do)
    if (step.do === 'finish') return {reason: step.report.reason, message: step.report.message, unitsAdded}
    if (step.do === 'changeUnits') {
      assert.equal(step.plan.kind, 'AddUnits')
      unitsAdded += step.plan.count
      units += step.plan.count
    } else assert.equal(step.do, 'wait', step.report.message)
    status = {...status, ...(step.report.patch as Partial<BackupJobStatus>)}
  }
  throw new Error(`the restore does not end: ${JSON.stringify(status.conclusion)}`)
}

const untouched = /^The charm refused the restore; no data was touched: /
const gone = /^The restore failed, and the data of \S+ is gone or incomplete: /

/** The reason with which it ends, and what its message tells a person. `shown`: the words, where they are not shown as they are. */
export type RestoreRow = readonly [
  words: string,
  end: 'Destroyed' | Extract<RestoreFailureKind, {kind: 'Refused'}>['reason'],
  nextStep: RegExp,
  shown?: string,
]

/** Tests each row with each charm of the family that restores, and that no text of them is without a row. */
export function testRestores(family: FamilyName, rows: readonly RestoreRow[]): void {
  const charms = charmsOf(family).filter(({profile}) => profile.restore !== undefined)
  for (const [words, end, nextStep, shown = words] of rows)
    test(`S1.32 ${family}: a restore that fails with "${shown}" ends as ${end}, with what to do`, () => {
      for (const charm of charms) {
        const {reason, message, unitsAdded} = afterRestore(charm, words)
        assert.equal(reason, end === 'Destroyed' ? 'Failed' : end, message)
        assert.match(message, end === 'Destroyed' ? gone : untouched)
        assert.ok(message.includes(shown.replace(/\.+$/, '')), message)
        assert.match(message, nextStep)
        assert.doesNotMatch(message, /\.\.|\. \./)
        assert.ok(message.length <= 1024, message)
        const isSingle = charm.profile.restore?.units === 'Single'
        const comeBack = isSingle && end !== 'Destroyed'
        assert.equal(unitsAdded, comeBack ? 2 : 0, message)
        if (isSingle && !comeBack) assert.match(message, /\/1 and \S+\/2 were removed and not added again\./)
      }
    })
  test(`no text with which a restore of ${family} fails is without a row`, () => {
    assert(charms.length > 0)
    for (const charm of charms)
      assert.deepEqual(
        unexplaining(
          charm.profile.restore?.failureTexts ?? [],
          rows.map(([words]) => words),
        ),
        [],
        nameOf(charm),
      )
  })
}
