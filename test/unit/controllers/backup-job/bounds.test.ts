import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {backupJobStatusSchema} from '../../../../src/api/backup-job-status.ts'
import type {BackupJobStatus, HookRun} from '../../../../src/api/backup-job.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import type {Observed, Reading} from '../../../../src/controllers/backup-job/observed.ts'
import {afterEnqueue, afterHook} from '../../../../src/controllers/backup-job/rules/outcome.ts'
import {nextStatus} from '../../../../src/controllers/backup-job/report.ts'
import type {Step} from '../../../../src/controllers/backup-job/step.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {
  application,
  at,
  enqueued,
  granted,
  intent,
  listing,
  now,
  observed,
  over,
  ready,
  row,
  task,
  unit,
} from './builders.ts'

/** What comes from outside: any 16 bits one after the other, halves of characters among them, and up to far beyond every bound. */
const outside: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({min: 0, max: 0xffff}), fc.constantFrom(0x20, 0x61, 0xe4, 0x20ac, 0xd83d, 0xde00)), {
    maxLength: 200,
  })
  .chain(codes => fc.nat(60).map(times => String.fromCharCode(...codes).repeat(times + 1)))

const failing = (message: string): Reading<never> => ({state: 'failed', message, failures: 9, retryAt: now})
const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume', onError: 'Continue'}]}
const run: HookRun = {
  phase: 'Post',
  index: 0,
  action: 'resume',
  unit: 'postgresql/0',
  time: at(-9000),
  highestOperationID: '5',
  parameters: {},
  operationID: '5',
  taskID: '6',
  taskStatus: 'running',
}
const settling = {
  ...enqueued,
  intent: {...intent, action: 'restore'},
  taskStatus: 'completed',
  completionTime: at(-100),
  restore: {
    ledgerTime: at(-400),
    steps: [
      {name: 'Restore' as const, plan: 'x', startedAt: at(-300), finishedAt: at(-100)},
      {name: 'Settle' as const, plan: 'x', startedAt: at(-100)},
    ],
  },
}
const restore = {spec: {type: 'Restore', restore: {}}} as const
const facts = {source: {state: 'none'}, known: [], durations: [], safety: {state: 'none'}} as const
const refusal = (text: string) =>
  ({kind: 'Refused', error: new JujuError('Action.EnqueueOperation', text, '')}) as const
const target = {unit: 'postgresql/1', action: 'create-backup'}

type Situation = readonly [observed: Observed, step: Step]
const decided = (o: Observed): Situation => [o, decide(o)]

