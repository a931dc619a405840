import {test} from 'node:test'
import assert from 'node:assert/strict'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from '../../src/api/backup-job.ts'
import {idOfLabel} from '../charms/postgresql/pgbackrest-info.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute

for (const profile of ['3.6.14', '4.0.12'] as const)
  for (const charm of ['postgresql-14', 'postgresql-16'] as const)
    test(`S1.1 S2.1 S2.3 on Juju ${profile} with ${charm} creating a BackupJob makes exactly one backup`, async t => {
      const world = await JobsWorld.startFor(t, {profile, charm, tls: charm === 'postgresql-16'})
      world.apply('first')
      await world.untilFinished('first')
      assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
      assert.equal(world.enqueued, 1)
      assert.deepEqual(world.job('first')?.metadata.finalizers ?? [], [])
    })

test('S2.5 S2.13 S2.14 S2.15 the status says who made which backup where, and where its log is', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first')
  world.apply('second')
  await world.untilFinished('first')
  await world.untilFinished('second')
  const [first, second] = ['first', 'second'].map(name => world.job(name)?.status)
  assert.notEqual(first?.backupID, second?.backupID)
  assert.notEqual(first?.taskID, second?.taskID)
  assert.equal(first?.unit, 'postgresql/1')
  assert.match(first?.artefact?.logPath ?? '', /^pg\/backup\/databases.postgresql\/.*\/backup.log$/)
  assert.equal(first?.method, 'Physical')
})

test('S1.4 S1.7 S1.18 a backup of three days stays Running, with one task, no deadline and few writes', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 72 * hour}})
  world.apply('long')
  await world.untilReason('long', 'Running')
  await world.pass(20 * minute)
  const status = world.job('long')?.status
  assert.match(world.message('long'), /Task \d+ on postgresql\/1 is running: creating backup/)
  assert.deepEqual([status?.unit, status?.lastMessage], ['postgresql/1', 'creating backup'])
  const writes = world.kube.server.calls.filter(call => call.path.endsWith('/long/status')).length
  assert.ok(writes < 20, `${writes} status writes in twenty quiet minutes`)
  await world.operator.kill()
  await world.clock.advance(71 * hour)
  await world.restartOperator()
  await world.pass(20 * minute)
  assert.equal(world.reason('long'), 'Running')
  await world.untilFinished('long', 2 * hour)
  assert.equal(world.reason('long'), 'Succeeded')
  assert.equal(world.enqueued, 1)
})

test('S1.8 S2.19 start and end are told as events', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first')
  await world.untilFinished('first')
  assert.deepEqual(world.events('first'), ['BackupStarted', 'BackupSucceeded'])
})

test('S2.16 a second backup of the same application waits, and says for whom', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.apply('second')
  await world.untilReason('second', 'Queued')
  assert.match(world.message('second'), /BackupJob databases\/first is working on postgresql; position 1/)
  assert.deepEqual(world.job('second')?.status?.queue, {position: 1, holder: 'BackupJob databases/first'})
  await world.untilFinished('second', 4 * hour)
  assert.equal(world.enqueued, 2)
  assert.equal(world.job('second')?.status?.queue, undefined)
})

test('S1.12 a job that waits in the queue is cancelled and never runs', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.apply('second')
  await world.untilReason('second', 'Queued')
  world.apply('second', {cancel: 'IfSafe'})
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Cancelled')
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.enqueued, 1)
})

test('S1.11 S1.15 S1.17 a running backup is cancelled by force only, and leaves no backup', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.apply('first', {cancel: 'IfSafe'})
  await world.until('the refusal is told', () => world.condition('first', 'CancelRefused')?.reason === 'Unsafe')
  assert.equal(world.juju.calls.count('Action.Cancel'), 0)
  world.apply('first', {cancel: 'Force'})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Cancelled')
  assert.equal(world.juju.calls.count('Action.Cancel'), 1)
  assert.equal(world.job('first')?.status?.backupID, undefined)
})

test('S1.11 a cancel that Juju refuses is said, and the job ends by its own outcome', async t => {
  const world = await JobsWorld.startFor(t, {profile: '4.0.12', durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.apply('first', {cancel: 'Force'})
  await world.until('the refusal is told', () => world.condition('first', 'CancelRefused')?.reason === 'RefusedByJuju')
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.juju.calls.count('Action.Cancel'), 1)
})

test('S1.11 a cancel that Juju cannot take now is asked for again', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.juju.faults.startMigration(world.juju.modelUUID)
  world.apply('first', {cancel: 'Force'})
  await world.until('it was asked for', () => world.juju.calls.count('Action.Cancel') > 0)
  await world.pass(minute)
  assert.equal(world.condition('first', 'CancelRefused'), undefined)
  assert.ok(world.juju.calls.count('Action.Cancel') <= 20, 'with each snapshot at most')
  world.juju.faults.abortMigration(world.juju.modelUUID)
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Cancelled')
})

