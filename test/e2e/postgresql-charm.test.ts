/** The machine of the PostgreSQL charm over a real PostgreSQL and a real pgBackRest: what a restore does to data. */
import assert from 'node:assert/strict'
import {rename} from 'node:fs/promises'
import {test, type TestContext} from 'node:test'
import {setTimeout as delay} from 'node:timers/promises'
import {parseListing} from '../../src/charms/postgresql/listing.ts'
import {anotherCluster, pitrImpossible} from '../charms/postgresql/state.ts'
import {startEnvironment} from '../env/environment.ts'
import {Rows} from '../env/postgres/rows.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'
import {quickPace} from '../juju-simulator/world/pace.ts'

/** One PostgreSQL in Juju 3.6, whose `update-status` comes often. */
async function start(t: TestContext, units = 1) {
  const work = await makeWorkDirectory('ck-charm')
  t.after(() => work.remove())
  const environment = await startEnvironment({
    dir: work.path,
    charm: 'postgresql-16',
    controlPlane: false,
    units,
    updateStatusEvery: 300,
    pace: quickPace,
  })
  t.after(() => environment.stop())
  const {cluster, juju} = environment
  assert(cluster && juju.simulated)
  const model = juju.simulated.control.model()

  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const deadline = performance.now() + 60_000
    while (!holds()) {
      if (performance.now() > deadline)
        throw new Error(`not within a minute: ${what}; ${JSON.stringify(model.units('postgresql'))}`)
      await delay(50)
    }
  }
  const run = async (action: string, parameters: Readonly<Record<string, string>> = {}, unit = 'postgresql/0') => {
    const id = model.enqueue(unit, action, parameters)
    await until(`the end of ${action}`, () => model.task(id).completed !== undefined)
    const {status, message, output} = model.task(id)
    return {status, message, output}
  }
  const must = async (action: string, parameters?: Readonly<Record<string, string>>) => {
    const {status, message, output} = await run(action, parameters)
    assert.equal(status, 'completed', message)
    return output
  }
  const shows = (message: string) =>
    until(`postgresql shows ${message}`, () => model.units('postgresql')[0]?.message === message)
  return {
    cluster,
    model,
    s3: environment.s3,
    rows: new Rows(cluster),
    until,
    run,
    must,
    shows,
    list: async () => {
      const listing = parseListing(await must('list-backups'))
      assert(listing.ok)
      return listing.rows
    },
    /** Restores and waits until the unit shows how that ended. */
    restore: async (parameters: Readonly<Record<string, string>>, end = 'Primary') => {
      assert.partialDeepStrictEqual(await must('restore', parameters), {'restore-status': 'restore started'})
      await shows(end)
    },
  }
}

/** A moment as the charm takes it. */
const asCharm = (moment: string): string => moment.replace('T', ' ').replace('Z', '+00')

test('backups of three types build on each other, and each restore is a timeline in the list', async t => {
  const {cluster, rows, must, run, list, restore} = await start(t)
  for (const [id, type] of (['full', 'differential', 'incremental'] as const).entries()) {
    await rows.insert(id + 1)
    assert.partialDeepStrictEqual(await must('create-backup', {type}), {'backup-status': 'backup created'})
  }
  const [full, differential, incremental] = await list()
  assert(full && differential && incremental)
  assert.deepEqual(
    [full, differential, incremental].map(({action, finished, reference, timeline}) => [
      action,
      finished,
      reference,
      timeline,
    ]),
    [
      ['full', true, undefined, '1'],
      ['differential', true, full.id, '1'],
      ['incremental', true, differential.id, '1'],
    ],
  )

  await t.test('a backup alone comes back as it ended', async () => {
    await restore({'backup-id': differential.id})
    assert.deepEqual(await rows.read(), [1, 2])
    assert.deepEqual(
      (await list()).map(({action, timeline}) => [action, timeline]),
      [
        ['full', '1'],
        ['differential', '1'],
        ['incremental', '1'],
        ['restore', '2'],
      ],
    )
  })

  await t.test('a moment brings back what was committed before it, and nothing else', async () => {
    await must('create-backup')
    await rows.insert(4)
    const moment = await rows.now()
    await rows.insert(5)
    await cluster.archiveNow()
    const base = (await list()).findLast(row => row.action === 'full')?.id ?? ''
    await restore({'backup-id': base, 'restore-to-time': asCharm(moment)})
    assert.deepEqual(await rows.read(), [1, 2, 4])
  })

  await t.test('the newest timeline needs a backup of its own; another one is named by its restore', async () => {
    await rows.insert(6)
    await cluster.archiveNow()
    const refused = await run('restore', {'restore-to-time': 'latest'})
    assert.match(refused.message, /There is no base backup created from the latest timeline/)
    const second = (await list()).find(row => row.action === 'restore' && row.timeline === '2')
    await restore({'backup-id': second?.id ?? '', 'restore-to-time': 'latest'})
    assert.deepEqual(await rows.read(), [1, 2, 4, 5])
    await must('create-backup')
    await rows.insert(7)
    await cluster.archiveNow()
    await restore({'restore-to-time': 'latest'})
    assert.deepEqual(await rows.read(), [1, 2, 4, 5, 7])
  })

  await t.test('a moment that the archive does not reach blocks the unit, which takes another restore', async () => {
    const later = new Date(Date.parse(await rows.now()) + 3_600_000).toISOString()
    await restore({'backup-id': full.id, 'restore-to-time': asCharm(later)}, pitrImpossible)
    await restore({'backup-id': incremental.id})
    assert.deepEqual(await rows.read(), [1, 2, 3])
  })
})

