import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {blamesController, Circuit} from '../../../src/juju/circuit.ts'
import * as errors from '../../../src/juju/errors.ts'
import {EndpointNotAllowed} from '../../../src/net/endpoint-policy.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {LogBook} from './support.ts'

const dead = () => new errors.Unreachable([{endpoint: 'a:1', message: 'ECONNREFUSED'}])
const refused = () => new errors.JujuError('Admin.Login', 'invalid entity name or password', 'unauthorized access')

/** A circuit, and attempts that the test ends by hand. */
function start(random = () => 0.5) {
  const clock = new VirtualClock()
  const log = new LogBook()
  const circuit = new Circuit({clock, random, log})
  const begun: string[] = []
  const running = new Map<string, PromiseWithResolvers<string>>()
  const outcomes = new Map<string, unknown>()
  const heard: string[] = []
  const attempt = (name: string, {patient = true, signal}: {patient?: boolean; signal?: AbortSignal} = {}): void => {
    const work = (): Promise<string> => {
      begun.push(name)
      const deferred = Promise.withResolvers<string>()
      running.set(name, deferred)
      return deferred.promise
    }
    const hear = (error: unknown): void => void heard.push(`${name}: ${(error as Error).message}`)
    circuit.run(work, {signal, patient: patient ? hear : undefined}).then(
      value => outcomes.set(name, value),
      (error: unknown) => outcomes.set(name, error),
    )
  }
  const end = async (name: string, error?: Error): Promise<void> => {
    const deferred = running.get(name)
    running.delete(name)
    if (error === undefined) deferred?.resolve('in')
    else deferred?.reject(error)
    await clock.advance(0)
  }
  return {clock, log, circuit, begun, running, outcomes, heard, attempt, end}
}

type Started = ReturnType<typeof start>

async function opened(random?: () => number): Promise<Started> {
  const world = start(random)
  world.attempt('first')
  await world.clock.advance(0)
  await world.end('first', dead())
  return world
}

test('while nobody knows whether the controller answers, one attempt is made', async () => {
  const {clock, begun, attempt, end, circuit} = start()
  for (let index = 0; index < 200; index++) attempt(`model-${index}`)
  await clock.advance(120_000)
  assert.deepEqual(begun, ['model-0'])
  await end('model-0', dead())
  assert.equal(circuit.isOpen, true)
  assert.deepEqual(begun, ['model-0'])
})

test('a dead controller costs one attempt at a time, with a shared pause of up to 1, 2, 4 ... 60 s', async () => {
  const {clock, begun, attempt, end} = start()
  for (let index = 0; index < 200; index++) attempt(`model-${index}`)
  await clock.advance(0)
  for (const [index, longest] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
    await end(`model-${index}`, dead())
    await clock.advance(longest * 500 - 1)
    assert.equal(begun.length, index + 1)
    await clock.advance(1)
    assert.equal(begun.length, index + 2)
  }
})

test('who waits hears what is wrong, and who comes later hears it too', async () => {
  const {clock, attempt, end, heard} = start()
  attempt('a')
  attempt('b')
  await clock.advance(0)
  await end('a', dead())
  attempt('c')
  assert.deepEqual(heard, ['b: a:1: ECONNREFUSED', 'c: a:1: ECONNREFUSED'])
})

test('once it answers, those that waited follow in their order, a few at a time', async () => {
  const {clock, begun, attempt, end, running, circuit, outcomes} = start()
  for (let index = 0; index < 40; index++) attempt(`model-${index}`)
  await clock.advance(0)
  await end('model-0', dead())
  await clock.advance(60_000)
  await end('model-1')
  assert.equal(circuit.isOpen, false)
  let most = 0
  for (let index = 2; index < 40; index++) {
    most = Math.max(most, running.size)
    await end(`model-${index}`)
  }
  assert.equal(most, 8)
  assert.deepEqual(
    begun,
    [...begun].sort((a, b) => Number(a.slice(6)) - Number(b.slice(6))),
  )
  assert.equal(outcomes.size, 40)
  assert.equal(clock.pendingTimers, 0)
})

test('a refused login is an answer: it does not keep other models waiting', async () => {
  const {clock, begun, attempt, end, circuit, outcomes} = start()
  attempt('unknown')
  attempt('good')
  await clock.advance(0)
  await end('unknown', refused())
  assert.equal(circuit.isOpen, false)
  assert.deepEqual(begun, ['unknown', 'good'])
  assert.ok(outcomes.get('unknown') instanceof errors.JujuError)
})

test('attempts that began before the circuit opened make the pause no longer', async () => {
  const {clock, begun, attempt, end} = start()
  attempt('probe')
  await clock.advance(0)
  await end('probe')
  for (let index = 0; index < 8; index++) attempt(`model-${index}`)
  await clock.advance(0)
  for (let index = 0; index < 8; index++) await end(`model-${index}`, dead())
  attempt('next')
  await clock.advance(500)
  assert.equal(begun.at(-1), 'next')
})

test('after a connection was lost one attempt finds out whether the controller still answers', async () => {
  const {clock, begun, attempt, end, circuit} = start()
  attempt('probe')
  await clock.advance(0)
  await end('probe')
  circuit.doubt()
  for (let index = 0; index < 5; index++) attempt(`model-${index}`)
  await clock.advance(0)
  assert.deepEqual(begun, ['probe', 'model-0'])
  await end('model-0')
  assert.equal(begun.length, 6)
})

test('who has no patience fails with what is known, and dials nothing', async () => {
  const {clock, begun, attempt, outcomes} = await opened()
  attempt('look', {patient: false})
  await clock.advance(0)
  assert.ok(outcomes.get('look') instanceof errors.Unreachable)
  assert.deepEqual(begun, ['first'])
  assert.equal(clock.pendingTimers, 0)
})

