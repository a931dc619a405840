/** Restores as a user asks for them, of a real PostgreSQL by a real pgBackRest from a real store. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {messageOf, reasonOf, RestoreWorld} from './support/restore-world.ts'

test('S1.21 S1.22 S1.23 S1.24 S1.25 S1.30 S2.2 S2.25 backups of three types, and restores that show exactly the rows they should', async t => {
  const world = await RestoreWorld.start({charm: 'postgresql-16', units: 2})
  t.after(() => world.stop())
  const {user, rows} = world

  await rows.insert(1)
  const full = await world.backUp('full')
  await rows.insert(2)
  const differential = await world.backUp('differential', 'Differential')
  await rows.insert(3)
  const beforeIncremental = await rows.now()
  await rows.insert(4)
  const incremental = await world.backUp('incremental', 'Incremental')
  await rows.insert(5)
  const afterAll = await rows.now()
  await rows.insert(6)
  await world.archived()

  await t.test('S2.6 a restore plans by default: it says what it would do, and does nothing', async () => {
    const job = await world.plan('plan', {replicas: 'Rebuild'})
    assert.equal(reasonOf(job), 'Planned', messageOf(job))
    const plan = job.status?.restore
    assert.equal(plan?.chosenBackupID, incremental)
    assert.deepEqual(
      plan?.steps?.map(({name}) => name),
      ['ScaleDown', 'Restore', 'Settle', 'ScaleUp'],
    )
    assert.deepEqual(plan?.unitsBefore, ['postgresql/0', 'postgresql/1'])
    assert.deepEqual(plan?.blockers ?? [], [])
    assert.notEqual(plan?.loss ?? '', '')
    assert.ok((plan?.window?.first ?? '') < afterAll && afterAll < (plan?.window?.last ?? ''), JSON.stringify(plan))
    assert.equal(await user.tasks('restore'), 0)
    assert.deepEqual(await rows.read(), [1, 2, 3, 4, 5, 6])
  })

  await t.test('a moment that nothing reaches is OutsideWindow, and Juju is asked for nothing', async () => {
    const pointInTime = new Date(Date.parse(afterAll) + 86_400_000).toISOString()
    const future = await world.restore('future', {pointInTime, replicas: 'Rebuild'})
    assert.equal(reasonOf(future), 'OutsideWindow', messageOf(future))
    const early = await world.restore('early', {pointInTime: '2026-01-01T00:00:00Z', replicas: 'Rebuild'})
    assert.match(reasonOf(early), /^(OutsideWindow|BackupNotFound)$/, messageOf(early))
    assert.match(messageOf(early), new RegExp(full.slice(0, 10)), 'the message says what can be reached')
    assert.equal(await user.tasks('restore'), 0)
  })

  await t.test('S1.21 the wrong confirmation, and two units, are refused, and nothing is touched', async () => {
    const confirmation = {
      application: 'mysql',
      modelUUID: user.environment.juju.modelUUID,
      validUntil: new Date(Date.now() + 3_600_000).toISOString(),
    }
    const mismatch = await world.restore('mismatch', {confirmation, replicas: 'Rebuild'})
    assert.equal(reasonOf(mismatch), 'ConfirmationMismatch', messageOf(mismatch))
    const several = await world.restore('several')
    assert.equal(reasonOf(several), 'NeedsSingleUnit', messageOf(several))
    assert.match(messageOf(several), /postgresql\/1/)
    assert.equal(await user.tasks('restore'), 0)
    assert.equal((await rows.read()).length, 6)
  })

  await t.test(
    'a moment between two inserts brings back exactly the rows before it; the units are rebuilt',
    async () => {
      const job = await world.restore('moment', {pointInTime: afterAll, replicas: 'Rebuild'})
      assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
      assert.deepEqual(await rows.read(), [1, 2, 3, 4, 5])
      assert.equal(await user.tasks('restore'), 1)
      const units = (await user.juju({op: 'units', app: 'postgresql'})) as readonly {readonly status: string}[]
      assert.deepEqual(
        units.map(({status}) => status),
        ['active', 'active'],
      )
      for (const step of job.status?.restore?.steps ?? []) assert.ok(step.finishedAt && step.evidence, step.name)
    },
  )

  await t.test('latest with a moment before the newest backup takes the older backup', async () => {
    const job = await world.restore('older', {
      source: {latest: true},
      pointInTime: beforeIncremental,
      replicas: 'Rebuild',
    })
    assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
    assert.equal(job.status?.restore?.chosenBackupID, differential)
    assert.deepEqual(await rows.read(), [1, 2, 3])
  })

  await t.test('S1.26 a backup that is named comes back as it ended', async () => {
    const job = await world.restore('named', {source: {backupJobRef: {name: 'full'}}, replicas: 'Rebuild'})
    assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
    assert.equal(job.status?.restore?.chosenBackupID, full)
    assert.deepEqual(await rows.read(), [1])
  })

  await t.test('S2.11 the same request from an object that was made anew never runs again', async () => {
    const before = await user.tasks('restore')
    await user.kubectlOk('delete', 'backupjob', 'named', '--timeout=60s')
    await rows.insert(7)
    const job = await world.restore('named', {source: {backupJobRef: {name: 'full'}}, replicas: 'Rebuild'})
    assert.equal(reasonOf(job), 'AlreadyExecuted', messageOf(job))
    assert.equal(await user.tasks('restore'), before)
    assert.deepEqual(await rows.read(), [1, 7])
  })

  await t.test('S1.32 after a restore the database is backed up and restored as ever', async () => {
    await world.backUp('again')
    await rows.insert(8)
    const job = await world.restore('newest', {replicas: 'Rebuild'})
    assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
    assert.deepEqual(await rows.read(), [1, 7])
  })
})
