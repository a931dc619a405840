import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  addToLedger,
  emptyLedger,
  expireLedger,
  findInLedger,
  formatLedger,
  ledgerCapacity,
  longestValidityMs,
  parseLedger,
  refreshRequestID,
  settleInLedger,
  type Ledger,
  type LedgerChange,
  type LedgerEntry,
} from '../../../src/juju/ledger.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const day = 24 * 3600_000
const at = (ms: number) => ({ours: ms, theirs: ms})
const iso = (ms: number): string => new Date(ms).toISOString()
const request = (id: string, changes: Partial<LedgerEntry> = {}) => ({
  id,
  uid: 'uid-1',
  kind: 'Restore',
  validUntil: iso(now + day),
  ...changes,
})

function made(change: LedgerChange): Ledger {
  assert.ok(change.ok, change.ok ? '' : change.refusal.message)
  return change.ledger
}
const refusalOf = (change: LedgerChange): string => (change.ok ? 'accepted' : change.refusal.reason)
const parsed = (text: string): Ledger => {
  const result = parseLedger(text)
  assert.ok(result.ok)
  return result.ledger
}

test('a request that is added is found by its object as its own intent, open', () => {
  const ledger = made(addToLedger(emptyLedger, request('restore-1'), at(now)))
  const found = findInLedger(ledger, {id: 'restore-1', uid: 'uid-1'})
  assert.deepEqual(found.kind === 'Own' && [found.entry.outcome, found.entry.at], ['Open', iso(now)])
  assert.deepEqual(findInLedger(ledger, {id: 'restore-2', uid: 'uid-1'}), {kind: 'None'})
})

const others: readonly [outcome: string, finding: string][] = [
  ['Open', 'OutcomeUnknown'],
  ['Succeeded', 'AlreadyExecuted'],
  ['Failed', 'Failed'],
  ['Unknown', 'OutcomeUnknown'],
  ['ConfirmedTwice', 'OutcomeUnknown'],
]
for (const [outcome, finding] of others) {
  test(`the request of another object that is recorded as ${outcome} never runs again: ${finding}`, () => {
    const ledger: Ledger = {v: 1, entries: [{...request('restore-1'), at: iso(now), outcome}]}
    assert.equal(findInLedger(ledger, {id: 'restore-1', uid: 'uid-2'}).kind, finding)
    assert.equal(refusalOf(addToLedger(ledger, request('restore-1', {uid: 'uid-2'}), at(now))), 'KnownRequest')
    assert.equal(findInLedger(ledger, {id: 'restore-1', uid: 'uid-1'}).kind, 'Own')
  })
}

test('adding twice changes nothing, settling says how it ended', () => {
  const ledger = made(addToLedger(emptyLedger, request('a'), at(now)))
  assert.equal(made(addToLedger(ledger, request('a'), at(now + 1000))), ledger)
  const settled = made(settleInLedger(ledger, {id: 'a', uid: 'uid-1'}, {outcome: 'Succeeded', revision: 512}))
  assert.deepEqual([settled.entries[0]?.outcome, settled.entries[0]?.revision], ['Succeeded', 512])
  assert.equal(made(settleInLedger(settled, {id: 'a', uid: 'uid-1'}, {outcome: 'Succeeded', revision: 512})), settled)
  assert.equal(refusalOf(settleInLedger(ledger, {id: 'a', uid: 'uid-2'}, {outcome: 'Failed'})), 'UnknownRequest')
})

const invalid: readonly [what: string, entry: ReturnType<typeof request>][] = [
  ['an id of 64 characters', request('x'.repeat(64))],
  ['no id', request('')],
  ['no uid', request('a', {uid: ''})],
  ['a time that is over', request('a', {validUntil: iso(now)})],
  ['a time more than 30 days ahead', request('a', {validUntil: iso(now + longestValidityMs + 1)})],
  ['no time at all', request('a', {validUntil: 'tomorrow'})],
]
for (const [what, entry] of invalid) {
  test(`refused: ${what}`, () => assert.equal(refusalOf(addToLedger(emptyLedger, entry, at(now))), 'InvalidEntry'))
}

test('an entry leaves after its time only, and makes room then', () => {
  const entries = Array.from({length: ledgerCapacity}, (_, index) =>
    request(`r-${index}`, {validUntil: iso(now + (index + 1) * 1000)}),
  )
  const full = entries.reduce((ledger, entry) => made(addToLedger(ledger, entry, at(now))), emptyLedger)
  const refused = addToLedger(full, request('one-more'), at(now + 1000))
  assert.equal(refusalOf(refused), 'LedgerFull')
  assert.match(refused.ok ? '' : refused.refusal.message, /leaves it after 2026-11-22T12:00:01.000Z/)
  const later = made(addToLedger(full, request('one-more'), at(now + 1001)))
  assert.equal(later.entries.length, ledgerCapacity)
  assert.deepEqual(findInLedger(later, {id: 'r-0', uid: 'uid-1'}), {kind: 'None'})
})

