import {test} from 'node:test'
import assert from 'node:assert/strict'
import {Readings} from '../../../../src/controllers/backup-job/readings.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

function setUp() {
  const clock = new VirtualClock()
  const settled: string[] = []
  const readings = new Readings({clock, random: () => 0, onSettled: key => settled.push(key)})
  return {clock, settled, readings}
}

test('a reading runs once, and its job is looked at again when it is there', async () => {
  const {clock, settled, readings} = setUp()
  let runs = 0
  const fetch = async () => `postgresql/${runs++}`
  readings.start('ns/a', 'primary', fetch)
  assert.equal(readings.view('ns/a').primary.state, 'pending')
  readings.start('ns/a', 'primary', fetch)
  await clock.advance(0)
  readings.start('ns/a', 'primary', fetch)
  assert.deepEqual(readings.view('ns/a').primary, {state: 'ready', value: 'postgresql/0', at: clock.now()})
  assert.deepEqual(settled, ['ns/a'])
  assert.equal(runs, 1)
})

test('a failed reading tells why, counts, and is tried again only when it is due', async () => {
  const {clock, readings} = setUp()
  let runs = 0
  const fetch = async (): Promise<string> => {
    runs++
    throw new Error('boom')
  }
  readings.start('ns/a', 'primary', fetch)
  await clock.advance(0)
  readings.start('ns/a', 'primary', fetch)
  assert.equal(runs, 1)
  await clock.advance(1000)
  readings.start('ns/a', 'primary', fetch)
  await clock.advance(0)
  const reading = readings.view('ns/a').primary
  assert.deepEqual([reading.state, reading.state === 'failed' && reading.failures, runs], ['failed', 2, 2])
})

for (const [words, code, counted] of [
  ['no actions defined for charm postgresql.', 'not found', 0],
  ['upgrade in progress', 'upgrade in progress', 0],
  ['migration in progress, model is importing', '', 0],
  ['Transaction aborted', 'try again', 0],
  ['action no longer available', 'action no longer available', 1],
  ['action "list-backups" not defined for unit "postgresql/0".', 'not found', 1],
] as const)
  test(`\`${words}\` counts as ${counted} failures`, async () => {
    const {clock, readings} = setUp()
    readings.start('ns/a', 'primary', () => Promise.reject(new JujuError('Action.EnqueueOperation', words, code)))
    await clock.advance(0)
    const reading = readings.view('ns/a').primary
    assert.equal(reading.state === 'failed' && reading.failures, counted)
    assert.match(reading.state === 'failed' ? reading.message : '', new RegExp(words.replace(/\.$/, '')))
  })

test('what is forgotten answers nobody any more', async () => {
  const {clock, settled, readings} = setUp()
  const late = Promise.withResolvers<string>()
  readings.start('ns/a', 'primary', () => late.promise)
  readings.forget('ns/a')
  late.resolve('postgresql/0')
  await clock.advance(0)
  assert.equal(readings.view('ns/a').primary.state, 'unread')
  assert.deepEqual(settled, [])
})
