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
