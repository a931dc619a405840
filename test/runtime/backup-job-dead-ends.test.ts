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
