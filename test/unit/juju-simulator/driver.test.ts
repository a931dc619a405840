import assert from 'node:assert/strict'
import {test} from 'node:test'
import {systemClock} from '../../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {driveRealJuju} from '../../charms/real-juju/drive.ts'
import {ControlPort} from '../../juju-simulator/control-port.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import {until} from './support.ts'

/** A Juju whose agents are played from outside, through its control port only, as on the real server. */
async function driven(t: test.TestContext) {
  const {seed, engine} = memoryPostgresqlModel({clock: systemClock, durations: {full: 50}})
  const juju = await startTestedJuju(t, {profile: '4.0.12', models: [seed], agents: 'external'})
  const port = new ControlPort(juju)
  const control = await port.listen()
  const models = [{uuid: juju.modelUUID, seed}]
  const played = await driveRealJuju({control, jujuVersion: '4.0.12', models, tasksEvery: 10, changesEvery: 20})
  t.after(async () => {
    await played.stop()
    await port.close()
    await juju.stop()
  })
  return {model: juju.control.model(), engine, played}
}

test('machines driven through the control port settle as in the simulator', async t => {
  const {model} = await driven(t)
  const shown = [...model.application('postgresql').units.values()].map(({workload}) => [
    workload.status,
    workload.message,
  ])
  assert.deepEqual(shown, [
    ['active', 'Primary'],
    ['active', ''],
    ['active', ''],
  ])
})

test('a task runs on its unit and ends with the charm’s results; the unit says so meanwhile', async t => {
  const {model} = await driven(t)
  const id = model.enqueue('postgresql/1', 'create-backup')
  await until(() => model.application('postgresql').units.get('postgresql/1')?.workload.message === 'creating backup')
  assert.equal(model.task(id).status, 'running')
  await until(() => model.task(id).status === 'completed')
  assert.deepEqual(model.task(id).output, {'backup-status': 'backup created', 'return-code': 0})
  const listing = model.enqueue('postgresql/2', 'list-backups')
  await until(() => model.task(listing).status === 'completed')
  assert.match(String(model.task(listing).output['backups']), /full backup +\| finished/)
})

test('a refused action is a failed task with the charm’s words', async t => {
  const {model} = await driven(t)
  const id = model.enqueue('postgresql/0', 'create-backup')
  await until(() => model.task(id).status === 'failed')
  assert.equal(model.task(id).message, 'Unit cannot perform backups as it is the cluster primary')
})

test('changed options of the integrator reach PostgreSQL', async t => {
  const {model} = await driven(t)
  await model.setConfig('s3-integrator', {bucket: 'another'})
  const relation = model.relations('postgresql')[0]
  await until(() => model.relations('postgresql')[0]?.data['bucket'] === 'another')
  assert.equal(relation?.application, 's3-integrator')
})

test('update-status brings the primary’s text back', async t => {
  const {model, played} = await driven(t)
  model.setUnitStatus('postgresql/0', 'active', '')
  await played.updateStatus()
  assert.equal(model.application('postgresql').units.get('postgresql/0')?.workload.message, 'Primary')
})
