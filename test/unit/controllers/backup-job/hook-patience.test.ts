import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJobStatus, HookRun} from '../../../../src/api/backup-job.ts'
import {answerOf} from '../../../../src/controllers/backup-job/cache.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {outcomeOf} from '../../../../src/controllers/backup-job/restore/ledger.ts'
import type {Observed} from '../../../../src/controllers/backup-job/observed.ts'
import {application, at, granted, intent, job, observed, over, ready, says, task, unit, type World} from './builders.ts'

const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume'}]}
const paused: HookRun = {
  phase: 'Pre',
  index: 0,
  action: 'pause',
  unit: 'postgresql/0',
  time: at(-9000),
  highestOperationID: '5',
  parameters: {},
  operationID: '5',
  taskID: '6',
  taskStatus: 'completed',
}
const resumes: HookRun = {
  ...paused,
  phase: 'Post',
  action: 'resume',
  time: at(-100),
  taskID: '12',
  taskStatus: 'running',
}
const concluded = (secondsAgo: number, reason = 'Succeeded') => ({
  conclusion: {reason, message: 'Backup X was made on postgresql/1.', time: at(-secondsAgo)},
})
const status = (...more: Partial<BackupJobStatus>[]): Partial<BackupJobStatus> =>
  Object.assign({}, over('completed'), {backupID: 'X', hooks: [paused]}, ...more)
const leaderless = {units: [unit('postgresql/0', {agentStatus: 'lost'}), unit('postgresql/1', {agentStatus: 'lost'})]}
const look = (world: World, more: Partial<Observed> = {}): string => says(decide(observed(world, more)))

const runs = (secondsAgo: number, spec: object = {hooks}, more: Partial<Observed> = {}): string =>
  look(
    {
      spec: {...spec, activeDeadlineSeconds: 600},
      status: status(concluded(secondsAgo), {hooks: [paused, resumes]}),
    },
    {task: task({taskID: '12', action: 'resume'}), ...more},
  )

test('S1.22 activeDeadlineSeconds end the waiting for a post hook too, as long again from when the outcome is known', () => {
  assert.match(runs(599), /^wait Running: Hook resume on postgresql\/0 \(task 12\) is running/)
  assert.match(
    runs(600),
    /^finish HookFailed: spec\.hooks\.post\[0\] \(resume on postgresql\/0\) was not over after 600 s, and its task 12 goes on in Juju\. Before that: Backup X was made/,
  )
})

test('S1.22 a post hook that may fail leaves the outcome as it is, and is said', () => {
  const lenient = {hooks: {...hooks, post: [{action: 'resume', onError: 'Continue'}]}}
  assert.match(runs(600, lenient), /^finish Succeeded: Backup X was made .*resume on postgresql\/0\) was not over/)
})

test('S1.22 neither an outage of Juju nor a call without an answer keeps a job beyond that', () => {
  const model = {state: 'unready', reason: 'Unreachable', message: 'away', permanent: false, followable: false} as const
  assert.match(runs(600, {hooks}, {model}), /^finish HookFailed: /)
  const {operationID: _none, taskID: _unknown, taskStatus: _open, ...asked} = resumes
  const world = {
    spec: {hooks, activeDeadlineSeconds: 600},
    status: status(concluded(600), {hooks: [paused, asked]}),
  }
  assert.match(look(world), /^finish HookFailed: .*what came of the call of .* is not known/)
  assert.match(look({...world, spec: {hooks}}), /^read Preparing: Looking in Juju for the resume/)
})

test('S1.53 a post hook always gets its turn, however late the job was', () => {
  const world = {
    spec: {hooks, activeDeadlineSeconds: 10},
    status: status({conclusion: {...concluded(0, 'DeadlineExceeded').conclusion, time: at(0)}}),
  }
  assert.match(look(world), /^read Running: Running hook resume on postgresql\/0/)
})

