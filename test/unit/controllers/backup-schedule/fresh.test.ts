import assert from 'node:assert/strict'
import {test} from 'node:test'
import {freshness, type FreshnessQuestion} from '../../../../src/controllers/backup-schedule/fresh.ts'
import type {CachedBackupJob} from '../../../../src/controllers/backup-job/cache.ts'
import {run, tenMinutesAfter, type Run} from './builders.ts'

const day = 86_400
const now = Date.parse('2026-11-23T12:00:00Z')
const slot = (date: number): string => `2026-11-${String(date).padStart(2, '0')}T02:00:00Z`
const good = (date: number, over: Partial<Run> = {}) => run({slot: slot(date), verified: 'FoundInStore', ...over})

function judge(over: Partial<FreshnessQuestion>) {
  return freshness({
    now,
    createdAt: Date.parse('2026-11-01T00:00:00Z'),
    objectiveSeconds: 1.5 * day,
    children: [],
    known: {},
    inStore: true,
    ...over,
  })
}

const rows: readonly [
  sentence: string,
  over: Partial<FreshnessQuestion>,
  said: string,
  verified: string | undefined,
][] = [
  ['the run of this night was proved', {children: [good(22), good(23)]}, 'True Fresh', tenMinutesAfter(slot(23))],
  ['the newest proved one is of two days ago', {children: [good(21)]}, 'False TooOld', tenMinutesAfter(slot(21))],
  [
    'the newer runs failed',
    {children: [good(21), run({slot: slot(23), end: 'Failed'})]},
    'False TooOld',
    tenMinutesAfter(slot(21)),
  ],
  [
    'the newer one is broken in the store',
    {children: [good(21), run({slot: slot(23), end: 'VerificationFailed', verified: 'BrokenInStore'})]},
    'False TooOld',
    tenMinutesAfter(slot(21)),
  ],
  [
    'with a BackupStorage the word of the charm does not count',
    {children: [good(23, {verified: 'FoundInListing'})]},
    'False TooOld',
    undefined,
  ],
  [
    'without one it does',
    {children: [good(23, {verified: 'FoundInListing'})], inStore: false},
    'True Fresh',
    tenMinutesAfter(slot(23)),
  ],
  [
    'a template that verifies nothing is never fresh',
    {children: [good(23, {verified: 'NotAsked'})]},
    'False TooOld',
    undefined,
  ],
  [
    'the jobs were deleted by hand, and the status knows of them',
    {known: {lastVerifiedTime: tenMinutesAfter(slot(23))}},
    'True Fresh',
    tenMinutesAfter(slot(23)),
  ],
  [
    'the status is older than a job that ended while nobody looked',
    {children: [good(23)], known: {lastVerifiedTime: tenMinutesAfter(slot(20))}},
    'True Fresh',
    tenMinutesAfter(slot(23)),
  ],
  [
    'the data of the newest one is gone: the one before counts',
    {children: [good(22), good(23, {gone: true})], known: {lastVerifiedTime: tenMinutesAfter(slot(23))}},
    'True Fresh',
    tenMinutesAfter(slot(22)),
  ],
  [
    'the data of all is gone, also of the one that the status names',
    {children: [good(22, {gone: true}), good(23, {gone: true})], known: {lastVerifiedTime: tenMinutesAfter(slot(23))}},
    'False TooOld',
    undefined,
  ],
  ['nothing has run, and the schedule is young', {createdAt: now - 0.5 * day * 1000}, 'Unknown NoBackupYet', undefined],
  [
    'the first run failed, and the schedule is young',
    {createdAt: now - 0.5 * day * 1000, children: [run({slot: slot(23), end: 'Failed'})]},
    'Unknown NoBackupYet',
    undefined,
  ],
  ['nothing has ever run, for longer than the objective', {}, 'False TooOld', undefined],
  [
    'the pattern cannot be read',
    {objectiveSeconds: undefined, children: [good(23)]},
    'Unknown NoObjective',
    tenMinutesAfter(slot(23)),
  ],
  [
    'the first run goes on',
    {createdAt: now - 3600_000, children: [run({slot: slot(23), end: 'Running'})]},
    'Unknown NoBackupYet',
    undefined,
  ],
]

for (const [sentence, over, said, verified] of rows)
  test(`S5.12 S5.17 Fresh: ${sentence}`, () => {
    const {status, reason, lastVerifiedTime} = judge(over)
    assert.equal(`${status} ${reason}`, said)
    assert.equal(lastVerifiedTime, verified)
  })

/** Made while the clock of the operator was ahead; the API server's was not, unless it is said. */
const ahead = (date: number, over: Partial<Run> = {}) =>
  good(date, {...over, metadata: {creationTimestamp: slot(22), ...over.metadata}})
const allAhead = (date: number) => ahead(date, {metadata: {creationTimestamp: slot(date)}})
const nowText = '2026-11-23T12:00:00Z'