test('who has no patience is the next attempt when the pause is over, and fails with that of another', async () => {
  const {clock, begun, attempt, outcomes, end} = await opened()
  await clock.advance(500)
  attempt('look', {patient: false})
  attempt('other', {patient: false})
  await clock.advance(0)
  assert.deepEqual(begun, ['first', 'look'])
  await end('look', dead())
  assert.deepEqual([...outcomes.keys()], ['first', 'look', 'other'])
  assert.deepEqual(begun, ['first', 'look'])
})

test('what only a person can mend is tried about once a minute', async () => {
  const {clock, begun, attempt, end} = start()
  attempt('a')
  attempt('b')
  await clock.advance(0)
  await end('a', new errors.NotTrusted('a:1', 'self-signed'))
  await clock.advance(59_999)
  assert.deepEqual(begun, ['a'])
  await clock.advance(1)
  assert.deepEqual(begun, ['a', 'b'])
})

test('who gives up leaves the queue, the turn goes to the next, and no timer stays', async () => {
  const {clock, begun, attempt, outcomes} = await opened()
  const giveUp = new AbortController()
  attempt('gone', {signal: giveUp.signal})
  await clock.advance(0)
  assert.equal(clock.pendingTimers, 1)
  giveUp.abort(new Error('closed'))
  await clock.advance(0)
  assert.match(String(outcomes.get('gone')), /closed/)
  assert.equal(clock.pendingTimers, 0)
  attempt('next')
  await clock.advance(500)
  assert.deepEqual(begun, ['first', 'next'])
  attempt('too late', {signal: AbortSignal.abort(new Error('before'))})
  await clock.advance(0)
  assert.match(String(outcomes.get('too late')), /before/)
})

test('an attempt that was given up says nothing of the controller', async () => {
  const {clock, attempt, end, circuit} = start()
  const giveUp = new AbortController()
  attempt('a', {signal: giveUp.signal})
  await clock.advance(0)
  giveUp.abort()
  await end('a', new errors.ConnectionLost('closed', false))
  assert.equal(circuit.isOpen, false)
  assert.equal(circuit.isIdle, true)
})

test('opening and closing are one log line each, however often it is tried between', async () => {
  const {clock, attempt, end, log} = await opened()
  for (const name of ['b', 'c', 'd']) {
    attempt(name)
    await clock.advance(60_000)
    await end(name, name === 'd' ? undefined : dead())
  }
  assert.equal(log.lines.length, 2)
  assert.match(log.lines[0] ?? '', /no login .*Unreachable/)
  assert.match(log.lines[1] ?? '', /answers again/)
})

test('whatever attempts end with, each runs at most once, all end, never more than 8 at a time, and nothing stays', async () => {
  const ending = fc.constantFrom('in', 'dead', 'refused', 'give up')
  await fc.assert(
    fc.asyncProperty(fc.array(ending, {minLength: 1, maxLength: 30}), async endings => {
      const world = start()
      const signals = endings.map(() => new AbortController())
      endings.forEach((_, index) => world.attempt(String(index), {signal: signals[index]?.signal as AbortSignal}))
      for (let round = 0; world.outcomes.size < endings.length && round < 100; round++) {
        await world.clock.advance(60_000)
        assert.ok(world.running.size <= 8)
        const [name = ''] = world.running.keys()
        const how = endings[Number(name)]
        if (how === 'give up') signals[Number(name)]?.abort(new Error('given up'))
        await world.end(name, how === 'in' ? undefined : how === 'refused' ? refused() : dead())
      }
      assert.equal(world.outcomes.size, endings.length)
      assert.equal(new Set(world.begun).size, world.begun.length)
      assert.equal(world.clock.pendingTimers, 0)
      assert.equal(world.circuit.isIdle, true)
    }),
    {numRuns: 40},
  )
})

const blame: readonly [what: string, error: unknown, blamed: boolean][] = [
  ['nobody answered', dead(), true],
  ['an untrusted certificate', new errors.NotTrusted('a:1', 'x'), true],
  ['an address that is not allowed', new EndpointNotAllowed('a', '127.0.0.1', 'loopback'), true],
  ['a connection that ended before the login did', new errors.ConnectionLost('closed', true), true],
  ['a login without a reply', new errors.CallTimeout('Admin.Login', 30_000), true],
  ['an upgrade', new errors.JujuError('Admin.Login', 'upgrade in progress', 'upgrade in progress'), true],
  ['maintenance', new errors.JujuError('Admin.Login', 'login failed - maintenance in progress', ''), true],
  [
    'a gateway that finds nobody behind it',
    new errors.Unreachable([{endpoint: 'a:1', message: 'HTTP 502', httpStatus: 502}]),
    true,
  ],
  ['a path that is refused', new errors.Unreachable([{endpoint: 'a:1', message: 'HTTP 404', httpStatus: 404}]), false],
  ['wrong credentials', refused(), false],
  ['an unknown model', new errors.JujuError('Admin.Login', 'unknown model', 'model not found'), false],
  [
    'a model that is being migrated',
    new errors.JujuError('Admin.Login', 'model migration in progress', 'model migration in progress'),
    false,
  ],
  ['throttling', new errors.JujuError('Admin.Login', 'try again', 'try again'), false],
  ['a reply in an unknown shape', new errors.UnexpectedReply('Admin.Login', 'x'), false],
  ['a Juju that is too old', new errors.Unsupported('2.9'), false],
  ['an attempt that was aborted', new errors.CallAborted('Admin.Login', undefined, true), false],
]
for (const [what, error, blamed] of blame) {
  test(`the controller is ${blamed ? '' : 'not '}to blame for ${what}`, () =>
    assert.equal(blamesController(error), blamed))
}