test('S1.53 a hook without a leader waits for one; then a person is asked, who can end the job', () => {
  const world = {spec: {hooks}, status: status(concluded(3600)), view: leaderless}
  assert.match(look(world), /^wait Running: spec\.hooks\.post\[0\]: postgresql has no leader at present/)
  const later = {...world, status: status(concluded(3601))}
  const said = look(later)
  assert.match(said, /^wait ActionRequired: .*has no leader.* Look at juju status postgresql.*=Abandon$/)
  const [, annotation = ''] = /charmkeeper\.dev\/resolve=(\S+)$/.exec(said) ?? []
  const one = job(later.spec, later.status)
  const answer = answerOf({
    ...one,
    metadata: {...one.metadata, annotations: {'charmkeeper.dev/resolve': annotation}},
  })
  assert.equal(answer, 'Abandon')
  assert.match(look(later, {answer}), /^finish HookFailed: Backup X was made .*A person abandoned it/)
  const late = {...later, spec: {hooks, activeDeadlineSeconds: 600}}
  assert.match(look(late), /^finish HookFailed: spec\.hooks\.post\[0\] \(resume\) was not run within 600 s/)
})

test('S1.53 the same before a pre hook, where nothing but the grant names the job', () => {
  const actions = new Map(['pause', 'resume'].map(name => [name, {description: '', parameters: {}}]))
  const charm = ready({url: application().charmURL, actions})
  const world = {spec: {hooks}, status: {grantedAt: at(-3601)}, view: leaderless, readings: {charm}}
  assert.match(
    look(world),
    new RegExp(`^wait ActionRequired: spec\\.hooks\\.pre\\[0\\].*resolve=${at(-3601)}=Abandon$`),
  )
  assert.match(look({...world, status: granted}), /^wait Running: spec\.hooks\.pre\[0\]/)
})

const ambiguous = {search: ready({kind: 'Ambiguous' as const, ids: ['8', '9']})}
const asked = {...granted, attempt: 1, intent, type: 'Full', unit: 'postgresql/1'} as const

test('S1.53 api.md 11: a job that ends as Ambiguous runs its post hooks first, once', () => {
  const world = {spec: {hooks}, status: {...asked, hooks: [paused]}, readings: ambiguous}
  const step = decide(observed(world))
  assert(step.do === 'wait')
  assert.equal(step.report.patch?.conclusion?.reason, 'Ambiguous')
  const {conclusion} = step.report.patch
  const then = {...world, status: {...world.status, conclusion}}
  assert.match(look(then), /^read Running: Running hook resume on postgresql\/0/)
  const done = {...then.status, hooks: [paused, {...resumes, taskStatus: 'completed'}]}
  assert.match(look({...then, status: done}), /^finish Ambiguous: Several operations in Juju may be ours \(8, 9\)/)
})

test('S2.18 a restore that ends as Ambiguous runs its post hooks, and the ledger keeps its request as of unknown outcome', () => {
  const confirmation = {
    application: 'postgresql',
    modelUUID: '11111111-1111-4111-8111-111111111111',
    validUntil: at(3600),
  }
  const restore = {mode: 'Execute', requestID: 'restore-1', confirmation}
  const steps = [
    {name: 'Restore' as const, plan: 'Runs restore.', startedAt: at(-300)},
    {name: 'PostHooks' as const, plan: 'Runs 1 hook.'},
  ]
  const stands = {ledgerTime: at(-310), ledgerConfirmedTime: at(-305), survivor: 'postgresql/0', steps}
  const world = {
    spec: {type: 'Restore', restore, hooks: {post: hooks.post}},
    status: {...asked, intent: {...intent, action: 'restore'}, restore: stands},
    readings: ambiguous,
  }
  const step = decide(observed(world))
  assert(step.do === 'wait')
  const {conclusion} = step.report.patch ?? {}
  assert.equal(conclusion?.reason, 'Ambiguous')
  const next = {...world, status: {...world.status, conclusion}}
  assert.equal(look(next), 'wait Running: Running the post hooks.')
  assert.equal(outcomeOf(observed(next)), 'Unknown')
})
