import assert from 'node:assert/strict'
import {test} from 'node:test'
import {namespace, pass, startWorld, until} from './support/models-world.ts'

test('while a controller is away, however it fails, the jobs of its model are told one thing, with since when', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  await pass(clock, 10_000, 100)
  const told: string[] = []
  const listen = (): void => {
    const lookup = directory.lookup(namespace, 'prod')
    if (!lookup.found || lookup.ready) return
    const text = `${lookup.reason}: ${lookup.message}`
    if (told.at(-1) !== text) told.push(text)
  }
  const details = new Set<string>()
  const note = (): boolean => {
    listen()
    return details.add(person.ready('prod')?.message ?? '').size > 100
  }
  directory.onChange(listen)
  await juju.faults.refuse()
  juju.faults.reset()
  await until(clock, () => note() || person.reason('prod') === 'Unreachable')
  for (const failsOtherwise of [true, false, true]) {
    await juju.faults.refuse(!failsOtherwise)
    juju.faults.freeze(failsOtherwise)
    const end = clock.monotonic() + 400_000
    await until(clock, () => note() || clock.monotonic() > end, {stepMs: 1_000, limitMs: 500_000})
  }
  assert.ok(
    [...details].some(text => /ECONNREFUSED/.test(text)),
    'the JujuModel has the details',
  )
  assert.ok(details.size > 2, 'and they change')
  assert.equal(told.length, 1, told.join('\n'))
  assert.match(told[0] ?? '', /^Unreachable: no usable answer from the controller since \S+Z; the JujuModel says more$/)
})

test("a controller's clock that is wrong is told in one write, and again when it is mended", async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  juju.faults.clockWrongBy(300_000)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  const text = (): string => person.ready('prod')?.message ?? ''
  await until(clock, () => /clock is 5 min ahead of the operator's/.test(text()))
  await pass(clock, 10_000, 100)
  const writes = person.statusWrites('prod')
  await pass(clock, 1_800_000, 10_000)
  assert.equal(person.statusWrites('prod'), writes)
  juju.faults.clockWrongBy(0)
  await until(clock, () => !/clock/.test(text()))
  assert.equal(person.reason('prod'), 'Connected')
  assert.equal(person.statusWrites('prod'), writes + 1)
  assert.deepEqual(person.events('prod'), ['Connected'])
})

test('a controller that is upgraded under an open session, and at the login, says since when', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t, '4.0.12')
  start()
  person.model('prod', juju)
  await becomes('Connected')
  juju.faults.upgrade()
  await becomes('ControllerUpgrading')
  const since = /^since (\S+): the controller said: upgrade in progress; /.exec(
    person.ready('prod')?.message ?? '',
  )?.[1]
  assert.ok(Math.abs(Date.parse(since ?? '') - clock.now()) < 60_000, person.ready('prod')?.message)
  const writes = person.statusWrites('prod')
  await pass(clock, 300_000, 500)
  assert.equal(person.statusWrites('prod'), writes)
  juju.faults.upgrade(false)
  juju.faults.maintenance()
  juju.faults.reset()
  await until(clock, () =>
    /^since \S+: .*maintenance in progress; Charmkeeper goes on/.test(person.ready('prod')?.message ?? ''),
  )
})
