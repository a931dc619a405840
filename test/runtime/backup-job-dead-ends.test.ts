/** Ends of backups in which a charm says too little, or leaves something behind (reference/charms.md, 7). */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {JobsWorld} from './support/jobs-world.ts'

const broken = {rc: 56, stdout: '', stderr: 'ERROR: [056]: unable to find primary cluster'}

test('S2.12 on Kubernetes PostgreSQL 14 raises instead of failing: the job says who knows more, and the next one runs', async t => {
  const world = await JobsWorld.startFor(t, {charm: 'postgresql-k8s-14', units: 1})
  world.engine.scriptBackup({run: broken})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /exit status 1\. Look with juju show-task \d+, and at juju debug-log/)
  world.apply('second')
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Succeeded', world.message('second'))
})

test('S2.12 on Kubernetes PostgreSQL 16 loses the words of pgBackRest: the job says where they are', async t => {
  const world = await JobsWorld.startFor(t, {charm: 'postgresql-k8s-16', units: 1})
  world.engine.scriptBackup({run: broken})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /non-zero exit code 56 executing 'pgbackrest'.*juju debug-log/)
})

for (const charm of ['postgresql-16', 'postgresql-k8s-16'] as const)
  test(`a backup of ${charm} whose listing failed afterwards is complete, and told as such`, async t => {
    const world = await JobsWorld.startFor(t, {charm, units: 1})
    world.engine.scriptBackup({listingFails: {rc: 55, stdout: '', stderr: 'ERROR: [055]: no info'}})
    world.apply('first')
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
    assert.match(world.message('first'), /The task itself failed after the backup was complete/)
  })

test('a backup whose log could not be uploaded is complete, and the message says what to check', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  world.engine.uploadsFail = 'backup.log'
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.match(world.message('first'), /Error uploading logs to S3.*keys of the s3-integrator may write/)
})

test('StandbyCluster: a standby refuses already to list, and is told as that, without a try to back it up', async t => {
  const world = await JobsWorld.startFor(t)
  world.charm.conditions.standbyCluster = true
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'StandbyCluster', world.message('first'))
  assert.match(world.message('first'), /on the primary cluster instead/)
  assert.equal(world.enqueued, 0)
})

const unreadable = {rc: 55, stdout: '', stderr: 'ERROR: [055]: unable to load info file'}

for (const charm of ['postgresql-16', 'postgresql-k8s-16'] as const) {
  test(`S2.12 an incremental backup of ${charm} whose repository cannot be listed is not tried: the job says what to check`, async t => {
    const world = await JobsWorld.startFor(t, {charm, units: 1})
    world.apply('first')
    await world.untilFinished('first')
    world.engine.infoFails = unreadable
    world.apply('second', {backup: {type: 'Incremental'}})
    await world.untilFinished('second')
    assert.equal(world.reason('second'), 'Failed', world.message('second'))
    assert.match(
      world.message('second'),
      /could not be listed: .*check endpoint, bucket and credentials of the s3-integr/,
    )
    assert.equal(world.enqueued, 1)
  })

  test(`S2.12 an incremental backup of ${charm} that raises in its own listing fails with where more is said, and the next one runs`, async t => {
    const world = await JobsWorld.startFor(t, {charm, units: 1})
    world.apply('first')
    await world.untilFinished('first')
    world.juju.calls.onCall(({method, params}) => {
      const isBackup = method === 'EnqueueOperation' && JSON.stringify(params).includes('create-backup')
      if (isBackup && world.enqueued === 1) world.engine.infoFails = unreadable
    })
    world.apply('second', {backup: {type: 'Incremental'}})
    await world.until('the task has failed', () => world.tasks('create-backup').at(-1)?.status === 'failed')
    world.engine.infoFails = undefined
    await world.untilFinished('second')
    assert.equal(world.reason('second'), 'Failed', world.message('second'))
    assert.match(world.message('second'), /Look with juju show-task \d+, and at juju debug-log/)
    world.apply('third', {backup: {type: 'Incremental'}})
    await world.untilFinished('third')
    assert.equal(world.reason('third'), 'Succeeded', world.message('third'))
  })
}

test('S2.12 a path where nothing was ever set up cannot even be listed: the job says where to look, and does not wait for ever', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.engine.infoFails = {rc: 0, stdout: '[]', stderr: ''}
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed', world.message('first'))
  assert.match(world.message('first'), /could not be listed: .*Look at juju debug-log/)
  assert.equal(world.enqueued, 0)
})