/** Where words of Juju, of a charm, of a unit or of a store reach the status. */
const situations: Readonly<Record<string, (text: string) => Situation>> = {
  'a running task with a log': text => {
    const log = Array.from({length: 40}, () => ({time: at(-1), message: text}))
    return decided(observed({status: enqueued}, {task: task({log, message: text})}))
  },
  'what the unit says': text =>
    decided(
      observed({status: enqueued, view: {units: [unit('postgresql/1', {workloadMessage: text})]}}, {task: task()}),
    ),
  'a task that failed': text => decided(observed({status: enqueued}, {task: task({status: 'failed', message: text})})),
  'a failure that is judged': text =>
    decided(observed({status: over('failed', text.slice(0, 300).toWellFormed()), readings: {after: listing()}})),
  'a row that failed': text =>
    decided(
      observed({status: over('completed'), readings: {after: listing(row(at(0), {finished: false, error: text}))}}),
    ),
  'a list that is garbled': text =>
    decided(observed({status: over('completed'), readings: {after: ready({ok: false as const, message: text})}})),
  'a list that cannot be read': text => decided(observed({status: granted, readings: {before: failing(text)}})),
  'a store that is broken': text => {
    const broken = ready({kind: 'broken', message: text, marker: 'manifest'} as unknown as {
      kind: 'missing'
      message: string
    })
    const storage = {state: 'ready', endpoint: '', region: '', bucket: 'backups', path: ''} as const
    const world = {spec: {storageRef: {name: 'backups'}}, status: {...over('completed'), backupID: 'X'}}
    return decided(observed({...world, readings: {store: broken}}, {storage}))
  },
  'a version and a channel': text => {
    const view = {workloadVersion: text, channel: text}
    return decided(observed({status: over('completed'), view, readings: {after: listing(row(at(0)))}}))
  },
  'a controller that is away': text =>
    decided(
      observed(
        {status: enqueued},
        {model: {state: 'unready', reason: 'Unreachable', message: text, permanent: false, followable: false}},
      ),
    ),
  'a refusal of Juju': text => {
    const o = observed({status: {...granted, intent, attempt: 1}})
    return [o, afterEnqueue(o, target, refusal(text))]
  },
  'a refusal of a hook': text => {
    const {taskID: _none, taskStatus: _open, ...asked} = run
    const o = observed({spec: {hooks}, status: {...over('completed'), hooks: [asked]}})
    return [o, afterHook(o, target, refusal(text))]
  },
  'a hook that failed': text => {
    const status = {
      ...over('completed'),
      hooks: [run],
      conclusion: {reason: 'Succeeded', message: text.slice(0, 300).toWellFormed(), time: at(-10)},
    }
    return decided(observed({spec: {hooks}, status}, {task: task({taskID: '6', status: 'failed', message: text})}))
  },
  'an outcome that waits for its hooks': text =>
    decided(
      observed({
        spec: {hooks},
        status: {
          ...over('failed', text.slice(0, 300).toWellFormed()),
          hooks: [{...run, phase: 'Pre', taskStatus: 'completed'}],
        },
        readings: {after: listing()},
      }),
    ),
  'a restore that settles': text => {
    const units = [unit('postgresql/1', {workloadStatus: 'maintenance', workloadMessage: text})]
    return decided(observed({...restore, status: settling, view: {units}}, {restore: facts}))
  },
  'a restore whose unit fails': text => {
    const units = [unit('postgresql/1', {workloadStatus: 'error', workloadMessage: text})]
    return decided(observed({...restore, status: settling, view: {units}}, {restore: facts}))
  },
  'a plan': text => {
    const units = [unit('postgresql/0', {leader: true, workloadStatus: 'error', workloadMessage: text})]
    const actions = new Map(['create-backup', 'restore'].map(name => [name, {description: '', parameters: {}}]))
    const charm = ready({url: application().charmURL, actions})
    const readings = {charm, before: listing(row(at(-9000))), ledger: ready({kind: 'None'} as const)}
    return decided(observed({...restore, view: {units, workloadVersion: text}, readings}, {restore: facts}))
  },
}

const bytes = (text = ''): number => Buffer.byteLength(text, 'utf8')

for (const [where, situation] of Object.entries(situations))
  test(`api.md 8: whatever comes from outside, the status stays within its bounds: ${where}`, () => {
    fc.assert(
      fc.property(outside, text => {
        const [o, step] = situation(text)
        assert('report' in step, step.do)
        const status: BackupJobStatus = nextStatus({...o.job, status: o.status}, step.report, step.do === 'finish', now)
        const parsed = backupJobStatusSchema.safeParse(status)
        assert(parsed.success, parsed.error?.message)
        for (const {message} of status.conditions ?? []) assert(bytes(message) <= 1024)
        assert(bytes(status.lastMessage) <= 1024 && bytes(status.conclusion?.message) <= 1024)
        assert((status.log ?? []).length <= 20 && bytes(status.log?.join('')) <= 4096)
        for (const {message} of status.hooks ?? []) assert(bytes(message) <= 1024)
        // Half a character comes back as another one, and the status would be written again and again.
        assert.deepEqual(JSON.parse(Buffer.from(JSON.stringify(status)).toString()), JSON.parse(JSON.stringify(status)))
        assert(JSON.stringify(status).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(status)))
      }),
      {numRuns: 60},
    )
  })
