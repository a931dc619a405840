import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {memoryMongodbModel} from '../../charms/mongodb-model.ts'
import type {MongodbModelOptions} from '../../charms/mongodb-model.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

const second = 1000
const minute = 60 * second
const first = '2026-11-22T12:00:00Z'

type Profile = '3.6.14' | '4.0.12'
type Track = 'mongodb-6' | 'mongodb-8'

async function begin(
  t: TestContext,
  options: Omit<MongodbModelOptions, 'clock'> = {},
  {profile = '4.0.12', clock = new VirtualClock()}: {profile?: Profile; clock?: VirtualClock} = {},
) {
  const {seed, engine, charm} = memoryMongodbModel({
    clock,
    durations: {backup: 12 * minute, restore: 4 * minute},
    ...options,
  })
  const story = await Story.begin(t, {profile, clock, seed})
  return {story, engine, charm, clock, control: story.juju.control.model()}
}

const texts: Readonly<Record<Track, {primary: string; backup: string; restore: string}>> = {
  'mongodb-6': {
    primary: 'active: Primary',
    backup: `maintenance: backup started/running, backup id:'${first}'`,
    restore: `maintenance: restore started/running, backup id:'${first}'`,
  },
  'mongodb-8': {
    primary: 'active: Primary.',
    backup: `maintenance: Backup started/running, backup id: '${first}'`,
    restore: `maintenance: Restore started/running, backup id: '${first}'`,
  },
}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  for (const charm of ['mongodb-6', 'mongodb-8'] as const) {
    test(`on ${profile} a backup of ${charm} goes on after its action, is followed, listed and restored on three units`, async t => {
      const {story, engine, clock} = await begin(t, {charm, s3: {...s3, path: '/mongo'}}, {profile})
      const text = texts[charm]
      assert.equal(await story.unit('mongodb/0'), text.primary)
      assert.deepEqual(await story.rows('mongodb/0'), [])
      const elsewhere = await story.run('mongodb/1', 'create-backup')
      assert.equal(elsewhere.message, 'The action can be run only on leader unit.')

      const started = await story.run('mongodb/0', 'create-backup')
      assert.deepEqual(started.output, {
        'backup-status': `backup started. backup id: ${first}`,
        'return-code': 0,
      })
      assert.equal(await story.unit('mongodb/0'), text.backup)
      const tooEarly = await story.run('mongodb/1', 'list-backups')
      assert.equal(tooEarly.status, 'failed')
      assert.match(String(tooEarly.output['stderr'] as string), /IndexError: list index out of range/)
      await clock.advance(10 * second)
      assert.deepEqual(await story.rows('mongodb/1'), [`${first}  | logical      | in progress`])
      const another = await story.run('mongodb/0', 'create-backup')
      assert.equal(another.message, 'Can only create one backup at a time, please wait for current backup to finish.')
      await clock.advance(6 * minute)
      assert.equal(await story.unit('mongodb/2'), text.backup)
      await clock.advance(10 * minute)
      assert.equal(await story.unit('mongodb/0'), text.primary)
      assert.deepEqual(await story.rows('mongodb/2'), [`${first}  | logical      | finished`])

      const restored = await story.run('mongodb/0', 'restore', {'backup-id': first})
      assert.deepEqual(restored.output, {'restore-status': 'restore started', 'return-code': 0})
      assert.equal(await story.unit('mongodb/0'), text.restore)
      const again = await story.run('mongodb/0', 'restore', {'backup-id': first})
      assert.equal(again.message, 'Please wait for current backup/restore to finish.')
      await clock.advance(10 * minute)
      assert.equal(await story.unit('mongodb/0'), text.primary)
      assert.deepEqual(engine.restores, [{backupId: first, remap: undefined, state: 'done'}])
    })
  }
}

const s3 = {endpoint: 'https://s3.example.com', bucket: 'backups', path: '/pg'}

test('a running backup cannot be cancelled: its task has ended long before', async t => {
  const {story, clock} = await begin(t, {}, {profile: '3.6.14'})
  const {taskID} = await story.run('mongodb/0', 'create-backup')
  await story.cancel(taskID)
  assert.equal((await story.task(taskID)).status, 'completed')
  await clock.advance(20 * minute)
  assert.deepEqual(await story.rows('mongodb/0'), [`${first}  | logical      | finished`])
})