test('S1.13 a cancel after the end keeps Succeeded', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first')
  await world.untilFinished('first')
  world.apply('first', {cancel: 'Force'})
  await world.pass(60_000)
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.juju.calls.count('Action.Cancel'), 0)
})

test('a backup that waits for a unit that can make it begins soon after there is one', async t => {
  const world = await JobsWorld.startFor(t)
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  const units = ['postgresql/0', 'postgresql/1', 'postgresql/2']
  const become = (status: 'active' | 'blocked', message: string): void => {
    for (const unit of units) world.juju.control.model().setUnitStatus(unit, status, message)
  }
  become('blocked', 'no quorum')
  await world.pass(2 * minute)
  world.apply('first')
  await world.until('it waits', () => /No unit can make the backup now/.test(world.message('first')))
  await world.pass(21_000)
  become('active', '')
  await world.until('it has begun', () => world.enqueued === 1, 12_000)
})

test('S1.16 a failover while the backup runs is told', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.until('the primary is known', () => world.job('first')?.status?.primary === 'postgresql/0')
  const model = world.juju.control.model()
  world.engine.primaryUnit = 'postgresql/2'
  model.setUnitStatus('postgresql/0', 'active', '')
  model.setUnitStatus('postgresql/2', 'active', 'Primary')
  await world.until('the failover is told', () => world.events('first').includes('PrimaryChanged'))
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.job('first')?.status?.primary, 'postgresql/2')
})

test('S2.18 a backup that somebody runs with juju holds the application; ignore-task goes past it', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * hour}})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  const task = world.juju.control.model().enqueue('postgresql/2', 'create-backup', {type: 'full'})
  await world.pass(61_000)
  world.apply('first')
  await world.untilReason('first', 'Queued')
  assert.match(world.message('first'), new RegExp(`Juju task ${task} \\(create-backup on postgresql/2\\)`))
  world.engine.durations.full = 1000
  world.apply('first', {}, {'charmkeeper.dev/ignore-task': task})
  await world.until('it goes on', () => world.tasks('create-backup').length === 2)
})

test('a task whose unit is gone holds nothing', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * hour}})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.juju.control.model().enqueue('postgresql/2', 'create-backup', {type: 'full'})
  await world.pass(61_000)
  await world.juju.control.model().removeUnit('postgresql/2')
  world.engine.durations.full = 1000
  await world.pass(61_000)
  world.apply('first')
  await world.untilReason('first', 'Running', 'Succeeded')
})

test('S2.12 a failure has the words of the charm; one that may pass is tried again', async t => {
  const world = await JobsWorld.startFor(t)
  const run = {rc: 55, stdout: '', stderr: 'ERROR: [055]: unable to load info file'}
  world.engine.scriptBackup({run})
  world.apply('fails')
  await world.untilFinished('fails')
  assert.equal(world.reason('fails'), 'Failed')
  assert.match(world.message('fails'), /Failed to backup PostgreSQL with error/)
  world.engine.scriptBackup({run})
  world.apply('again', {backoffLimit: 1})
  await world.untilReason('again', 'RetryBackoff')
  await world.untilFinished('again')
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  assert.equal(world.job('again')?.status?.attempt, 2)
})

test('a failed task whose backup is complete and listed is Succeeded, with the complaint', async t => {
  const world = await JobsWorld.startFor(t)
  world.engine.scriptBackup({listingFails: {rc: 55, stdout: '', stderr: 'no info'}})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.match(world.message('first'), /The task itself failed/)
})

test('`backup created` for a row that says failed is VerificationFailed', async t => {
  const world = await JobsWorld.startFor(t)
  world.engine.scriptBackup({checksumErrors: true})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'VerificationFailed')
  assert.equal(world.condition('first', 'Verified')?.reason, 'ListedAsFailed')
})

test('two candidates in the listing are Ambiguous', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.pass(60_000)
  await world.engine.addBackup('full')
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Ambiguous', world.message('first'))
})

