import assert from 'node:assert/strict'
import {test} from 'node:test'

import {KubeClient} from '../../src/kube/client.ts'
import {NotLeader} from '../../src/kube/errors.ts'
import {leases} from '../../src/kube/resources.ts'
import type {HttpRequest, HttpResponse, Transport} from '../../src/kube/transport.ts'
import {LeaderElector, LeadershipLost} from '../../src/runtime/leader-election.ts'
import type {Lease} from '../../src/runtime/lease.ts'
import {FakeKube} from '../support/fake-kube.ts'
import {settle, VirtualClock} from '../support/virtual-clock.ts'
import {recordLog, recordMetrics} from './support/recorders.ts'
import {frozen, status} from './support/scripted-transport.ts'

/** A way to the API server that can fail for one candidate alone. */
class Line implements Transport {
  readonly endpoint = {host: 'fake-kube.test', port: 443}
  readonly #to: Transport
  fault: ((request: HttpRequest) => HttpResponse | Promise<HttpResponse>) | undefined
  /** Lets the request through, and loses the answer. */
  losesAnswers = false

  constructor(to: Transport) {
    this.#to = to
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    if (this.fault !== undefined) return this.fault(request)
    const answer = await this.#to.send(request)
    if (this.losesAnswers) throw Object.assign(new Error('reset'), {code: 'ECONNRESET'})
    return answer
  }

  async close(): Promise<void> {}
}

function candidate(kube: FakeKube, clock: VirtualClock, identity: string) {
  const line = new Line(kube.transport)
  const {metrics, count} = recordMetrics()
  const log = recordLog()
  const client = new KubeClient({transport: line, clock, random: () => 0})
  const elector = new LeaderElector({
    client,
    namespace: 'ops',
    name: 'charmkeeper',
    identity,
    clock,
    random: () => 0,
    metrics,
    log,
  })
  const stop = new AbortController()
  const ended = Promise.allSettled([elector.run(stop.signal)]).then(([outcome]) => outcome)
  const lost = async (): Promise<unknown> => {
    const outcome = await ended
    return outcome.status === 'rejected' ? outcome.reason : undefined
  }
  return {line, count, log, elector, stop, ended, lost}
}

function setUp() {
  const clock = new VirtualClock()
  const kube = new FakeKube(clock)
  const lease = (): Lease | undefined => kube.get<Lease>(leases, 'charmkeeper', 'ops')
  return {clock, kube, lease, enter: (identity: string) => candidate(kube, clock, identity)}
}

test('of two candidates one leads; the other follows and takes over when the first falls silent, after fifteen seconds', async () => {
  const {clock, lease, enter} = setUp()
  const a = enter('a')
  await settle()
  const b = enter('b')
  await clock.advance(60_000)
  assert.deepEqual([a.elector.isLeader, b.elector.isLeader], [true, false])
  assert.deepEqual([b.elector.isSettled, b.elector.holder], [true, 'a'])
  assert.equal(lease()?.spec.leaseTransitions, 0)
  a.line.fault = frozen
  await clock.advance(9_900)
  assert.equal(b.elector.isLeader, false)
  await clock.advance(9_000)
  assert.deepEqual([a.elector.isLeader, b.elector.isLeader], [false, true])
  assert.ok((await a.lost()) instanceof LeadershipLost)
  assert.deepEqual([lease()?.spec.holderIdentity, lease()?.spec.leaseTransitions], ['b', 1])
  b.stop.abort()
  await b.ended
})

test('the one who is cut off stops writing before the other may begin, by its own clock', async () => {
  const {clock, enter} = setUp()
  const a = enter('a')
  await settle()
  const b = enter('b')
  await clock.advance(20_000)
  a.line.fault = frozen
  let bothLed = 0
  let gap = 0
  for (let passed = 0; passed < 30_000; passed += 100) {
    await clock.advance(100)
    if (a.elector.isLeader && b.elector.isLeader) bothLed += 1
    if (!a.elector.isLeader && !b.elector.isLeader) gap += 100
  }
  assert.equal(bothLed, 0)
  assert.ok(gap >= 3_000, `a gap of ${gap} ms lets requests that are under way end`)
  assert.equal(b.elector.isLeader, true)
  b.stop.abort()
  await b.ended
})

test('the guard lets through who leads, and refuses the moment the right to act has run out, without any timer', async () => {
  const {clock, enter} = setUp()
  const {elector, stop, line, ended} = enter('a')
  assert.throws(() => elector.assertMayWrite(), NotLeader)
  await settle()
  elector.assertMayWrite()
  await elector.elected
  line.fault = frozen
  await clock.advance(9_999)
  elector.assertMayWrite()
  await clock.advance(1)
  assert.throws(() => elector.assertMayWrite(), NotLeader)
  stop.abort()
  await ended
})