for (const [what, clocks] of [
  ['ours', {ours: now + 31 * day, theirs: now}],
  ["the controller's", {ours: now, theirs: now + 31 * day}],
] as const)
  test(`an entry does not leave when ${what} is ahead: the same request would run twice`, () => {
    const ledger = made(addToLedger(emptyLedger, request('a', {validUntil: iso(now + day)}), at(now)))
    const later = request('b', {validUntil: iso(clocks.ours + day)})
    const kept = made(addToLedger(ledger, later, clocks))
    assert.deepEqual(
      kept.entries.map(({id}) => id),
      ['a', 'b'],
    )
  })

test('a time with an offset is kept as UTC', () => {
  const ledger = made(addToLedger(emptyLedger, request('a', {validUntil: '2026-11-23T02:00:00+02:00'}), at(now)))
  assert.equal(ledger.entries[0]?.validUntil, '2026-11-23T00:00:00.000Z')
  assert.deepEqual(parsed(formatLedger(ledger)), ledger)
})

test('nothing is left behind in Juju by an empty ledger, and nothing is read as one', () => {
  assert.equal(formatLedger(emptyLedger), '')
  assert.deepEqual(parsed(''), emptyLedger)
})

const unreadable: readonly [what: string, text: string, fault: string][] = [
  ['no JSON', '{"v":1,"entr', 'Garbled'],
  ['JSON of something else', '[]', 'Garbled'],
  ['a text', '"hello"', 'Garbled'],
  ['no version', '{"entries":[]}', 'Garbled'],
  ['an entry without an id', '{"v":1,"entries":[{"uid":"u"}]}', 'Garbled'],
  [
    'a time that is none',
    `{"v":1,"entries":[${JSON.stringify({...request('a'), at: 'noon', outcome: 'Open'})}]}`,
    'Garbled',
  ],
  ['a later version', '{"v":2,"requests":{}}', 'Newer'],
]
for (const [what, text, fault] of unreadable) {
  test(`a ledger that holds ${what} is ${fault}`, () => {
    const result = parseLedger(text)
    assert.equal(result.ok ? 'read' : result.fault, fault)
  })
}

test('what a newer operator added is carried along', () => {
  const entry = {...request('a'), at: iso(now), outcome: 'Open', evidence: {task: '7'}}
  const ledger = parsed(JSON.stringify({v: 1, entries: [entry], note: 'kept'}))
  const settled = made(settleInLedger(ledger, {id: 'a', uid: 'uid-1'}, {outcome: 'Failed', revision: 3}))
  const text = formatLedger(settled)
  assert.deepEqual(JSON.parse(text), {v: 1, entries: [{...entry, outcome: 'Failed', revision: 3}], note: 'kept'})
  assert.equal(formatLedger(parsed(text)), text)
})

test('a full ledger of the longest entries is below 8 KiB: annotations hold that', () => {
  const longest = (index: number) =>
    request(`${index}`.padEnd(63, 'x'), {
      uid: '4f3c0f0a-6a0e-4a55-9d1e-0123456789ab',
      validUntil: iso(now + longestValidityMs),
    })
  const full = Array.from({length: ledgerCapacity}, (_, index) => longest(index)).reduce(
    (ledger, entry) => made(addToLedger(ledger, entry, at(now))),
    emptyLedger,
  )
  assert.ok(formatLedger(full).length < 8192, `${formatLedger(full).length}`)
})

test('the id of a Refresh depends on name and target, and fits', () => {
  const id = refreshRequestID('upgrade', '16/stable')
  assert.equal(id.length, 43)
  assert.equal(refreshRequestID('upgrade', '16/stable'), id)
  const ids = [id, refreshRequestID('upgrade', '16/edge'), refreshRequestID('upgrad', 'e16/stable')]
  assert.equal(new Set(ids).size, 3)
})

/** Something that one of two objects does to the ledger, some time after the one before. */
const step = fc.record({
  afterMs: fc.integer({min: 0, max: 5 * day}),
  id: fc.integer({min: 0, max: 30}).map(number => `r-${number}`),
  uid: fc.constantFrom('uid-1', 'uid-2'),
  validMs: fc.integer({min: -day, max: longestValidityMs + day}),
  settle: fc.option(fc.constantFrom('Succeeded' as const, 'Failed' as const, 'Unknown' as const), {nil: undefined}),
})

test('whatever is done to it: it never loses an entry before its time, never has more than 20, and reads as it was written', () => {
  fc.assert(
    fc.property(fc.array(step, {maxLength: 60}), steps => {
      let ledger = emptyLedger
      let time = now
      for (const {afterMs, id, uid, validMs, settle} of steps) {
        time += afterMs
        const before = ledger
        const change = settle
          ? settleInLedger(ledger, {id, uid}, {outcome: settle})
          : addToLedger(ledger, request(id, {uid, validUntil: iso(time + validMs)}), at(time))
        if (change.ok) ledger = parsed(formatLedger(change.ledger))
        const kept = new Set(ledger.entries.map(entry => `${entry.id} ${entry.uid} ${entry.at} ${entry.validUntil}`))
        for (const entry of expireLedger(before, time).entries)
          assert.ok(kept.has(`${entry.id} ${entry.uid} ${entry.at} ${entry.validUntil}`), `${entry.id} was lost`)
        assert.ok(ledger.entries.length <= ledgerCapacity)
        assert.equal(new Set(ledger.entries.map(entry => entry.id)).size, ledger.entries.length, 'ids are unique')
        assert.deepEqual(parsed(formatLedger(ledger)), ledger)
      }
    }),
  )
})