test('a task that is cancelled before PBM has answered starts its backup all the same', async t => {
  const durations = {start: 5 * second, backup: minute}
  const {story, clock} = await begin(t, {durations}, {profile: '3.6.14'})
  const id = await story.enqueue('mongodb/0', 'create-backup')
  await clock.advance(2 * second)
  await story.cancel(id)
  assert.equal((await story.ended(id)).status, 'aborted')
  await clock.advance(2 * minute)
  assert.deepEqual(await story.rows('mongodb/0'), [`${first}  | logical      | finished`])
})

test('while PBM reads its store anew, create-backup tries ten times and then fails without a word', async t => {
  const {story, engine, clock} = await begin(t)
  for (let attempt = 0; attempt < 10; attempt++) engine.scriptBackup({refused: 'Error: Resync storage is running'})
  const id = await story.enqueue('mongodb/0', 'create-backup')
  await clock.advance(2 * minute)
  assert.equal((await story.task(id)).status, 'running')
  const {status, message} = await story.ended(id)
  assert.deepEqual({status, message}, {status: 'failed', message: ''})
})

test('the agent that dumps dies: the backup is in progress for half a minute, then stuck; what it uploaded stays', async t => {
  const {story, engine, clock, control} = await begin(t)
  await story.run('mongodb/0', 'create-backup')
  await clock.advance(minute)
  control.killAgent('mongodb/1')
  await clock.advance(10 * second)
  assert.deepEqual(await story.rows('mongodb/0'), [`${first}  | logical      | in progress`])
  await clock.advance(minute)
  const [row = ''] = await story.rows('mongodb/0')
  assert.match(
    row,
    /^2026-11-22T12:00:00Z  \| logical {6}\| failed: Backup stuck at `running` stage, last beat ts: \d+$/,
  )
  assert.equal(engine.bucket.get(`pg/${first}.pbm.json`), undefined)
  assert.ok(engine.bucket.keys(`pg/${first}/`).length > 0)
  assert.equal((await story.run('mongodb/0', 'create-backup')).status, 'completed')
})

test('a failed backup is listed with PBM’s words and leaves nothing in the store; a finished one its metadata', async t => {
  const {story, engine, clock} = await begin(t, {durations: {backup: minute}})
  engine.scriptBackup({fails: 'upload: disk quota exceeded'})
  await story.run('mongodb/0', 'create-backup')
  await clock.advance(2 * minute)
  assert.deepEqual(await story.rows('mongodb/0'), [`${first}  | logical      | failed: upload: disk quota exceeded`])
  assert.deepEqual(engine.bucket.keys('pg/'), ['pg/.pbm.init'])
  await story.run('mongodb/0', 'create-backup')
  await clock.advance(2 * minute)
  const metadata = engine.bucket.keys('pg/').filter(key => key.endsWith('.pbm.json'))
  assert.equal(metadata.length, 1)
  const read = JSON.parse(engine.bucket.get(metadata[0] ?? '') ?? '{}') as {status: string; replsets: {name: string}[]}
  assert.equal(read.status, 'done')
  assert.deepEqual(
    read.replsets.map(({name}) => name),
    ['mongodb'],
  )
  const name = metadata[0]?.slice(3, 23)
  assert.equal(engine.bucket.keys(`pg/${name}/mongodb/`).length, 7)
})

test('what a person cancels with PBM itself stays in progress for ever in the listing', async t => {
  const {story, engine, clock} = await begin(t)
  await story.run('mongodb/0', 'create-backup')
  await clock.advance(minute)
  await engine.cancelBackup()
  await clock.advance(3 * 60 * minute)
  assert.equal(await story.unit('mongodb/0'), 'active: Primary')
  assert.deepEqual(await story.rows('mongodb/1'), [`${first}  | logical      | in progress`])
})

test('a restore that fails is told by nobody: the units are active again as after a good one', async t => {
  const {story, engine, clock} = await begin(t, {durations: {backup: minute, restore: minute}})
  await story.run('mongodb/0', 'create-backup')
  await clock.advance(2 * minute)
  engine.restoresFail = true
  assert.equal((await story.run('mongodb/0', 'restore', {'backup-id': first})).status, 'completed')
  await clock.advance(10 * minute)
  assert.equal(await story.unit('mongodb/0'), 'active: Primary')
  assert.deepEqual(engine.restores, [{backupId: first, remap: undefined, state: 'failed'}])
})

