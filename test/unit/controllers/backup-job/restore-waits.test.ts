import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RestoreStatus, RestoreStep} from '../../../../src/api/backup-job.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import type {Observed} from '../../../../src/controllers/backup-job/observed.ts'
import {planIt} from '../../../../src/controllers/backup-job/restore/planning.ts'
import {theChosenMustStillBeThere} from '../../../../src/controllers/backup-job/restore/still-there.ts'
import {application, at, enqueued, intent, observed, ready, says, task, unit, type World} from './builders.ts'

const modelUUID = '11111111-1111-4111-8111-111111111111'
const confirmation = {application: 'postgresql', modelUUID, validUntil: at(3600)}
const execute = {mode: 'Execute', requestID: 'restore-1', replicas: 'Rebuild', confirmation}
const facts = {source: {state: 'none'}, known: [], durations: [], safety: {state: 'none'}} as const
const removed = / postgresql\/1 and postgresql\/2 were removed and not added again\.$/

const step = (name: RestoreStep['name'], startedAgo?: number, finishedAgo?: number): RestoreStep => ({
  name,
  plan: name,
  ...(startedAgo === undefined ? {} : {startedAt: at(-startedAgo)}),
  ...(finishedAgo === undefined ? {} : {finishedAt: at(-finishedAgo)}),
})
/** A restore of one of three units, whose others are gone. */
const scaledDown = (...steps: readonly RestoreStep[]): RestoreStatus => ({
  ledgerTime: at(-400),
  ledgerConfirmedTime: at(-399),
  unitsBefore: ['postgresql/0', 'postgresql/1', 'postgresql/2'],
  survivor: 'postgresql/0',
  steps: [step('ScaleDown', 390, 350), ...steps],
})
const restoring = {...enqueued, unit: 'postgresql/0', intent: {...intent, unit: 'postgresql/0', action: 'restore'}}
const settling = {
  ...restoring,
  taskStatus: 'completed',
  completionTime: at(-200),
  restore: scaledDown(step('Restore', 300, 200), step('Settle', 200)),
}
const survivor = unit('postgresql/0', {
  leader: true,
  workloadStatus: 'maintenance',
  workloadMessage: 'restoring backup',
})

const restore = (world: World, more: Partial<Observed> = {}): Observed =>
  observed(
    {...world, spec: {type: 'Restore', restore: execute, ...world.spec}, view: {units: [survivor], ...world.view}},
    {restore: facts, ...more},
  )
const look = (world: World, more: Partial<Observed> = {}): string => says(decide(restore(world, more)))
/** What the job is going to end with. */
const conclusionOf = (world: World, more: Partial<Observed> = {}) => {
  const decided = decide(restore(world, more))
  return decided.do === 'wait' ? decided.report.patch?.conclusion : undefined
}

test('S1.22 activeDeadlineSeconds end the waiting for a restore of which nobody can tell how it ended, and name the units that are gone', () => {
  const unknown = {state: 'present', view: application(), profile: undefined, unsupported: 'x'} as const
  const world = {spec: {activeDeadlineSeconds: 299}, status: settling}
  const end = conclusionOf(world, {application: unknown})
  assert.equal(end?.reason, 'DeadlineExceeded')
  assert.match(end?.message ?? '', /not over 299 s after.*whose restores are not known/)
  assert.match(end?.message ?? '', removed)
  assert.match(look({status: settling}, {application: unknown}), /^wait ActionRequired: .*whose restores are not known/)
})

test('S1.22 so they do for a task that does not end', () => {
  const status = {...restoring, restore: scaledDown(step('Restore', 300))}
  const end = conclusionOf({spec: {activeDeadlineSeconds: 299}, status}, {task: task({action: 'restore'})})
  assert.match(end?.message ?? '', /^Not over 299 s after it was handed to Juju\. Task 9 was not stopped/)
  assert.match(end?.message ?? '', removed)
})

test('S1.7 what a unit says while it is restored is progress: it is not written at every change', () => {
  const conditions = [
    {type: 'Succeeded', status: 'Unknown' as const, reason: 'Running', message: '', lastTransitionTime: at(-200)},
  ]
  const decided = decide(restore({status: {...settling, conditions}}))
  assert(decided.do === 'wait' || decided.do === 'read')
  assert.match(decided.report.message, /restoring backup/)
  assert.equal(decided.report.weight, 'Progress')
  const first = decide(restore({status: settling}))
  assert('report' in first && first.report.weight !== 'Progress')
})

test('S2.18 a request of which the ledger alone knows shows how to end the object, and that ends it', () => {
  const entry = {
    id: 'restore-1',
    uid: 'of-another',
    kind: 'Restore',
    at: at(-900),
    validUntil: at(900),
    outcome: 'Open',
  }
  const ledger = ready({kind: 'OutcomeUnknown', entry} as const)
  const model = {...observed().model, modelUUID} as Observed['model']
  const actions = new Map(['restore', 'create-backup'].map(name => [name, {description: '', parameters: {}}]))
  const charm = ready({url: application().charmURL, actions})
  const world = {readings: {ledger, charm}}
  assert.match(
    look(world, {model}),
    /^wait OutcomeUnknown: .*End this one with: kubectl -n databases patch backupjob nightly --type=merge -p '\{"spec":\{"cancel":"IfSafe"\}\}'; to restore again, create a BackupJob with a new requestID\.$/,
  )
  assert.match(look({...world, spec: {cancel: 'IfSafe'}}, {model}), /^finish Cancelled: /)
})

const garbled = {before: ready({ok: false, message: 'a line has 3 columns'} as const)}

test('a list that stays garbled ends a plan, and what was granted; nothing is run', () => {
  const plan = (secondsAgo: number, status = {}) => {
    const o = restore({spec: {restore: {}}, readings: garbled, status})
    const metadata = {...o.job.metadata, creationTimestamp: at(-secondsAgo)}
    const decided = planIt({...o, job: {...o.job, metadata}})
    return decided === undefined ? '' : says(decided)
  }
  assert.match(plan(600), /^wait Preparing: The list of backups cannot be read: a line has 3 columns/)
  assert.match(plan(601), /^finish Failed: Nothing was run: The list of backups cannot be read: a line has 3 columns/)
  assert.match(plan(90_000, {grantedAt: at(-600)}), /^wait Preparing/)
  assert.match(plan(90_000, {grantedAt: at(-601)}), /^finish Failed/)
})

test('a list that cannot be read any more after the safety backup ends the restore, before anything was changed', () => {
  const after = (secondsAgo: number, readings: World['readings']) => {
    const restored = {chosenBackupID: 'X', steps: [step('SafetyBackup', 2000, secondsAgo)]}
    const decided = theChosenMustStillBeThere(restore({status: {restore: restored}, readings: readings ?? {}}))
    return decided === undefined ? '' : says(decided)
  }
  const failing = (failures: number) => ({
    before: {state: 'failed', message: 'no answer', failures, retryAt: 0} as const,
  })
  assert.match(after(600, garbled), /^wait Running: .*a line has 3 columns/)
  assert.match(after(601, garbled), /^finish Failed: .*a line has 3 columns\. Nothing was changed\.$/)
  assert.match(after(601, failing(3)), /^finish Failed: .*no answer\. Nothing was changed\.$/)
  assert.match(after(601, failing(1)), /^read Running: /)
  assert.match(after(600, failing(3)), /^read Running: /)
})
