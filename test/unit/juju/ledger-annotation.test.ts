import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {AnnotationUnreadable} from '../../../src/juju/annotation-record.ts'
import {AnnotationContended} from '../../../src/juju/confirmed-annotation.ts'
import {ConnectionLost} from '../../../src/juju/errors.ts'
import {changeLedger, ledgerAnnotation, readLedger} from '../../../src/juju/ledger-annotation.ts'
import {addToLedger, findInLedger, parseLedger, settleInLedger, type Ledger} from '../../../src/juju/ledger.ts'
import {
  readRefreshRecord,
  refreshAnnotation,
  removeRefreshRecord,
  writeRefreshRecord,
  type RefreshRecord,
} from '../../../src/juju/refresh-record.ts'
import type {LookingSession} from '../../../src/juju/writes/look.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {FakeAnnotations, type FakeSession, type WriteFate} from './writes/fake-model.ts'

const quick = {readMs: () => 1, write: (): WriteFate => ({effectMs: 1, replyMs: 2})}
const mayWrite = (): void => undefined

/** An annotation in virtual time. */
class World {
  readonly clock = new VirtualClock()
  readonly annotations = new FakeAnnotations(this.clock)

  session(next: Partial<typeof quick> = {}): FakeSession {
    return this.annotations.session({...quick, ...next})
  }

  get ledger(): Ledger {
    const result = parseLedger(this.annotations.values.get(ledgerAnnotation) ?? '')
    assert.ok(result.ok)
    return result.ledger
  }

