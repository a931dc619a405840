/** What is promised of where backups go, as stories: every job may name its place, and no two places ever mix. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupStorageResource, backupStorageSpecSchema} from '../../src/api/backup-storage.ts'
import {s3Integrator2Charm} from '../charms/s3-integrator-2.ts'
import {defaultS3} from '../charms/integrated-model.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'
import {confirmedRestore} from './support/restore-spec.ts'

const hour = 3_600_000
const here = {name: 'backups'}
const there = {name: 'archive'}

/** The BackupStorages `backups`, where the integrator points, and `archive`: another path of the same bucket. */
function twoStorages(world: JobsWorld): void {
  world.storage()
  const s3 = {bucket: 'backups', endpoint: 'https://s3.example.com', region: 'us-east-1', path: '/archive'}
  const spec = backupStorageSpecSchema.parse({s3: {...s3, uriStyle: 'Path', credentialsRef: {name: 's3-backups'}}})
  world.kube.apply(backupStorageResource, {namespace, name: 'archive', body: {spec}})
}

test('S2.9 of two jobs with different storages the one that is not where the charm writes is refused; after the integrator was changed it is the other one', async t => {
  const world = await JobsWorld.startFor(t)
  twoStorages(world)
  world.apply('first', {storageRef: here})
  world.apply('second', {storageRef: there})
  await world.untilFinished('first')
  await world.untilFinished('second')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.reason('second'), 'StorageMismatch', world.message('second'))
  assert.match(world.message('second'), /path is "archive" in the BackupStorage and "pg" in the integrator/)
  assert.equal(world.enqueued, 1)

  await world.juju.control.model().setConfig('s3-integrator', {path: '/archive'})
  world.apply('third', {storageRef: there})
  world.apply('fourth', {storageRef: here})
  await world.untilFinished('third')
  await world.untilFinished('fourth')
  assert.equal(world.reason('third'), 'Succeeded', world.message('third'))
  assert.equal(world.reason('fourth'), 'StorageMismatch', world.message('fourth'))
  assert.equal(world.enqueued, 2)
  const places = ['first', 'third'].map(name => world.job(name)?.status?.artefact)
  assert.deepEqual(
    places.map(place => [place?.storage, place?.path]),
    [
      ['backups', 'pg'],
      ['archive', 'archive'],
    ],
  )
})

test('S2.9 a job whose turn comes after the integrator was changed is refused then, and writes nowhere else', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 600_000}})
  twoStorages(world)
  world.apply('first', {storageRef: here})
  await world.untilReason('first', 'Running')
  world.apply('second', {storageRef: here})
  await world.untilReason('second', 'Queued')
  // The charm hears of it when its unit has made the backup.
  const changed = world.juju.control.model().setConfig('s3-integrator', {path: '/archive'})
  await world.untilFinished('second', 2 * hour)
  await changed
  assert.equal(world.reason('second'), 'StorageMismatch', world.message('second'))
  assert.equal(world.enqueued, 1)
})

test('S2.2 S1.26 a restore takes the backup that is named, out of the storage that is named', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  world.storage()
  for (const name of ['older', 'newer']) {
    world.apply(name, {storageRef: here})
    await world.untilFinished(name)
  }
  const backupID = world.job('older')?.status?.backupID
  assert.notEqual(backupID, world.job('newer')?.status?.backupID)
  world.apply('back', confirmedRestore(world, 'restore-1', {source: {backupID}}, {storageRef: here}))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  const {status} = world.job('back') ?? {}
  assert.deepEqual([status?.restore?.chosenBackupID, status?.artefact?.storage], [backupID, 'backups'])
  assert.deepEqual(
    world.tasks('restore').map(({params}) => params['backup-id']),
    [backupID],
  )
})

test('S1.9 S2.1 a backup goes where an integrator of track 2 points, with its keys in a secret', async t => {
  const world = await JobsWorld.startFor(t, {related: false})
  const model = world.juju.control.model()
  const content = {'access-key': btoa('made-up-access-key'), 'secret-key': btoa('made-up-secret-key')}
  const keys = model.model.secrets.create({label: 's3', content}, world.clock.now())
  keys.granted.add('s3-two')
  const config = {...defaultS3, credentials: keys.uri}
  const integrator = {name: 's3-two', charm: s3Integrator2Charm(), units: 1, config}
  await model.life.deploy(integrator, [['postgresql:s3-parameters', 's3-two:s3-credentials']])
  world.storage()
  world.apply('first', {storageRef: here})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInStore')
  assert.equal(JSON.stringify([world.job('first'), world.kube.events()]).includes('made-up-secret-key'), false)
})
