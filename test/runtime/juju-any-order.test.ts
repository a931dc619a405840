import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import fc from 'fast-check'
import {ConnectionLost, JujuError} from '../../src/juju/errors.ts'
import {ModelSession} from '../../src/juju/model-session.ts'
import type {JujuTarget} from '../../src/juju/target.ts'
import type {Clock, Timer} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../juju-simulator/simulator.ts'
import {VirtualClock} from '../support/virtual-clock.ts'
import {advanceUntil} from '../unit/juju/session-world.ts'
import {testDeps, until} from '../unit/juju/support.ts'

// A session to a simulated Juju, and everything that may happen to it, in any order.

/** The clock that both sides live by, and how many timers this side has set. */
class CountedClock implements Clock {
  readonly #clock: VirtualClock
  readonly #pending = new Set<Timer>()

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  get pending(): number {
    return this.#pending.size
  }

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  setTimer(ms: number, fire: () => void): Timer {
    const inner = this.#clock.setTimer(ms, () => {
      this.#pending.delete(timer)
      fire()
    })
    const timer: Timer = {
      cancel: () => {
        this.#pending.delete(timer)
        inner.cancel()
      },
    }
    this.#pending.add(timer)
    return timer
  }
}

interface Sent {
  readonly what: string
  /** virtual ms by which it must have settled */
  readonly due: number
  settled: boolean
  neverSent: boolean
}

class Real {
  readonly clock = new VirtualClock()
  readonly own = new CountedClock(this.clock)
  readonly juju: SimulatedJuju
  readonly target: JujuTarget
  readonly session: ModelSession
  readonly sent: Sent[] = []
  /** what was wrong with a reply; nothing may be */
  readonly mismatched: string[] = []
  /** virtual ms since when the controller is frozen; undefined: it is not */
  frozenSince: number | undefined
  #number = 0

  private constructor(juju: SimulatedJuju, clock: VirtualClock, random: () => number) {
    this.clock = clock
    this.own = new CountedClock(clock)
    this.juju = juju
    const {endpoint, caCertificate, username, password} = juju
    const credentials = {kind: 'password', username, password} as const
    this.target = {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper'}
    this.session = new ModelSession(this.target, juju.modelUUID, {...testDeps(this.own), random})
  }

  static async start(profile: ProfileName, seed: number, random: () => number): Promise<Real> {
    const clock = new VirtualClock()
    const models = [memoryPostgresqlModel({clock, units: 1}).seed]
    const options = {profile, models, clock, seed, updateStatusEvery: 0}
    const juju = await startSimulatedJuju(options)
    return new Real(juju, clock, random)
  }

  /** Asks for an application that does not exist: the refusal names it, so that it shows whose reply it is. */
  ask(timeoutMs: number): void {
    const name = `ghost-${++this.#number}`
    this.#follow(name, timeoutMs, this.session.applicationGet(name, {timeoutMs}), error => {
      if (error instanceof JujuError && error.code === 'not found' && !error.message.includes(`${name} `))
        this.mismatched.push(`${name} was answered with: ${error.message}`)
    })
  }

  /** Each has a mark of its own, so that the call log shows how often it arrived. */
  enqueue(timeoutMs: number): void {
    const mark = `mark-${++this.#number}`
    const request = {unit: 'postgresql/0', action: 'create-backup', parameters: {type: 'full', mark}}
    this.#follow(mark, timeoutMs, this.session.enqueue(request, {timeoutMs}), () => undefined)
  }

  /** Lets time pass in small steps, so that it does not run away from the sockets. */
  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 2500) await this.clock.advance(Math.min(2500, left))
  }

  arrivals(mark: string): number {
    return this.juju.calls.enqueued('create-backup').filter(({params}) => JSON.stringify(params).includes(`"${mark}"`))
      .length
  }

  #follow(what: string, timeoutMs: number, call: Promise<unknown>, look: (error: unknown) => void): void {
    const sent: Sent = {what, due: this.clock.monotonic() + timeoutMs, settled: false, neverSent: false}
    this.sent.push(sent)
    call
      .catch((error: unknown) => {
        sent.neverSent = error instanceof ConnectionLost && !error.outcomeUnknown
        look(error)
      })
      .finally(() => (sent.settled = true))
      .catch(() => undefined)
  }
}

/** What the test knows to be switched on. */
type Model = Set<string>

interface Happening {
  /** must be on, or (with `!`) off, for it to make sense */
  readonly when?: string
  readonly act: (real: Real) => unknown
}

