import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJobStatus} from '../../src/api/backup-job.ts'
import {JobsWorld} from './support/jobs-world.ts'

const hour = 3600_000

/** A restore that may be carried out, of the newest backup unless told otherwise. */
function execute(world: JobsWorld, restore: Record<string, unknown> = {}): object {
  const uuid = world.job('first')?.status?.modelUUID ?? ''
  const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
  return {
    mode: 'Execute',
    confirmation: {application: world.application, modelUUID: uuid, validUntil},
    requestID: 'restore-1',
    ...restore,
  }
}

const steps = (status: BackupJobStatus | undefined): string[] =>
  (status?.restore?.steps ?? []).map(({name, finishedAt}) => `${name}${finishedAt === undefined ? ' open' : ''}`)

for (const profile of ['3.6.14', '4.0.12'] as const)
  test(`S1.25 S1.30 S2.25 on Juju ${profile} a restore without a source takes the newest backup, on one unit, and rebuilds the others`, async t => {
    const world = await JobsWorld.startFor(t, {profile})
    world.storage()
    world.apply('first', {storageRef: {name: 'backups'}})
    await world.untilFinished('first')
    world.apply('back', {
      type: 'Restore',
      storageRef: {name: 'backups'},
      restore: execute(world, {replicas: 'Rebuild'}),
    })
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    const status = world.job('back')?.status
    assert.equal(status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
    assert.deepEqual(steps(status), ['ScaleDown', 'Restore', 'Settle', 'ScaleUp'])
    assert.equal(world.tasks('restore').length, 1)
    assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
  })