  /** Lets time pass until the work is over. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let over = false
    const done = work.finally(() => (over = true))
    done.catch(() => undefined)
    await this.clock.advanceUntil(() => over, {stepMs: 2_500, limitMs: 3_600_000})
    return done
  }

  add(session: LookingSession, id: string, assertMayWrite = mayWrite) {
    const validUntil = new Date(this.clock.now() + 3_600_000).toISOString()
    const entry = {id, uid: `uid-${id}`, kind: 'Restore', validUntil}
    const change = (ledger: Ledger) => addToLedger(ledger, entry, {ours: this.clock.now(), theirs: this.clock.now()})
    return changeLedger(session, 'postgresql', change, {clock: this.clock, assertMayWrite})
  }
}

const isThere = (ledger: Ledger, id: string): boolean => findInLedger(ledger, {id, uid: `uid-${id}`}).kind === 'Own'

test('a request is written, awaited for one poll, and read again', async () => {
  const world = new World()
  const session = world.session()
  const start = world.clock.now()
  assert.equal(await world.finish(world.add(session, 'a')), undefined)
  assert.deepEqual(session.calls, ['Annotations.Get', 'Annotations.Set', 'Annotations.Get'])
  assert.ok(world.clock.now() - start >= 5_000)
  assert.ok(isThere(await world.finish(readLedger(session, 'postgresql')), 'a'))
})

test('a request that is there already is believed after a poll, and not written again', async () => {
  const world = new World()
  await world.finish(world.add(world.session(), 'a'))
  const again = world.session()
  await world.finish(world.add(again, 'a'))
  assert.deepEqual(again.calls, ['Annotations.Get', 'Annotations.Get'])
})

test('a refusal of the ledger writes nothing', async () => {
  const world = new World()
  await world.finish(world.add(world.session(), 'a'))
  const session = world.session()
  const settle = (ledger: Ledger) => settleInLedger(ledger, {id: 'a', uid: 'another'}, {outcome: 'Failed'})
  const options = {clock: world.clock, assertMayWrite: mayWrite}
  const refusal = await world.finish(changeLedger(session, 'postgresql', settle, options))
  assert.equal(refusal?.reason, 'UnknownRequest')
  assert.deepEqual(session.calls, ['Annotations.Get'])
})

for (const text of ['{"v":1,"entr', '{"v":2}']) {
  test(`a ledger that cannot be read is never overwritten: ${text}`, async () => {
    const world = new World()
    world.annotations.set(ledgerAnnotation, text)
    await assert.rejects(world.finish(world.add(world.session(), 'a')), AnnotationUnreadable)
    await assert.rejects(world.finish(readLedger(world.session(), 'postgresql')), AnnotationUnreadable)
    assert.deepEqual(world.annotations.history, [text])
  })
}

test('a write that somebody else undid is made again, on top of theirs', async () => {
  const world = new World()
  const adding = world.add(world.session(), 'a')
  await world.clock.advance(3_000)
  const theirs = {
    id: 'b',
    uid: 'uid-b',
    kind: 'Restore',
    at: '2026-11-22T12:00:00Z',
    validUntil: '2026-11-23T12:00:00Z',
    outcome: 'Open',
  }
  world.annotations.set(ledgerAnnotation, JSON.stringify({v: 1, entries: [theirs]}))
  await world.finish(adding)
  assert.deepEqual([isThere(world.ledger, 'a'), isThere(world.ledger, 'b')], [true, true])
})

test('an annotation that somebody writes all the time is given up', async () => {
  const world = new World()
  let open = true
  const overwrite = (): void => {
    world.annotations.set(ledgerAnnotation, '')
    if (open) world.clock.setTimer(700, overwrite)
  }
  overwrite()
  await assert.rejects(world.finish(world.add(world.session(), 'a')), AnnotationContended)
  open = false
})

test('a write whose reply is lost is awaited to the end of its time before anything is written again', async () => {
  const world = new World()
  let writes = 0
  const session = world.session({
    write: () => ({effectMs: writes++ === 0 ? 3_900 : 1, replyMs: writes === 1 ? undefined : 2}),
  })
  await world.finish(world.add(session, 'a'))
  assert.equal(writes, 1, 'it was found')
  assert.equal(session.reconnects, 1, 'on a new connection')
  assert.ok(isThere(world.ledger, 'a'))
})

test('who may not write any more writes nothing', async () => {
  const world = new World()
  const notLeading = (): void => {
    throw new Error('not the leader')
  }
  await assert.rejects(world.finish(world.add(world.session(), 'a', notLeading)), /not the leader/)
  assert.deepEqual(world.annotations.history, [])
})

test('without a connection nothing is written, and that is said', async () => {
  const world = new World()
  const session = world.session()
  session.lose()
  await assert.rejects(world.finish(world.add(session, 'a')), ConnectionLost)
})

const fate: fc.Arbitrary<WriteFate> = fc.record({
  effectMs: fc.option(fc.integer({min: 0, max: 3_999}), {nil: undefined}),
  replyMs: fc.option(fc.integer({min: 0, max: 3_000}), {nil: undefined}),
})
/** A reply is never there before its effect, and none comes without one. */
const honest = (one: WriteFate): WriteFate =>
  one.effectMs === undefined
    ? {...one, replyMs: undefined}
    : {...one, replyMs: one.replyMs === undefined ? undefined : one.replyMs + one.effectMs}
const writer = fc.record({
  startMs: fc.integer({min: 0, max: 20_000}),
  reads: fc.array(fc.integer({min: 0, max: 9_000}), {maxLength: 6}),
  fates: fc.array(fate.map(honest), {maxLength: 4}),
})

test('two writers at once: what one of them was told is written, stays written', async () => {
  await fc.assert(
    fc.asyncProperty(writer, writer, async (one, two) => {
      const world = new World()
      const told: string[] = []
      const write = async ({startMs, reads, fates}: typeof one, id: string): Promise<void> => {
        await new Promise<void>(resolve => world.clock.setTimer(startMs, resolve))
        const [readMs, fateOf] = [reads.values(), fates.values()]
        const session = world.session({
          readMs: () => readMs.next().value ?? 1,
          write: () => fateOf.next().value ?? {effectMs: 1, replyMs: 2},
        })
        const end = await world.add(session, id).catch((error: unknown) => error)
        if (end === undefined) told.push(id)
        // Readings that are too slow to write on, and writes that are lost, may go on until it gives up; then nothing was told.
        else assert.ok(end instanceof AnnotationContended)
      }
      await world.finish(Promise.all([write(one, 'a'), write(two, 'b')]))
      await world.clock.advance(60_000)
      for (const id of told) assert.ok(isThere(world.ledger, id), `${id} was lost`)
      if ([...one.fates, ...two.fates].length === 0) assert.equal(told.length, 2)
    }),
    {numRuns: 600},
  )
})

const origin = {
  source: 'charm-hub',
  type: 'charm',
  id: 'i',
  hash: 'h',
  risk: 'stable',
  architecture: 'amd64',
  instanceKey: '',
}
const record = (uid: string): RefreshRecord => ({
  v: 1,
  uid,
  name: 'databases/upgrade',
  at: '2026-11-22T12:00:00Z',
  original: {url: 'ch:amd64/postgresql-843', origin: {...origin, revision: 843, track: '16'}, resources: {image: 3}},
  target: {url: 'ch:amd64/postgresql-900', origin: {...origin, revision: 900, track: '16'}, resources: {image: 4}},
})

test('the record of a refresh is written, read, adopted by a named successor only, and removed by its own', async () => {
  const world = new World()
  const session = world.session()
  const options = {clock: world.clock, assertMayWrite: mayWrite}
  const write = (uid: string, adopts?: string) =>
    world.finish(writeRefreshRecord(session, 'postgresql', record(uid), {...options, adopts}))
  assert.equal(await write('first'), undefined)
  assert.deepEqual(await world.finish(readRefreshRecord(session, 'postgresql')), record('first'))
  assert.equal((await write('second'))?.uid, 'first', 'one is under way')
  assert.equal(await write('second', 'first'), undefined)
  const remove = (uid: string) => world.finish(removeRefreshRecord(session, 'postgresql', uid, options))
  assert.equal((await remove('first'))?.uid, 'second', "another's stays")
  assert.equal(await remove('second'), undefined)
  assert.equal(await remove('second'), undefined)
  assert.equal(world.annotations.values.has(refreshAnnotation), false)
  assert.equal(await world.finish(readRefreshRecord(session, 'postgresql')), undefined)
})

test('the record of a refresh that cannot be read is neither believed nor overwritten', async () => {
  const world = new World()
  world.annotations.set(refreshAnnotation, '{"v":1,"uid":"x"}')
  const options = {clock: world.clock, assertMayWrite: mayWrite}
  await assert.rejects(world.finish(readRefreshRecord(world.session(), 'postgresql')), AnnotationUnreadable)
  await assert.rejects(
    world.finish(writeRefreshRecord(world.session(), 'postgresql', record('me'), options)),
    AnnotationUnreadable,
  )
  assert.equal(world.annotations.history.length, 1)
})
