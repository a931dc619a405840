import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {expiringBackups} from '../../../../src/controllers/backup-schedule/expiring.ts'

const now = Date.parse('2026-11-30T12:00:00Z')
const id = (day: number, hour = 2): string => new Date(Date.UTC(2026, 10, day, hour)).toISOString().replace('.000', '')

function going(backups: Readonly<Record<string, string>> | readonly string[], days: number): readonly string[] {
  const [finished, references] = Array.isArray(backups)
    ? [backups as readonly string[], []]
    : [Object.keys(backups), Object.entries(backups as Record<string, string>).filter(([, parent]) => parent !== '')]
  const question = {finished, references: new Map(references), days, now, jobOf: () => undefined}
  return expiringBackups(question).shown.map(({backupID}) => backupID)
}

const rows: readonly [
  sentence: string,
  backups: Parameters<typeof going>[0],
  days: number,
  going: readonly string[],
][] = [
  ['nothing is old enough', [id(25), id(28)], 7, []],
  ['the only old one stays: without it nothing of seven days ago could be restored', [id(20), id(28)], 7, []],
  ['of several old ones all but the newest go', [id(10), id(15), id(20), id(28)], 7, [id(10), id(15)]],
  ['the newest stays, however old', [id(1), id(2)], 7, [id(1)]],
  ['what builds on one that goes goes with it', {[id(10)]: '', [id(11)]: id(10), [id(15)]: ''}, 7, [id(10), id(11)]],
  [
    'a full one that is needed stays with all that builds on it, old or not',
    {[id(10)]: '', [id(11)]: id(10), [id(29)]: id(10), [id(30)]: id(29)},
    7,
    [],
  ],
  [
    'a chain of increments goes with its full one',
    {[id(10)]: '', [id(11)]: id(10), [id(12)]: id(11), [id(15)]: '', [id(28)]: ''},
    7,
    [id(10), id(11), id(12)],
  ],
  ['one whose full one is not listed is left alone', {[id(3)]: id(1), [id(10)]: '', [id(15)]: ''}, 7, [id(10)]],
  ['an id that is no time has no age', ['snapshot-1', id(10), id(15)], 7, [id(10)]],
]

for (const [sentence, backups, days, expected] of rows)
  test(`S5.24 what would expire: ${sentence}`, () => assert.deepEqual(going(backups, days), expected))

test('S5.24 of many, the status shows the oldest and counts all; jobs are named where they are there', () => {
  const finished = Array.from({length: 80}, (_, index) => id(1, index))
  const {shown, count} = expiringBackups({
    finished,
    references: new Map(),
    days: 7,
    now,
    jobOf: backup => (backup === finished[0] ? 'nightly-1' : undefined),
  })
  assert.equal(count, 79)
  assert.equal(shown.length, 50)
  assert.deepEqual(shown[0], {backupID: finished[0], time: finished[0], job: 'nightly-1'})
})

test('S5.24 whatever the chains: one that has the age stays, and nothing that stays loses what it builds on', () => {
  const backup = fc.record({day: fc.integer({min: 1, max: 29}), parent: fc.option(fc.nat(20), {nil: undefined})})
  fc.assert(
    fc.property(fc.array(backup, {maxLength: 20}), fc.integer({min: 1, max: 20}), (all, days) => {
      const ids = [...new Set(all.map(({day}, index) => id(day, index % 24)))].toSorted()
      const references = new Map(
        ids.flatMap((one, index) => {
          const parent = all[index]?.parent
          return parent !== undefined && parent < index ? [[one, ids[parent] ?? ''] as const] : []
        }),
      )
      const question = {finished: ids, references, days, now, jobOf: () => undefined}
      const gone = new Set(expiringBackups(question).shown.map(({backupID}) => backupID))
      for (const one of ids) if (!gone.has(one)) assert.ok(!gone.has(references.get(one) ?? ''))
      const oldFulls = ids.filter(one => !references.has(one) && Date.parse(one) <= now - days * 86_400_000)
      assert.equal(oldFulls.filter(one => !gone.has(one)).length, Math.min(1, oldFulls.length))
    }),
    {numRuns: 300},
  )
})
