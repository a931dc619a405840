import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  backupScheduleResource,
  backupScheduleSpecSchema,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../src/api/backup-schedule.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000

test('S1.23 S5.23 what is archived between backups is watched: in time, stopped, and going on again, over a restart', async t => {
  const world = await JobsWorld.startFor(t, {schedules: true})
  world.storage()
  const spec = backupScheduleSpecSchema.parse({
    schedule: '0 0 1 1 *',
    runNow: 'first',
    objective: {maxArchiveLagSeconds: 1200},
    jobTemplate: {
      spec: {modelRef: {name: 'prod'}, application: world.application, storageRef: {name: 'backups'}},
    },
  })
  world.kube.apply<BackupSchedule>(backupScheduleResource, {namespace, name: 'nightly', body: {spec}})
  const status = (): BackupScheduleStatus | undefined =>
    world.kube.get<BackupSchedule>(backupScheduleResource, 'nightly', namespace)?.status
  const archivingIs = (reason: string) =>
    world.until(`Archiving is ${reason}`, () =>
      Boolean(status()?.conditions?.some(one => one.type === 'Archiving' && one.reason === reason)),
    )

  await world.until('the first backup is proved', () => status()?.lastVerifiedTime !== undefined)
  await world.engine.write()
  await archivingIs('Archiving')

  await archivingIs('ArchiveLag')
  const stopped = world.clock.now()
  const last = Date.parse(status()?.recoverability?.last ?? '')
  assert.ok(stopped - last >= 20 * minute && stopped - last <= 27 * minute, `${(stopped - last) / minute} min`)
  assert.ok(Date.parse(status()?.recoverability?.first ?? '') <= last)

  await world.restartOperator()
  await world.pass(2 * minute)
  await archivingIs('ArchiveLag')
  await world.engine.write()
  const wrote = world.clock.now()
  await archivingIs('Archiving')
  assert.ok(world.clock.now() - wrote <= 7 * minute, 'a look is due every five minutes')
  await world.until(
    'the window reaches further',
    () => Date.parse(status()?.recoverability?.last ?? '') > last,
    2 * 60 * minute,
  )
})