const wrongClocks: readonly [
  sentence: string,
  over: Partial<FreshnessQuestion>,
  said: string,
  verified: string | undefined,
][] = [
  ['an end in the future counts as of the creation of its job', {children: [ahead(29)]}, 'True Fresh', slot(22)],
  [
    'what the status says from the future counts as of now',
    {known: {lastVerifiedTime: slot(29)}},
    'True Fresh',
    nowText,
  ],
  ['where the API server was ahead, too, its job counts as of now', {children: [allAhead(29)]}, 'True Fresh', nowText],
  [
    'that is not said again at the next look',
    {children: [allAhead(29)], known: {lastVerifiedTime: slot(21)}},
    'False TooOld',
    slot(21),
  ],
  [
    'its data is gone: what the status says of it counts no longer',
    {children: [ahead(29, {gone: true})], known: {lastVerifiedTime: tenMinutesAfter(slot(22))}},
    'False TooOld',
    undefined,
  ],
  [
    'its data is gone: what was made before it counts',
    {children: [ahead(29, {gone: true})], known: {lastVerifiedTime: slot(21)}},
    'False TooOld',
    slot(21),
  ],
  [
    'the data of one is gone whose creation is in the future, too',
    {children: [{...allAhead(29), ...good(29, {gone: true})}], known: {lastVerifiedTime: nowText}},
    'False TooOld',
    undefined,
  ],
  ['an earlier end counts as it is', {children: [good(23), ahead(29)]}, 'True Fresh', tenMinutesAfter(slot(23))],
]

for (const [sentence, over, said, verified] of wrongClocks)
  test(`S5.12 Fresh after a clock that was ahead: ${sentence}`, () => {
    const {status, reason, lastVerifiedTime} = judge(over)
    assert.equal(`${status} ${reason}`, said)
    assert.equal(lastVerifiedTime, verified)
  })

test('S5.12 after a clock that was a year ahead, nothing is Fresh for longer than the objective, however often it is looked at', () => {
  const job = (creationTimestamp: string) =>
    run({slot: '2027-11-22T02:00:00Z', verified: 'FoundInStore', metadata: {creationTimestamp}})
  for (const children of [[job(slot(22))], [job('2027-11-22T02:00:00Z')], []]) {
    let lastVerifiedTime: string | undefined = '2027-11-22T02:10:00Z'
    const last = Array.from({length: 40}, (_, hours) => {
      const looked = judge({children, known: {lastVerifiedTime}, now: now + hours * 3600_000})
      ;({lastVerifiedTime} = looked)
      return looked
    })
    assert.equal(last[0]?.changesAt, now + 1.5 * day * 1000)
    assert.deepEqual([last[35]?.status, last[36]?.status, last[39]?.status], ['True', 'False', 'False'])
  }
})

/** As jobs really end: between two seconds. */
const endedWithin = (job: CachedBackupJob): CachedBackupJob => ({
  ...job,
  status: {observedGeneration: 1, ...job.status, completionTime: job.status?.completionTime?.replace('Z', '.789Z')},
})

test('S5.12 the end of the newest run is written without a fraction, as all times of the status', () => {
  const {lastVerifiedTime, message} = judge({children: [endedWithin(good(23))]})
  assert.equal(lastVerifiedTime, tenMinutesAfter(slot(23)))
  assert.match(message, /is of 2026-11-23T02:10:00Z;/)
})

test('S5.17 a job whose data is gone is known again by the whole second that the status says, or by the fraction of before', () => {
  const children = [endedWithin(good(22)), endedWithin(good(23, {gone: true}))]
  for (const lastVerifiedTime of [tenMinutesAfter(slot(23)), tenMinutesAfter(slot(23)).replace('Z', '.789Z')]) {
    const {message, ...said} = judge({children, known: {lastVerifiedTime}})
    assert.equal(said.lastVerifiedTime, tenMinutesAfter(slot(22)))
    assert.match(message, /a newer one is gone from the store/)
  }
})

test('S5.19 Fresh turns by itself exactly when the objective has passed, so that nobody has to look before', () => {
  const children = [good(23)]
  const {changesAt = 0} = judge({children})
  assert.equal(changesAt, Date.parse(tenMinutesAfter(slot(23))) + 1.5 * day * 1000)
  assert.equal(judge({children, now: changesAt - 1}).status, 'True')
  assert.equal(judge({children, now: changesAt}).status, 'False')
  const young = {createdAt: now, children: []}
  const first = judge(young).changesAt ?? 0
  assert.equal(judge({...young, now: first - 1}).status, 'Unknown')
  assert.equal(judge({...young, now: first}).status, 'False')
})

test('what Fresh says changes with events and not with time: a status is written for news only', () => {
  const children = [good(23)]
  const later = (ms: number): string => judge({children, now: now + ms}).message
  assert.equal(later(0), later(3600_000))
  const tooOld = (ms: number): string => judge({children: [good(20)], now: now + ms}).message
  assert.equal(tooOld(0), tooOld(3600_000))
})
