import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {integratedSeed} from '../../charms/integrated-model.ts'
import {databaseOf, s3EndpointOf} from '../../charms/memory-database.ts'
import type {DatabaseCharmId, Families, KindOf} from '../../charms/memory-database.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

const second = 1000
const minute = 60 * second

async function begin<Id extends DatabaseCharmId>(t: TestContext, id: Id) {
  const clock = new VirtualClock()
  const {charm, engine} = databaseOf(id, {clock} as unknown as Families[KindOf<Id>]['options'])
  const seed = integratedSeed(charm, s3EndpointOf(id), {})
  const story = await Story.begin(t, {profile: '3.6.14', clock, seed})
  const name = seed.applications[0]?.name ?? ''
  const control = story.juju.control.model()
  const until = (condition: () => boolean) => clock.advanceUntil(condition, {stepMs: second, limitMs: 30 * minute})
  return {clock, control, engine, name, story, until}
}

for (const charm of ['mysql-8.0', 'mysql-k8s-8.0'] as const)
  test(`${charm}: scaled to the leader, restored, scaled up again; backups wait for another path`, async t => {
    const {control, engine, name, story, until, clock} = await begin(t, charm)
    const made = await story.run(`${name}/1`, 'create-backup')
    const parameters = {'backup-id': made.output['backup-id']}
    if (charm === 'mysql-8.0') for (const number of [1, 2]) control.life.startRemoval(`${name}/${number}`)
    else control.life.scale(name, 1)
    await until(() => control.units(name).length === 1)
    const restored = await story.run(`${name}/0`, 'restore', parameters)
    assert.deepEqual(restored.output, {completed: 'ok', 'return-code': 0})
    const moved = 'blocked: Move restored cluster to another S3 repository'
    assert.equal(await story.application(name), moved)
    if (charm === 'mysql-8.0') for (let added = 0; added < 2; added++) control.life.startUnit(name)
    else control.life.scale(name, 3)
    await until(() => control.units(name).filter(({status}) => status === 'active').length === 3)
    const added = control.units(name).map(unit => unit.name)
    const onKubernetes = ['mysql-k8s/0', 'mysql-k8s/1', 'mysql-k8s/2']
    assert.deepEqual(added, charm === 'mysql-8.0' ? ['mysql/0', 'mysql/3', 'mysql/4'] : onKubernetes)
    for (const unit of added.slice(1))
      assert.deepEqual(engine.group.member(unit), {role: 'SECONDARY', state: 'ONLINE'}, unit)
    assert.equal(await story.application(name), moved)
    assert.equal((await story.run(added[1] ?? '', 'create-backup')).message, 'S3 relation is blocked for write')
    await control.setConfig('s3-integrator', {path: '/elsewhere'})
    await clock.advance(6 * minute)
    assert.equal(await story.application(name), 'active: ')
    assert.equal((await story.run(added[1] ?? '', 'create-backup')).status, 'completed')
  })

test('a restore of MySQL that crashes in the charm leaves what it had done, in Juju’s words for a crash', async t => {
  const {control, engine, name, story, until} = await begin(t, 'mysql-8.0')
  const made = await story.run(`${name}/1`, 'create-backup')
  for (const number of [1, 2]) control.life.startRemoval(`${name}/${number}`)
  await until(() => control.units(name).length === 1)
  engine.raising.set('move back', 'ops.pebble.ConnectionError: no such file or directory')
  const raised = await story.run('mysql/0', 'restore', {'backup-id': made.output['backup-id']})
  assert.deepEqual([raised.status, raised.message], ['failed', 'exit status 1'])
  assert.equal(await story.unit('mysql/0'), 'maintenance: Restoring backup...')
  assert.equal(engine.group.instance('mysql/0').data, false)
})

for (const charm of ['mongodb-6', 'mongodb-k8s-8'] as const) {
  const words = charm === 'mongodb-6' ? "restore started/running, backup id:'" : "Restore started/running, backup id: '"
  test(`${charm}: a restore on all units is seen to end at update-status, or stands`, async t => {
    const {clock, engine, name, story} = await begin(t, charm)
    const started = await story.run(`${name}/0`, 'create-backup')
    const id = /backup id: (\S+)/.exec(String(started.output['backup-status'] as string))?.[1] ?? ''
    await clock.advance(minute)
    const restored = await story.run(`${name}/0`, 'restore', {'backup-id': id})
    assert.deepEqual(restored.output, {'restore-status': 'restore started', 'return-code': 0})
    assert.equal(await story.unit(`${name}/0`), `maintenance: ${words}${id}'`)
    await clock.advance(40 * second)
    assert.equal(await story.unit(`${name}/0`), `maintenance: ${words}${id}'`)
    await clock.advance(6 * minute)
    assert.match(await story.unit(`${name}/0`), /^active: Primary/)
    engine.restoresFail = {raises: 'ops.pebble.ChangeError: cannot perform the following tasks'}
    const raised = await story.run(`${name}/0`, 'restore', {'backup-id': id})
    assert.deepEqual([raised.status, raised.message, engine.restores.length], ['failed', 'exit status 1', 1])
    engine.restoresFail = 'stands'
    await story.run(`${name}/0`, 'restore', {'backup-id': id})
    await clock.advance(24 * 60 * minute)
    assert.equal(await story.unit(`${name}/0`), `maintenance: ${words}${id}'`)
    const busy = await story.run(`${name}/0`, 'create-backup')
    assert.match(busy.message, /^(?:Can only create one backup at a time|Please wait)/)
  })
}
