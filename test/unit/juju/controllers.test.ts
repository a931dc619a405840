import assert from 'node:assert/strict'
import test from 'node:test'
import {Controllers} from '../../../src/juju/controllers.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {LogBook} from './support.ts'

function start() {
  const clock = new VirtualClock()
  return {clock, controllers: new Controllers({clock, random: () => 0.5, log: new LogBook()})}
}

test('the same endpoints and CA are the same controller, in any order', () => {
  const {controllers} = start()
  const one = controllers.of({endpoints: ['a:1', 'b:1'], caCertificate: 'PEM'})
  assert.equal(controllers.of({endpoints: ['b:1', 'a:1'], caCertificate: 'PEM'}), one)
})

test('another CA, or another endpoint, is another controller', () => {
  const {controllers} = start()
  const one = controllers.of({endpoints: ['a:1'], caCertificate: 'PEM'})
  assert.notEqual(controllers.of({endpoints: ['a:1']}), one)
  assert.notEqual(controllers.of({endpoints: ['a:1', 'b:1'], caCertificate: 'PEM'}), one)
})

test('a controller that nobody asks about is forgotten, one that somebody waits for is not', async () => {
  const {clock, controllers} = start()
  controllers.of({endpoints: ['idle:1']})
  const busy = controllers.of({endpoints: ['busy:1']})
  const asked = controllers.of({endpoints: ['asked:1']})
  void busy.circuit.run(() => new Promise<void>(() => undefined))
  await clock.advance(500_000)
  assert.equal(controllers.of({endpoints: ['asked:1']}), asked)
  await clock.advance(500_000)
  controllers.of({endpoints: ['new:1']})
  assert.equal(controllers.size, 3)
  assert.equal(controllers.of({endpoints: ['busy:1']}), busy)
  assert.equal(controllers.of({endpoints: ['asked:1']}), asked)
})
