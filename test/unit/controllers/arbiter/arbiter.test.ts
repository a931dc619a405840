import {test} from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {Arbiter, type Recorded} from '../../../../src/controllers/arbiter/arbiter.ts'
import {compareClaims, judge, type Claim, type Field, type Purpose} from '../../../../src/controllers/arbiter/order.ts'

const claim = (over: Partial<Claim> & {uid: string}): Claim => ({
  kind: 'BackupJob',
  namespace: 'databases',
  name: over.uid,
  application: 'postgresql',
  purpose: 'Backup',
  priority: 0,
  createdAt: 0,
  ...over,
})
const field = (over: Partial<Field> = {}): Field => ({
  granted: [],
  waiting: [],
  juju: [],
  capacity: {modelSlots: 4, storage: new Map()},
  ...over,
})
const recorded = (over: Partial<Recorded> = {}): Recorded => ({
  granted: [],
  open: [],
  juju: [],
  capacity: {modelSlots: 4, storage: new Map()},
  ...over,
})

test('S2.16 two backups of one application: the second waits and is told who holds it', () => {
  const verdict = judge(claim({uid: 'b'}), field({granted: [claim({uid: 'a'})]}))
  assert.deepEqual(verdict.granted, false)
  assert.match(verdict.granted ? '' : verdict.message, /BackupJob databases\/a is working on postgresql; position 1/)
})

test('S2.16 backups of different applications run side by side', () => {
  const verdict = judge(claim({uid: 'b', application: 'mysql'}), field({granted: [claim({uid: 'a'})]}))
  assert.deepEqual(verdict, {granted: true})
})

const purposes: readonly Purpose[] = ['Restore', 'Refresh', 'Operation', 'Backup']
for (const held of purposes)
  for (const wanted of purposes)
    test(`S1.33 S4.42 while there is a ${held} of an application, a ${wanted} of it is not granted, one of another is`, () => {
      const granted = [claim({uid: 'a', purpose: held})]
      assert.equal(judge(claim({uid: 'b', purpose: wanted, priority: 100}), field({granted})).granted, false)
      assert.equal(judge(claim({uid: 'c', purpose: wanted, application: 'mysql'}), field({granted})).granted, true)
    })

test('a backup that somebody started with juju holds the application, until a person says to ignore its task', () => {
  const doing = 'Juju task 7 (create-backup on postgresql/1) is working on postgresql'
  const juju = [{taskID: '7', application: 'postgresql', who: 'Juju task 7', doing}]
  const refused = judge(claim({uid: 'a'}), field({juju}))
  assert.equal(refused.granted, false)
  assert.match(refused.granted ? '' : refused.holder, /Juju task 7/)
  assert.equal(judge(claim({uid: 'a', ignoredTasks: ['7']}), field({juju})).granted, true)
})

test('model slots are exact, and a claim that waits for its application keeps no slot', () => {
  const two = field({
    granted: [claim({uid: 'a'})],
    waiting: [claim({uid: 'b', createdAt: 1}), claim({uid: 'c', application: 'mysql', createdAt: 2})],
    capacity: {modelSlots: 2, storage: new Map()},
  })
  assert.equal(judge(claim({uid: 'c', application: 'mysql', createdAt: 2}), two).granted, true)
  assert.equal(judge(claim({uid: 'd', application: 'mongodb', createdAt: 3}), two).granted, false)
})

test('storage slots count the grants of other models', () => {
  const capacity = {modelSlots: 4, storage: new Map([['databases/s3', {limit: 2, used: 1}]])}
  const one = claim({uid: 'a', storage: 'databases/s3'})
  assert.equal(judge(one, field({capacity})).granted, true)
  const other = claim({uid: 'b', application: 'mysql', storage: 'databases/s3'})
  assert.equal(judge(other, field({capacity, granted: [one]})).granted, false)
})