test('another application on the same store lists the backup as finished, and restores it under its own name', async t => {
  const old = await begin(t, {application: 'old', durations: {backup: minute}})
  await old.story.run('old/0', 'create-backup')
  await old.clock.advance(2 * minute)
  const {story, engine} = await begin(t, {application: 'new', bucket: old.engine.bucket})
  assert.deepEqual(await story.rows('new/0'), [`${first}  | logical      | finished`])
  assert.equal((await story.run('new/0', 'restore', {'backup-id': first})).status, 'completed')
  assert.equal(engine.restores[0]?.remap, 'new=old')
})

test('MongoDB 8 answers a restore from an empty store with an exception, 6 with words', async t => {
  const eight = await begin(t, {charm: 'mongodb-8'})
  const raised = await eight.story.run('mongodb/0', 'restore', {'backup-id': first})
  assert.match(String(raised.output['stderr'] as string), /TypeError: 'NoneType' object is not iterable/)
  const six = await begin(t, {charm: 'mongodb-k8s-6'})
  const refused = await six.story.run('mongodb-k8s/0', 'restore', {'backup-id': first})
  assert.match(refused.message, /^Restore failed: Backup id '2026-11-22T12:00:00Z' does not exist in list of backups/)
})

test('wrong keys show on the units, and refuse every action with the track’s own words', async t => {
  const {story, engine, clock} = await begin(t, {charm: 'mongodb-8'})
  engine.bucketState = 'denied'
  await clock.advance(5 * minute)
  assert.equal(await story.unit('mongodb/1'), 'blocked: Incorrect S3 credentials.')
  const listing = await story.run('mongodb/1', 'list-backups')
  assert.match(listing.message, /^status='blocked' message='Incorrect S3 credentials\.' short_message=None /)
  const six = await begin(t, {charm: 'mongodb-6'})
  for (const unit of ['mongodb/0', 'mongodb/1', 'mongodb/2'])
    six.engine.replicaSet.complaints.set(unit, 'store: status code: 403, AccessDenied')
  await six.clock.advance(5 * minute)
  assert.equal(await six.story.unit('mongodb/2'), 'blocked: s3 credentials are incorrect.')
  const refused = await six.story.run('mongodb/0', 'restore', {'backup-id': first})
  assert.equal(refused.message, 'Cannot restore backup s3 credentials are incorrect..')
})

test('a refresh in the middle refuses backups of 6 only; a password is not changed during a backup', async t => {
  const {story, charm} = await begin(t)
  charm.conditions.upgrading = true
  const refused = await story.run('mongodb/0', 'create-backup')
  assert.equal(refused.message, 'Creating a backup is not supported during an upgrade.')
  charm.conditions.upgrading = false
  assert.equal((await story.run('mongodb/0', 'set-password', {password: 'made-up'})).output['password'], 'made-up')
  await story.run('mongodb/0', 'create-backup')
  const busy = await story.run('mongodb/0', 'set-password')
  assert.equal(busy.message, 'Cannot change password while a backup/restore is in progress.')
  const eight = await begin(t, {charm: 'mongodb-8'})
  eight.charm.conditions.upgrading = true
  assert.equal((await eight.story.run('mongodb/0', 'create-backup')).status, 'completed')
})

test('the primary dies: a secondary takes over, and get-primary names it', async t => {
  const {story, clock, control} = await begin(t)
  assert.deepEqual((await story.run('mongodb/1', 'get-primary')).output['replica-set-primary'], 'mongodb/0')
  control.killAgent('mongodb/0')
  await clock.advance(6 * minute)
  assert.equal(await story.unit('mongodb/1'), 'active: Primary')
  assert.deepEqual((await story.run('mongodb/2', 'get-primary')).output['replica-set-primary'], 'mongodb/1')
})

test('units that are added join the replica set; when the machine of the leader dies, its backup still ends', async t => {
  const {story, clock, control} = await begin(t, {charm: 'mongodb-k8s-8', units: 1})
  assert.equal(await story.unit('mongodb-k8s/0'), 'active: Primary.')
  for (const name of [control.life.startUnit('mongodb-k8s'), control.life.startUnit('mongodb-k8s')])
    await clock.advanceUntil(() => control.model.unit(name)?.workload.status === 'active', {stepMs: second})
  const {output} = await story.run('mongodb-k8s/0', 'create-backup')
  const id = String(output['backup-status'] as string).slice(-20)
  control.life.killAgent('mongodb-k8s/0')
  await clock.advance(20 * minute)
  assert.equal(await story.unit('mongodb-k8s/1'), 'active: Primary.')
  assert.deepEqual(await story.rows('mongodb-k8s/1'), [`${id}  | logical      | finished`])
})