test('a listing that is garbled after the end concludes nothing, and is read again', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.juju.faults.calls.garbleListings(() => 'backup-id | what\n???')
  await world.until('it cannot be read', () => /cannot be read/.test(world.message('first')), 2 * hour)
  assert.equal(world.reason('first'), 'Verifying')
  world.juju.faults.calls.clear()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a list that stays garbled after the task ends the job after ten minutes without a word of success, also over a restart; an import proves the backup', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.juju.faults.calls.garbleListings(() => 'backup-id | what\n???')
  await world.until('it cannot be read', () => world.condition('first', 'Verified')?.reason === 'ListUnreadable', hour)
  await world.restartOperator()
  const since = world.clock.now()
  await world.untilFinished('first', hour)
  assert.equal(world.reason('first'), 'VerificationFailed', world.message('first'))
  assert.ok(world.clock.now() - since < 15 * minute)
  assert.match(world.message('first'), /not known.*juju run postgresql\/\d list-backups.*backup\.importID/)
  assert.equal(world.condition('first', 'Verified')?.status, 'Unknown')
  assert.equal(world.enqueued, 1)
  world.juju.faults.calls.clear()
  const made = world.engine.repository.backups.at(-1)?.label ?? ''
  world.apply('adopted', {backup: {importID: idOfLabel(made)}})
  await world.untilFinished('adopted')
  assert.equal(world.reason('adopted'), 'Succeeded', world.message('adopted'))
})

test('S1.9 a job that is applied right after its application was deployed is not told that there is none', async t => {
  const world = await JobsWorld.startFor(t)
  const life = world.juju.control.model().life
  const postgresql = await life.removeApplication('postgresql')
  await world.pass(2 * minute)
  await life.deploy(postgresql, [['postgresql:s3-parameters', 's3-integrator:s3-credentials']])
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('many jobs that are all refused share the looks that refuse them', async t => {
  const world = await JobsWorld.startFor(t)
  const readings = world.juju.calls.count('Client.FullStatus')
  const names = Array.from({length: 50}, (_, index) => `unknown-${index}`)
  for (const name of names) world.apply(name, {application: 'mysql'})
  for (const name of names) await world.untilFinished(name)
  for (const name of names) assert.equal(world.reason(name), 'ApplicationNotFound')
  const made = world.juju.calls.count('Client.FullStatus') - readings
  assert.ok(made <= 3, `${made} readings of the model`)
})

test('S1.9 an application without S3 relation, and one that does not exist, end with a reason and without a task', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('unknown', {application: 'mysql'})
  await world.untilFinished('unknown')
  assert.equal(world.reason('unknown'), 'ApplicationNotFound')
  assert.match(world.message('unknown'), /it has: postgresql, s3-integrator/)
  world.apply('integrator', {application: 's3-integrator'})
  await world.untilFinished('integrator')
  assert.equal(world.reason('integrator'), 'Unsupported')
  assert.equal(world.enqueued, 0)
})

test('S1.3 S5.14 types are passed on exactly; an incremental backup without a full one makes the full one first', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first', {backup: {type: 'Incremental'}})
  await world.untilFinished('first')
  assert.equal(world.job('first')?.status?.type, 'Full')
  world.apply('second', {backup: {type: 'Incremental', parentJobRef: {name: 'first'}}})
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Succeeded', world.message('second'))
  assert.equal(world.job('second')?.status?.parentBackupID, world.job('first')?.status?.backupID)
  world.apply('third', {backup: {type: 'Incremental', parentJobRef: {name: 'first'}}})
  await world.untilFinished('third')
  assert.equal(world.reason('third'), 'ParentMismatch')
  assert.deepEqual(
    world.tasks('create-backup').map(task => task.params['type']),
    ['full', 'incremental'],
  )
})

test('a unit that the charm refuses is left out, and another one makes the backup at once', async t => {
  // TLS that no relation shows: the charm wants a replica, and our first choice is the primary.
  const world = await JobsWorld.startFor(t, {charm: 'postgresql-14', tls: true})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  const status = world.job('first')?.status
  assert.deepEqual(
    status?.unsuitableUnits?.map(({unit}) => unit),
    ['postgresql/0'],
  )
  assert.notEqual(status?.unit, 'postgresql/0')
  assert.deepEqual(
    world.tasks('create-backup').map(task => task.status),
    ['failed', 'completed'],
  )
})

