import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isOfStorage, knownOf, targetOf} from '../../../../src/controllers/backup-schedule/target.ts'
import {run, schedule} from './builders.ts'

const template = (storage?: string) => (storage === undefined ? {} : {storageRef: {name: storage}})
const past = {
  lastVerifiedTime: '2026-11-22T02:10:00Z',
  lastSuccessTime: '2026-11-22T02:10:00Z',
  slots: {ran: 3, late: 0, skipped: {}},
}

function known(before: string | undefined, now: string | undefined, over: object = {}) {
  const target = targetOf(schedule('nightly', {}, {}, template(before)))
  const {lastVerifiedTime, lastSuccessTime, slots} = knownOf(
    schedule('nightly', {}, {...past, target}, {...template(now), ...over}),
  )
  return [lastVerifiedTime !== undefined, lastSuccessTime !== undefined, slots?.ran]
}

test('S5.12 what was proved in another BackupStorage, or in none, proves nothing about a new one; the run stays a success', () => {
  assert.deepEqual(known('minio', 'minio'), [true, true, 3])
  assert.deepEqual(known(undefined, 'minio'), [false, true, 3])
  assert.deepEqual(known('minio', 'other'), [false, true, 3])
  assert.deepEqual(known('minio', undefined), [true, true, 3])
  assert.deepEqual(known('minio', 'minio', {application: 'mysql'}), [false, false, 3])
})

test('S5.12 proofs of jobs count for the BackupStorage of the template alone, and all of them where it names none', () => {
  const job = (storage?: string) => run({slot: '2026-11-22T02:00:00Z', spec: template(storage)})
  const counts = (of: string | undefined, now: string | undefined): boolean =>
    isOfStorage(job(of), schedule('nightly', {}, {}, template(now)))
  assert.deepEqual(
    [counts('minio', 'minio'), counts('minio', 'other'), counts(undefined, 'minio')],
    [true, false, false],
  )
  assert.deepEqual([counts('minio', undefined), counts(undefined, undefined)], [true, true])
})
