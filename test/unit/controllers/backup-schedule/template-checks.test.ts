import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import type {BackupSchedule} from '../../../../src/api/backup-schedule.ts'
import {childNameOf} from '../../../../src/controllers/backup-schedule/child.ts'
import {TemplateChecks} from '../../../../src/controllers/backup-schedule/template-checks.ts'
import type {KubeClient} from '../../../../src/kube/client.ts'
import {ApiError, NotLeader, TransportError} from '../../../../src/kube/errors.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'
import {schedule} from './builders.ts'

const call = {method: 'POST', path: '/backupjobs'}
const {signal} = new AbortController()

/** An API server that answers every create with this error, if any. */
function setUp(error?: Error) {
  const clock = new VirtualClock()
  const sent: BackupJob[] = []
  const create = async (_type: unknown, _namespace: unknown, job: BackupJob): Promise<void> => {
    sent.push(job)
    if (error !== undefined) throw error
  }
  const checks = new TemplateChecks({create} as unknown as KubeClient, clock)
  return {clock, sent, checks}
}

const fresh = (uid = 'one'): BackupSchedule => {
  const made = schedule('nightly')
  return {...made, metadata: {...made.metadata, uid}, status: {observedGeneration: -1}}
}

for (const code of [400, 403, 413, 422]) {
  test(`an answer of ${code} refuses the template, for a minute`, async () => {
    const {clock, checks} = setUp(new ApiError(call, code, {message: 'label team is needed'}))
    assert.equal(await checks.ask(fresh(), signal), undefined)
    assert.match(checks.refusalOf(fresh())?.message ?? '', /label team is needed/)
    assert.equal(checks.isDue(fresh()), false)
    await clock.advance(60_000)
    assert.deepEqual([checks.refusalOf(fresh()), checks.isDue(fresh())], [undefined, true])
  })
}

const noAnswers = [
  new ApiError(call, 503, {}),
  new ApiError(call, 429, {}),
  new ApiError(call, 409, {reason: 'Conflict'}),
  new TransportError(call, new Error('reset'), true),
]
for (const error of noAnswers) {
  test(`no answer (${error.message}) refuses nothing and keeps nobody from going on: it is asked again after a minute`, async () => {
    const {clock, checks} = setUp(error)
    assert.equal(await checks.ask(fresh(), signal), error)
    assert.deepEqual([checks.refusalOf(fresh()), checks.isDue(fresh())], [undefined, false])
    assert.equal(checks.againAt(fresh()), clock.now() + 60_000)
    await clock.advance(60_000)
    assert.equal(checks.isDue(fresh()), true)
  })
}

test("the name that is asked with being somebody else's says nothing against the template", async () => {
  const {checks, sent} = setUp(new ApiError(call, 409, {reason: 'AlreadyExists'}))
  assert.equal(await checks.ask(fresh(), signal), undefined)
  assert.deepEqual(
    [checks.refusalOf(fresh()), checks.isDue(fresh()), checks.againAt(fresh())],
    [undefined, false, undefined],
  )
  await checks.ask(fresh('another'), signal)
  const names = sent.map(({metadata}) => metadata.name)
  assert.equal(new Set([...names, childNameOf(fresh().metadata, {slot: 0})]).size, 3)
  assert.ok(names.every(name => name.length <= 63))
})

test('a webhook that no trial may reach says nothing against the template', async () => {
  const message = 'admission webhook "bills.example.com" does not support dry run'
  const {checks} = setUp(new ApiError(call, 400, {reason: 'BadRequest', message}))
  assert.equal(await checks.ask(fresh(), signal), undefined)
  assert.deepEqual([checks.refusalOf(fresh()), checks.isDue(fresh())], [undefined, false])
})

test('what was said of an object is not said of a later one of its name', async () => {
  const {checks} = setUp(new ApiError(call, 422, {}))
  await checks.ask(fresh('one'), signal)
  assert.notEqual(checks.refusalOf(fresh('one')), undefined)
  assert.deepEqual([checks.refusalOf(fresh('two')), checks.isDue(fresh('two'))], [undefined, true])
})

test('a process that may not write any more does not go on', async () => {
  const {checks} = setUp(new NotLeader('charmkeeper'))
  await assert.rejects(checks.ask(fresh(), signal), NotLeader)
})
