import assert from 'node:assert/strict'
import {test} from 'node:test'
import {chainWarnings, type ChainQuestion} from '../../../../src/controllers/backup-schedule/parents.ts'
import {run, schedule, type Run} from './builders.ts'

const slot = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00Z`
const job = (day: number, over: Partial<Run> = {}) => run({slot: slot(day), metadata: {name: `run-${day}`}, ...over})
const making = (name: string, backup: object) => schedule(name, {}, {}, {backup})

function warnings(backup: object, over: Partial<ChainQuestion> = {}): string[] {
  const ofApplication = over.ofApplication ?? []
  return chainWarnings({
    schedule: making('daily', backup),
    others: [],
    ofApplication,
    named: name => ofApplication.find(({metadata}) => metadata.name === name),
    ...over,
  }).map(({reason}) => reason)
}

const differential = {type: 'Differential'}
const after = (day: number) => ({type: 'Differential', parentJobRef: {name: `run-${day}`}})

const rows: readonly [sentence: string, backup: object, over: Partial<ChainQuestion>, reasons: string[]][] = [
  ['full backups need nothing', {type: 'Full'}, {}, []],
  ['a weekly full and a daily differential', differential, {others: [making('weekly', {type: 'Full'})]}, []],
  ['a daily differential alone', differential, {}, ['NoFullSchedule']],
  [
    'hourly increments beside a daily differential',
    {type: 'Incremental'},
    {others: [making('daily', differential)]},
    ['NoFullSchedule'],
  ],
  [
    'its declared parent is the newest full one',
    after(1),
    {ofApplication: [job(1), job(2, {type: 'Differential', parent: slot(1)})]},
    [],
  ],
  ['a newer full one was made', after(1), {ofApplication: [job(1), job(8)]}, ['OtherParent']],
  ['a newer full one was made, and its data is gone', after(1), {ofApplication: [job(1), job(8, {gone: true})]}, []],
  [
    'an increment builds on whatever is newest',
    {type: 'Incremental', parentJobRef: {name: 'run-1'}},
    {ofApplication: [job(1), job(2, {type: 'Differential', parent: slot(1)})]},
    ['OtherParent'],
  ],
  ['its declared parent does not exist', after(1), {}, ['OtherParent']],
  ['its declared parent failed', after(1), {ofApplication: [job(1, {end: 'Failed'})]}, ['OtherParent']],
  ['its declared parent goes on: it is waited for', after(1), {ofApplication: [job(1, {end: 'Running'})]}, []],
]

for (const [sentence, backup, over, reasons] of rows)
  test(`S5.14 chains: ${sentence}`, () => assert.deepEqual(warnings(backup, over), reasons))
