import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import type {RestoreScript} from '../../charms/postgresql/memory-engine.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

const second = 1000
const minute = 60 * second
const restoring = 'maintenance: restoring backup'

async function begin(t: TestContext, {charm = 'postgresql-16' as PostgresqlCharmId, units = 1} = {}) {
  const clock = new VirtualClock()
  const files = new Map<string, string>()
  const store = () => ({put: async (key: string, body: Buffer) => void files.set(key, body.toString())})
  const durations = {full: minute, restore: 12 * minute}
  const {seed, engine, charm: deployed} = memoryPostgresqlModel({clock, charm, units, durations, store})
  const story = await Story.begin(t, {profile: '3.6.14', clock, seed})
  const name = seed.applications[0]?.name ?? ''
  const control = story.juju.control.model()
  const rows = async (unit = `${name}/0`) => (await story.rows(unit)).slice(3).map(row => row.split(' | '))
  const until = (condition: () => boolean) => clock.advanceUntil(condition, {stepMs: second, limitMs: 30 * minute})
  return {clock, control, engine, charm: deployed, files, name, rows, story, until}
}

/** A story with a backup, on one unit. */
async function backedUp(t: TestContext, charm?: PostgresqlCharmId) {
  const begun = await begin(t, charm === undefined ? {} : {charm})
  const {story, rows, name} = begun
  assert.equal((await story.run(`${name}/0`, 'create-backup')).status, 'completed')
  const [[id = ''] = []] = await rows()
  return {...begun, id: id.trim(), unit: `${name}/0`}
}

for (const charm of ['postgresql-14', 'postgresql-16', 'postgresql-k8s-14', 'postgresql-k8s-16'] as const)
  test(`${charm}: a restore starts at once; its end is seen at update-status, with a new timeline in the listing`, async t => {
    const {clock, engine, files, id, rows, story, unit, name} = await backedUp(t, charm)
    const started = await story.run(unit, 'restore', {'backup-id': id})
    assert.deepEqual(started.output, {'restore-status': 'restore started', 'return-code': 0})
    await clock.advance(11 * minute)
    assert.equal(await story.unit(unit), restoring)
    const refused = await story.run(unit, 'create-backup')
    assert.equal(refused.message, 'Unit cannot perform backups as the database seems to be offline')
    await clock.advance(6 * minute)
    assert.equal(await story.unit(unit), 'active: Primary')
    assert.deepEqual(
      (await rows()).map(cells => [cells[1]?.trim(), cells[7]?.trim()]),
      [
        ['full backup', '1'],
        ['restore', '2'],
      ],
    )
    assert.equal(engine.restores[0]?.label?.endsWith('F'), true)
    const stanza = charm.includes('k8s') ? `databases.patroni-${name}` : `databases.${name}`
    const version = charm.slice(-2)
    assert.equal(files.get(`pg/archive/${stanza}/${version}-1/00000002.history`), '1\t0/2000050\treached consistency\n')
    assert.ok([...files.keys()].some(key => key.includes(`/${version}-1/0000000200000000/000000020000000000000002-`)))
  })

test('three restores: each timeline says from which ones it descends', async t => {
  const {clock, engine, files, id, story, unit} = await backedUp(t)
  for (const parameters of [{'backup-id': id}, {'restore-to-time': 'latest', 'backup-id': id}, {'backup-id': id}]) {
    assert.equal((await story.run(unit, 'restore', parameters)).status, 'completed')
    await clock.advance(20 * minute)
  }
  const history = (timeline: number) => files.get(`pg/archive/databases.postgresql/16-1/0000000${timeline}.history`)
  assert.equal(history(3), '1\t0/2000050\treached consistency\n\n2\t0/2000050\tno recovery target specified\n')
  assert.equal(history(4), '1\t0/2000050\treached consistency\n')
  assert.equal(engine.repository.archive.timeline, 4)
})

test('recovery reaches the moments that WAL was archived for, and no others', async t => {
  const {clock, engine, story, unit} = await backedUp(t)
  await clock.advance(10 * minute)
  await engine.write()
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
  const archived = clock.now()
  await clock.advance(10 * minute)
  const restore = async (moment: number) => {
    assert.equal((await story.run(unit, 'restore', {'restore-to-time': at(moment)})).status, 'completed')
    await clock.advance(20 * minute)
    return story.unit(unit)
  }
  assert.equal(await restore(clock.now()), 'blocked: cannot restore PITR, juju debug-log for details')
  assert.equal(await restore(archived - 5 * minute), 'active: Primary')
})