test('a backup that the only unit left refuses for those on their way out waits for them, and is made then', async t => {
  const world = await JobsWorld.startFor(t)
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  const {life} = world.juju.control.model()
  for (const unit of ['postgresql/1', 'postgresql/2']) {
    life.failNextHook(unit, 'stop')
    life.startRemoval(unit)
  }
  await world.pass(60_000)
  world.apply('first')
  await world.until(
    'it waits',
    () => /until postgresql\/1, postgresql\/2 have gone: /.test(world.message('first')),
    hour,
  )
  assert.equal(world.enqueued, 1)
  for (const unit of ['postgresql/1', 'postgresql/2']) await life.resolve(unit)
  await world.untilFinished('first', hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 2)
})

test('a listing that is garbled before the start is a failed attempt with its reason, and nothing runs', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.faults.calls.garbleListings(() => 'backup-id | what\n???')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /The list of backups cannot be read/)
  assert.equal(world.enqueued, 0)
})

test('S1.4 activeDeadlineSeconds stops the waiting, not the task; the application stays locked until its end', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first', {activeDeadlineSeconds: 120})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'DeadlineExceeded')
  assert.deepEqual(world.job('first')?.metadata.finalizers, ['charmkeeper.dev/running'])
  world.apply('second')
  await world.untilReason('second', 'Queued')
  assert.match(world.message('second'), /Juju task/)
  await world.until(
    'the finalizer goes with the task',
    () => (world.job('first')?.metadata.finalizers ?? []).length === 0,
    2 * hour,
  )
  assert.equal(world.reason('first'), 'DeadlineExceeded')
  await world.untilFinished('second', 2 * hour)
  assert.equal(world.reason('second'), 'Succeeded')
})

test('a person may resolve a task that never ends as abandoned', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 1000 * hour}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.engine.durations.full = 1000
  const time = world.job('first')?.status?.intent?.time
  world.apply('second', {backup: {unit: 'postgresql/2'}})
  await world.untilReason('second', 'Queued')
  world.apply('first', {}, {'charmkeeper.dev/resolve': `${time}=Abandon`})
  await world.untilFinished('first')
  assert.match(world.message('first'), /A person abandoned it/)
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Succeeded', world.message('second'))
})

test('S2.21 deleting a running job stops nothing: the object stays until its task is over', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.delete('first')
  await world.pass(60_000)
  assert.equal(world.reason('first'), 'Running')
  await world.until('it is gone', () => world.job('first') === undefined, 2 * hour)
  assert.equal(world.tasks('create-backup')[0]?.status, 'completed')
})

test('S2.21 S2.22 a finished job is cleared after its time, and the backup stays', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first', {ttlSecondsAfterFinished: 600})
  await world.untilFinished('first')
  await world.pass(500_000)
  assert.notEqual(world.job('first'), undefined)
  await world.until('it is cleared', () => world.job('first') === undefined)
  world.apply('lists')
  await world.untilFinished('lists')
  assert.equal(world.job('lists')?.status?.intent?.newestBackupID !== '', true)
})

test('S2.19 an end before anything ran is an event and a log line, too', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first', {application: 'nobody'})
  await world.untilFinished('first')
  await world.until('the event', () => world.events('first').includes('ApplicationNotFound'))
  const told = world.operator.lines.filter(({message}) => message === 'the BackupJob changed')
  assert.equal(told.at(-1)?.fields['to'], 'ApplicationNotFound')
})

test('a job that is being deleted and never had the application does not keep the queue waiting after a start', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'postgresql'})
  const finalizers = ['example.com/keep']
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name: 'kept', finalizers, body: {spec}})
  await world.untilReason('kept', 'Queued')
  world.delete('kept')
  await world.restartOperator()
  world.apply('second')
  await world.untilFinished('second', hour)
  assert.equal(world.reason('second'), 'Succeeded')
})

test('startingDeadlineSeconds ends a job that waits in the queue on time', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.juju.faults.refuse()
  const begin = world.clock.now()
  world.apply('second', {startingDeadlineSeconds: 120})
  await world.untilFinished('second', hour)
  assert.equal(world.reason('second'), 'DeadlineExceeded')
  assert.ok(world.clock.now() - begin < 3 * minute)
})

test('a backup that somebody else makes while ours fails is not claimed', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.engine.scriptBackup({run: {rc: 82, stdout: '', stderr: 'WAL segment was not archived'}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.engine.durations.full = minute
  world.juju.control.model().enqueue('postgresql/2', 'create-backup', {type: 'full'})
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Ambiguous', world.message('first'))
})
