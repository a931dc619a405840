import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import {jobIndexes, type CachedBackupJob} from '../../../../src/controllers/backup-job/cache.ts'
import {restoreFacts} from '../../../../src/controllers/backup-job/restore/gather.ts'
import {planIt} from '../../../../src/controllers/backup-job/restore/planning.ts'
import {ObjectStore} from '../../../../src/runtime/store.ts'
import {at, job, listing, observed, row, says, unit} from './builders.ts'

const backupID = '2026-11-21T02:00:00Z'
const succeeded = {
  conditions: [
    {type: 'Succeeded', status: 'True' as const, reason: 'Succeeded', message: '', lastTransitionTime: at(-100)},
  ],
  backupID,
  modelUUID: 'model-uuid',
}

/** What a plan says that names the job `other` as its source. */
function planOf(other: BackupJob | undefined): string {
  const jobs = new ObjectStore<CachedBackupJob>({indexers: jobIndexes})
  const named = {...other?.metadata, name: 'other', namespace: 'databases', uid: 'uid-2', resourceVersion: '1'}
  if (other !== undefined) jobs.put({...other, metadata: named}, 'list')
  const spec = {type: 'Restore', restore: {source: {backupJobRef: {name: 'other'}}}}
  const readings = {before: listing(row(backupID))}
  const o = observed({spec, readings, view: {units: [unit('postgresql/0', {leader: true})]}})
  const whole = {...o, restore: restoreFacts(jobs, o.job)}
  const decided = planIt(whole)
  if (decided?.do !== 'wait' || decided.report.patch?.restore === undefined) return decided ? says(decided) : ''
  const last = planIt({...whole, status: {...o.status, restore: decided.report.patch.restore}})
  return last === undefined ? '' : says(last)
}

test('S1.27 the BackupJob of another application, or of another model, is no source; what to do instead is said', () => {
  assert.match(planOf(job({}, succeeded)), /^finish Planned: Would restore 2026-11-21T02:00:00Z/)
  const elsewhere =
    /^finish Planned: Cannot be carried out: BackupNotFound: BackupJob other made a backup of .*docs\/restore\.md/
  assert.match(planOf(job({application: 'mysql'}, succeeded)), elsewhere)
  assert.match(planOf(job({}, {...succeeded, modelUUID: 'another'})), elsewhere)
})

test('S1.25 a source that is on its way is waited for; one that failed, is a restore, or is not there is refused', () => {
  assert.match(
    planOf(job({}, {taskStatus: 'running'})),
    /^wait Preparing: Waiting: BackupJob other is not finished yet/,
  )
  const failed = succeeded.conditions.map(one => ({...one, status: 'False' as const, reason: 'Failed'}))
  assert.match(planOf(job({}, {conditions: failed})), /BackupNotFound: BackupJob other did not end with a backup/)
  assert.match(planOf(job({type: 'Restore', restore: {}}, succeeded)), /BackupJob other is a restore, not a backup/)
  assert.match(planOf(undefined), /BackupJob other does not exist in this namespace/)
})