const ends: readonly (readonly [RestoreScript, string, string | undefined])[] = [
  ['failed', 'blocked: Failed to restore backup', 'Cluster or unit is in a blocking state'],
  ['pitr-failed', 'blocked: cannot restore PITR, juju debug-log for details', ''],
  ['stands', restoring, undefined],
]
for (const [script, shown, again] of ends)
  test(`a restore that ends with ${JSON.stringify(script)} shows ${shown} for ever`, async t => {
    const {clock, engine, id, story, unit} = await backedUp(t)
    engine.restoreFails = script
    assert.equal((await story.run(unit, 'restore', {'backup-id': id})).status, 'completed')
    for (let hours = 0; hours < 3; hours++) {
      await clock.advance(60 * minute)
      assert.equal(await story.unit(unit), shown)
    }
    engine.restoreFails = undefined
    if (again === undefined) return
    assert.equal((await story.run(unit, 'restore', {'backup-id': id})).message, again)
    await clock.advance(20 * minute)
    assert.equal(await story.unit(unit), again === '' ? 'active: Primary' : shown)
  })

test('a step that fails, and code that raises, leave the text of a restore until update-status', async t => {
  const {clock, engine, id, story, unit} = await backedUp(t)
  engine.restoreFails = {step: 'stop', detail: ''}
  const refused = await story.run(unit, 'restore', {'backup-id': id})
  assert.deepEqual([refused.status, refused.message], ['failed', 'Failed to stop database service'])
  assert.equal(await story.unit(unit), restoring)
  await clock.advance(6 * minute)
  assert.equal(await story.unit(unit), 'active: Primary')
  engine.restoreFails = {raises: 'RetryError: RetryError[<Future at 0x7f state=finished raised ConnectionError>]'}
  const raised = await story.run(unit, 'restore', {'backup-id': id})
  assert.deepEqual([raised.status, raised.message], ['failed', 'exit status 1'])
  assert.match(String(raised.output['stderr'] as string), /RetryError/)
  await clock.advance(6 * minute)
  assert.equal(await story.unit(unit), 'waiting: awaiting for member to start')
})

test('a repository of another cluster is no failure; it is looked at again by a new leader, not by update-status', async t => {
  const {clock, control, engine, id, story, unit} = await backedUp(t)
  await story.run(unit, 'restore', {'backup-id': id})
  engine.claimedBy = 'another model'
  await clock.advance(60 * minute)
  const another = 'blocked: the S3 repository has backups from another cluster'
  assert.equal(await story.unit(unit), another)
  engine.claimedBy = undefined
  await clock.advance(60 * minute)
  assert.equal(await story.unit(unit), another)
  assert.equal((await story.run(unit, 'create-backup')).message, 'Unit is in a blocking state')
  control.setLeader('postgresql', unit)
  await clock.advance(1)
  assert.equal(await story.unit(unit), 'active: Primary')
})

test('machines: any unit may be left; it leads after a while, and units that are added copy it', async t => {
  const {control, engine, name, rows, story, until} = await begin(t, {units: 3})
  assert.equal((await story.run(`${name}/1`, 'create-backup')).status, 'completed')
  const [[id = ''] = []] = await rows()
  const parameters = {'backup-id': id.trim()}
  const several = await story.run(`${name}/2`, 'restore', parameters)
  assert.equal(several.message, 'Unit cannot restore backup as there are more than one unit in the cluster')
  for (const [at, unit] of ['postgresql/1', 'postgresql/0'].entries()) {
    control.life.startRemoval(unit)
    await until(() => control.units(name).length === 2 - at)
  }
  const early = await story.run(`${name}/2`, 'restore', parameters)
  assert.equal(early.message, 'Unit cannot restore backup as it was not elected the leader unit yet')
  await until(() => control.units(name)[0]?.leader === true)
  assert.equal((await story.run(`${name}/2`, 'restore', parameters)).status, 'completed')
  await until(() => engine.primaryUnit === 'postgresql/2')
  const added = [control.life.startUnit(name), control.life.startUnit(name)]
  assert.deepEqual(added, ['postgresql/3', 'postgresql/4'])
  await until(() => control.units(name).every(({status}) => status === 'active'))
  assert.deepEqual(
    control.units(name).map(({message}) => message),
    ['Primary', '', ''],
  )
  assert.equal((await story.run('postgresql/4', 'create-backup')).status, 'completed')
})

test('Kubernetes: only unit 0 is left, and the numbers come back', async t => {
  const {control, engine, name, rows, story, until} = await begin(t, {charm: 'postgresql-k8s-16', units: 3})
  assert.equal((await story.run(`${name}/1`, 'create-backup')).status, 'completed')
  const [[id = ''] = []] = await rows()
  control.life.scale(name, 1)
  await until(() => control.units(name).length === 1)
  const restored = await story.run(`${name}/0`, 'restore', {'backup-id': id.trim()})
  assert.equal(restored.status, 'completed')
  await until(() => engine.primaryUnit === `${name}/0`)
  control.life.scale(name, 3)
  assert.deepEqual(
    control.units(name).map(unit => unit.name),
    [`${name}/0`, `${name}/1`, `${name}/2`],
  )
  await until(() => control.units(name).every(({status}) => status === 'active'))
})