test('a moment on the timeline of the backup is reached although other timelines came after it', async t => {
  const {cluster, rows, must, list, restore} = await start(t)
  await rows.insert(1)
  await must('create-backup')
  const [full] = await list()
  await rows.insert(2)
  const moment = await rows.now()
  await rows.insert(3)
  await cluster.archiveNow()
  await restore({'backup-id': full?.id ?? ''})
  await rows.insert(9)
  await cluster.archiveNow()
  await restore({'backup-id': full?.id ?? '', 'restore-to-time': asCharm(moment)})
  assert.deepEqual(await rows.read(), [1, 2])
})

test('an empty cluster with the repository of a lost one lists and restores it, and writes nothing into it before', async t => {
  const {cluster, model, rows, s3, must, run, list, shows, restore} = await start(t)
  await rows.insert(1, 2)
  await must('create-backup')
  const before = await s3.listKeys('pg/')
  await model.life.removeApplication('postgresql')
  await cluster.renew()
  const charm = model.model.charms.get('ch:amd64/postgresql-843')
  assert(charm)
  await model.life.deploy({name: 'postgresql', charm, units: 1}, [
    ['postgresql:s3-parameters', 's3-integrator:s3-credentials'],
  ])
  await shows(anotherCluster)
  assert.equal((await run('create-backup')).message, 'Unit is in a blocking state')
  await assert.rejects(rows.read())
  await cluster.psql('create table other (id int); select pg_switch_wal(); checkpoint')
  const [backup] = await list()
  assert.deepEqual(await s3.listKeys('pg/'), before)
  await restore({'backup-id': backup?.id ?? ''})
  assert.deepEqual(await rows.read(), [1, 2])
  assert.partialDeepStrictEqual(await must('create-backup'), {'backup-status': 'backup created'})
})

test('the repository of another stanza can be restored from, and stays that of the other cluster', async t => {
  const {cluster, model, rows, s3, must, list, shows, restore} = await start(t)
  await rows.insert(1)
  await must('create-backup')
  // What another model would have left there.
  const [backup] = await list()
  await model.life.removeApplication('postgresql')
  await cluster.renew()
  const charm = model.model.charms.get('ch:amd64/postgresql-843')
  assert(charm)
  for (const folder of ['pg/backup', 'pg/archive'])
    await rename(s3.objectPath(`${folder}/prod.postgresql`), s3.objectPath(`${folder}/old.postgresql`))
  await model.life.deploy({name: 'postgresql', charm, units: 1}, [
    ['postgresql:s3-parameters', 's3-integrator:s3-credentials'],
  ])
  await shows(anotherCluster)
  assert.partialDeepStrictEqual(await must('restore', {'backup-id': backup?.id ?? ''}), {
    'restore-status': 'restore started',
  })
  await shows(anotherCluster)
  assert.deepEqual(await rows.read(), [1])
  await restore({'backup-id': backup?.id ?? ''}, anotherCluster)
})

test('three units refuse a restore; one is restored, and two more join it', async t => {
  const {model, rows, run, list, restore, until} = await start(t, 3)
  await rows.insert(1)
  assert.equal((await run('create-backup', {}, 'postgresql/1')).status, 'completed')
  await rows.insert(2)
  const [backup] = await list()
  const refused = await run('restore', {'backup-id': backup?.id ?? ''})
  assert.equal(refused.message, 'Unit cannot restore backup as there are more than one unit in the cluster')
  for (const unit of ['postgresql/1', 'postgresql/2']) await model.removeUnit(unit)
  await restore({'backup-id': backup?.id ?? ''})
  for (const _ of [1, 2]) model.life.startUnit('postgresql')
  await until('all three are there', () =>
    model.units('postgresql').every(({status, message}) => status === 'active' && !message.includes('degraded')),
  )
  assert.equal(model.units('postgresql').length, 3)
  assert.deepEqual(await rows.read(), [1])
})