const freeze = (real: Real, frozen: boolean): void => {
  real.juju.faults.freeze(frozen)
  real.frozenSince = frozen ? (real.frozenSince ?? real.clock.monotonic()) : undefined
}
const moved = (real: Real, silent: boolean): void => {
  const {endpoint, caCertificate, controllerUUID, modelUUID} = real.juju
  const [host = '', port] = endpoint.split(':')
  const endpoints = [{host, port: Number(port)}]
  real.juju.faults.redirect(modelUUID, {endpoints, caCertificate, controllerUUID, alias: 'elsewhere', silent})
}

/** `name` switches on what `when: '!name'` needs off; `un-name` the other way round. */
const happenings: Readonly<Record<string, Happening>> = {
  freeze: {when: '!freeze', act: real => freeze(real, true)},
  'freeze for a minute': {
    when: '!freeze',
    act: async real => {
      freeze(real, true)
      await real.wait(61_000)
    },
  },
  'un-freeze': {when: 'freeze', act: real => freeze(real, false)},
  refuse: {when: '!refuse', act: ({juju}) => juju.faults.refuse()},
  'un-refuse': {when: 'refuse', act: ({juju}) => juju.faults.refuse(false)},
  upgrade: {when: '!upgrade', act: ({juju}) => juju.faults.upgrade()},
  'un-upgrade': {when: 'upgrade', act: ({juju}) => juju.faults.upgrade(false)},
  migrating: {when: '!migrating', act: ({juju}) => juju.faults.startMigration(juju.modelUUID)},
  'un-migrating': {when: 'migrating', act: ({juju}) => juju.world.migrating.delete(juju.modelUUID)},
  redirect: {when: '!redirect', act: real => moved(real, false)},
  'redirect in circles': {when: '!redirect', act: real => moved(real, true)},
  'un-redirect': {when: 'redirect', act: ({juju}) => juju.world.movedAway.delete(juju.modelUUID)},
  cut: {act: ({juju}) => juju.faults.reset()},
  restart: {
    when: '!refuse',
    act: async real => {
      await real.juju.faults.refuse()
      real.juju.faults.reset()
      await real.wait(3000)
      await real.juju.faults.refuse(false)
    },
  },
  'expire login': {act: ({juju}) => juju.faults.expireLogins()},
  'slow replies': {act: ({juju}) => juju.faults.calls.delay(() => true, 9000, {times: 3})},
  'replies out of order': {
    act: ({juju}) => juju.faults.calls.delay(({params}) => /[02468]"/.test(JSON.stringify(params)), 2000, {times: 4}),
  },
  'reply twice': {act: ({juju}) => juju.faults.calls.answerTwice(() => true, {times: 3, afterMs: 7000})},
  'no reply': {act: ({juju}) => juju.faults.calls.dropReply(({facade}) => facade !== 'Pinger', {silent: true})},
  'reply lost': {act: ({juju}) => juju.faults.calls.dropReply(({facade}) => facade !== 'Pinger')},
  'cut before the work': {act: ({juju}) => juju.faults.calls.resetBefore(({facade}) => facade !== 'Pinger')},
  reconnect: {act: ({session}) => session.reconnect()},
  'other credentials': {
    act: ({session, target}) => {
      const username = 'admin'
      session.updateCredentials({...target, credentials: {kind: 'password', username, password: 'admin-secret'}})
    },
  },
}

class Happens implements fc.AsyncCommand<Model, Real> {
  readonly name: string
  readonly #act: (real: Real) => unknown
  readonly #when: string | undefined

  constructor(name: string, {act, when}: Happening) {
    this.name = name
    this.#act = act
    this.#when = when
  }

  check(on: Readonly<Model>): boolean {
    const when = this.#when
    if (when === undefined) return true
    return when.startsWith('!') ? !on.has(when.slice(1)) : on.has(when)
  }

  async run(on: Model, real: Real): Promise<void> {
    if (this.name.startsWith('un-')) on.delete(this.name.slice(3))
    else if (this.#when !== undefined && this.name !== 'restart') on.add(this.#when.slice(1))
    await this.#act(real)
    await real.wait(1)
    assertHolds(real)
  }

  toString(): string {
    return this.name
  }
}

/** What holds at every moment. */
function assertHolds({sent, mismatched, clock, juju, frozenSince, session}: Real): void {
  assert.deepEqual(mismatched, [])
  const late = sent.filter(({due, settled}) => !settled && due < clock.monotonic())
  assert.deepEqual(
    late.map(({what}) => what),
    [],
    'calls that outlive their time-out',
  )
  const frozenMs = frozenSince === undefined ? 0 : clock.monotonic() - frozenSince
  assert.ok(frozenMs <= 60_000 || session.state.kind !== 'connected', 'a half-open connection is noticed within 60 s')
  // The connection that serves, and those whose end the controller has not seen yet; a leak would grow past any bound.
  assert.ok(juju.server.connections.length <= 6, `${juju.server.connections.length} connections`)
}

/** Whatever was switched on is off, and the session serves. */
async function heal(real: Real): Promise<void> {
  const {juju, session, clock} = real
  juju.faults.calls.clear()
  freeze(real, false)
  juju.faults.upgrade(false)
  juju.world.migrating.clear()
  juju.world.movedAway.clear()
  await juju.faults.refuse(false)
  await advanceUntil(clock, 'the session serves', () => session.state.kind === 'connected')
}

/** Everything is well again: the session serves, over one connection, and closing it leaves nothing. */
async function assertRecovers(real: Real): Promise<void> {
  const {juju, sent} = real
  await heal(real)
  await real.wait(50_000)
  await heal(real)
  await until('one connection is open', () => juju.server.connections.length === 1)
  real.ask(30_000)
  await until('it answers', () => sent.at(-1)?.settled === true)
}

/** In whatever state it is: closing leaves nothing, and what was asked for is settled. */
async function assertCloses(real: Real): Promise<void> {
  const {juju, session, own, sent} = real
  await session.close()
  await real.wait(2500)
  await until('no connection is open', () => juju.server.connections.length === 0)
  await until('no timer is set', () => own.pending === 0)
  assertHolds(real)
  for (const {what, settled, neverSent} of sent) {
    assert.ok(settled, `${what} never settled`)
    assert.ok(real.arrivals(what) <= (neverSent ? 0 : 1), `${what} arrived ${real.arrivals(what)} times`)
  }
}

class AllIsWell extends Happens {
  constructor() {
    super('all is well', {act: heal})
  }

  override async run(on: Model, real: Real): Promise<void> {
    on.clear()
    await super.run(on, real)
  }
}

const usual = [
  fc.constantFrom(5000, 30_000).map(ms => new Happens(`ask for ${ms}`, {act: real => real.ask(ms)})),
  fc
    .constantFrom(5000, 30_000)
    .map(ms => new Happens(`ask four times for ${ms}`, {act: real => [1, 2, 3, 4].map(() => real.ask(ms))})),
  fc.constantFrom(5000, 30_000).map(ms => new Happens(`enqueue for ${ms}`, {act: real => real.enqueue(ms)})),
  fc.constantFrom(100, 1000, 5000, 20_000, 61_000).map(ms => new Happens(`wait ${ms}`, {act: real => real.wait(ms)})),
  fc.constant(new AllIsWell()),
]

/** What a user does is as likely as all that may go wrong together. */
const commands = [
  ...Object.entries(happenings).map(([name, happening]) => fc.constant(new Happens(name, happening))),
  ...Array.from({length: 5}, () => usual).flat(),
]

function sockets(): number {
  return process.getActiveResourcesInfo().filter(resource => /^(TCP|TLS)/.test(resource)).length
}

async function anyOrder(t: TestContext, profile: ProfileName): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31)
  t.diagnostic(`seed ${seed}`)
  const before = sockets()
  const chances = fc.array(fc.double({min: 0, max: 0.999, noNaN: true}), {minLength: 5, maxLength: 5})
  await fc.assert(
    fc.asyncProperty(
      fc.commands(commands, {maxCommands: 40, size: 'max'}),
      chances,
      fc.boolean(),
      async (sequence, chance, recovers) => {
        let drawn = 0
        const real = await Real.start(profile, seed, () => chance[drawn++ % chance.length] ?? 0.5)
        try {
          await real.session.whenConnected()
          await fc.asyncModelRun(() => ({model: new Set<string>(), real}), sequence)
          if (recovers) await assertRecovers(real)
          await assertCloses(real)
        } finally {
          await real.session.close()
          await real.juju.stop()
        }
      },
    ),
    {seed, numRuns: 30, endOnFailure: false},
  )
  await until('no socket is left in this process', () => sockets() <= before)
}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`S1.5 whatever happens to a session to Juju ${profile}, in any order: calls end, replies are their own, an enqueue arrives once, nothing leaks`, t =>
    anyOrder(t, profile))
}