test('restore before refresh before backup, then priority, then age', () => {
  const order = [
    claim({uid: 'young', createdAt: 9}),
    claim({uid: 'old', createdAt: 1}),
    claim({uid: 'urgent', priority: 50, createdAt: 9}),
    claim({uid: 'refresh', purpose: 'Refresh', createdAt: 9}),
    claim({uid: 'restore', purpose: 'Restore', createdAt: 9, priority: -100}),
  ].sort(compareClaims)
  assert.deepEqual(
    order.map(c => c.uid),
    ['restore', 'refresh', 'urgent', 'old', 'young'],
  )
})

test('after a start nobody is granted before every open object was heard', () => {
  const arbiter = new Arbiter()
  const open = ['elder', 'younger']
  const younger = claim({uid: 'younger', createdAt: 2})
  assert.equal(arbiter.request('m', younger, recorded({open})).granted, false)
  assert.equal(arbiter.request('m', claim({uid: 'elder', createdAt: 1}), recorded({open})).granted, true)
  assert.equal(arbiter.request('m', younger, recorded({open})).granted, false)
})

test('a grant counts before any cache shows it, and is given back when its write failed', () => {
  const arbiter = new Arbiter()
  assert.equal(arbiter.request('m', claim({uid: 'a'}), recorded()).granted, true)
  assert.equal(arbiter.request('m', claim({uid: 'b'}), recorded()).granted, false)
  assert.equal(arbiter.withdraw('m', 'a'), true)
  assert.equal(arbiter.withdraw('m', 'a'), false, 'there was nothing left')
  assert.equal(arbiter.request('m', claim({uid: 'b'}), recorded()).granted, true)
  assert.equal(arbiter.forget('b'), true)
  assert.equal(arbiter.forget('b'), false)
})

test('S2.11 whatever order claims ask in, no application and no slot is ever granted twice', () => {
  const arbitraryClaim = fc.record({
    uid: fc.uuid(),
    application: fc.constantFrom('a', 'b', 'c', 'd'),
    purpose: fc.constantFrom(...purposes),
    priority: fc.integer({min: -100, max: 100}),
    createdAt: fc.nat(100),
    storage: fc.constantFrom(undefined, 's1', 's2'),
  })
  fc.assert(
    fc.property(fc.array(arbitraryClaim, {maxLength: 30}), fc.integer({min: 1, max: 4}), (raw, modelSlots) => {
      const arbiter = new Arbiter()
      const storage = new Map([
        ['s1', {limit: 1, used: 0}],
        ['s2', {limit: 2, used: 0}],
      ])
      const granted: Claim[] = []
      for (const one of raw.map(r => claim(r)))
        if (arbiter.request('m', one, recorded({capacity: {modelSlots, storage}})).granted) granted.push(one)
      assert.ok(granted.length <= modelSlots)
      assert.equal(new Set(granted.map(c => c.application)).size, granted.length)
      assert.ok(granted.filter(c => c.storage === 's1').length <= 1)
      assert.ok(granted.filter(c => c.storage === 's2').length <= 2)
    }),
  )
})

test('the first of the order is granted whenever anything is free', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), {minLength: 1, maxLength: 12}), ages => {
      const waiting = ages.map((createdAt, i) => claim({uid: `u${i}`, createdAt}))
      const granted = waiting.filter(c => judge(c, field({waiting})).granted)
      assert.deepEqual(granted, [waiting.toSorted(compareClaims)[0]])
    }),
  )
})

test('a grant whose write had no answer keeps others out, and not the one who has it', () => {
  const arbiter = new Arbiter()
  const open = ['a', 'b']
  arbiter.withdraw('m', 'b')
  assert.equal(arbiter.request('m', claim({uid: 'a'}), recorded({open})).granted, true)
  assert.equal(arbiter.request('m', claim({uid: 'b', priority: 9}), recorded({open})).granted, false)
  assert.equal(arbiter.request('m', claim({uid: 'a', priority: 99}), recorded({open})).granted, true)
})