test('clocks of others do not matter: a holder whose times are hours off keeps its lease while it renews', async () => {
  const {clock, lease, enter} = setUp()
  const a = enter('a')
  await settle()
  clock.jumpWall(-7 * 3_600_000)
  const b = enter('b')
  await clock.advance(30_000)
  clock.jumpWall(14 * 3_600_000)
  await clock.advance(30_000)
  assert.deepEqual([a.elector.isLeader, b.elector.isLeader], [true, false])
  assert.match(lease()?.spec.renewTime ?? '', /\.\d{6}Z$/)
  for (const {stop} of [a, b]) stop.abort()
  await Promise.all([a.ended, b.ended])
})

test('a short absence of the API server is survived: one refused renewal costs nothing', async () => {
  const {clock, enter} = setUp()
  const {elector, line, stop, ended, count} = enter('a')
  await settle()
  line.fault = status(503, 'ServiceUnavailable')
  await clock.advance(7_000)
  line.fault = undefined
  await clock.advance(4_000)
  assert.equal(elector.isLeader, true)
  assert.deepEqual([count('leading charmkeeper true'), count('leading charmkeeper false')], [1, 0])
  stop.abort()
  await ended
})

test('a renewal whose answer was lost is found again by reading, and the lease is kept', async () => {
  const {clock, enter} = setUp()
  const {elector, line, stop, ended} = enter('a')
  await settle()
  line.losesAnswers = true
  await clock.advance(2_000)
  line.losesAnswers = false
  await clock.advance(6_000)
  assert.equal(elector.isLeader, true)
  stop.abort()
  await ended
})

test('a lease that somebody else took is lost at once, and one that was deleted is made again', async () => {
  const {clock, kube, lease, enter} = setUp()
  const {elector, lost} = enter('a')
  await settle()
  kube.delete(leases, 'charmkeeper', 'ops')
  await clock.advance(6_000)
  assert.deepEqual([elector.isLeader, lease()?.spec.holderIdentity], [true, 'a'])
  kube.apply(leases, {namespace: 'ops', name: 'charmkeeper', body: {spec: {...lease()?.spec, holderIdentity: 'thief'}}})
  await clock.advance(5_000)
  assert.equal(elector.isLeader, false)
  assert.match(String(await lost()), /thief took it/)
})

test('after a release another process leads within its next try; the one who released does not come back', async () => {
  const {clock, lease, enter} = setUp()
  const a = enter('a')
  await settle()
  const b = enter('b')
  await clock.advance(10_000)
  a.stop.abort()
  await a.elector.release()
  await a.ended
  assert.equal(lease()?.spec.holderIdentity, '')
  assert.equal(a.elector.isLeader, false)
  await clock.advance(2_500)
  assert.equal(b.elector.isLeader, true)
  b.stop.abort()
  await b.elector.release()
  await b.elector.release()
  await b.ended
})

test('a process that was killed and starts again under its own name leads at once, another waits for the lease to run out', async () => {
  const {clock, lease, enter} = setUp()
  const killed = enter('pod-1')
  await settle()
  killed.stop.abort()
  await settle()
  const other = enter('pod-2')
  const again = enter('pod-1')
  await settle()
  assert.deepEqual([again.elector.isLeader, other.elector.isLeader], [true, false])
  assert.equal(lease()?.spec.leaseTransitions, 0, 'it never changed hands')
  for (const one of [again, other]) one.stop.abort()
  await clock.advance(5_000)
})

test('a release that cannot be written is only said; the lease runs out', async () => {
  const {clock, enter} = setUp()
  const {elector, line, stop, log, ended} = enter('a')
  await settle()
  stop.abort()
  await ended
  line.fault = frozen
  const releasing = elector.release()
  await clock.advance(2_000)
  await releasing
  assert.match(log.lines.at(-1)?.message ?? '', /could not release/)
  assert.equal(clock.pendingTimers, 0)
})

test('without rights the election is not settled, and is said', async () => {
  const {clock, enter} = setUp()
  const {elector, line, stop, log, ended} = enter('a')
  line.fault = status(403, 'Forbidden')
  await clock.advance(10_000)
  assert.equal(elector.isSettled, false)
  assert.match(String(log.lines.find(({level}) => level === 'warn')?.fields['error']), /403 Forbidden/)
  line.fault = undefined
  await clock.advance(3_000)
  assert.equal(elector.isSettled, true)
  stop.abort()
  await ended
})

test('of many who start together exactly one leads', async () => {
  const {clock, enter} = setUp()
  const all = Array.from({length: 8}, (_, i) => enter(`p${i}`))
  for (let passed = 0; passed < 10; passed++) {
    await clock.advance(1_000)
    assert.equal(all.filter(({elector}) => elector.isLeader).length, 1)
  }
  for (const {stop} of all) stop.abort()
  await Promise.all(all.map(({ended}) => ended))
})
