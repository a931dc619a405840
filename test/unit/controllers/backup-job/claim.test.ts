import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobSpecSchema, type BackupJob} from '../../../../src/api/backup-job.ts'
import {SCHEDULE_LABEL, SLOT_ANNOTATION} from '../../../../src/api/meta.ts'
import {claimOf} from '../../../../src/controllers/backup-job/cache.ts'
import {childNameOf} from '../../../../src/controllers/backup-schedule/child.ts'

function since(metadata: Partial<BackupJob['metadata']> = {}): string {
  const {createdAt} = claimOf({
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {name: 'one', namespace: 'databases', creationTimestamp: '2026-11-21T05:00:00Z', ...metadata},
    spec: backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'postgresql'}),
  })
  return new Date(createdAt).toISOString()
}

const labels = {[SCHEDULE_LABEL]: 'nightly'}
const marked = (slot: string) => ({labels, annotations: {[SLOT_ANNOTATION]: slot}})
const child = (slot: string) => ({
  ...marked(slot),
  name: childNameOf({namespace: 'databases', name: 'nightly'}, {slot: Date.parse(slot)}),
})

test('a job waits since its creation, and one of a schedule since its slot, for a day at most', () => {
  assert.equal(since(), '2026-11-21T05:00:00.000Z')
  assert.equal(since(child('2026-11-21T02:00:00Z')), '2026-11-21T02:00:00.000Z')
  assert.equal(since(child('2027-01-01T00:00:00Z')), '2026-11-21T05:00:00.000Z')
  assert.equal(since(child('2026-11-01T00:00:00Z')), '2026-11-20T05:00:00.000Z')
})

test('a slot that somebody wrote onto a job puts it before nobody: its name does not hold it', () => {
  const slot = '2026-11-21T02:00:00Z'
  const {name} = child('2026-11-21T03:00:00Z')
  for (const metadata of [marked(slot), {...marked(slot), name}, {...child(slot), labels: {}}, marked('yesterday')])
    assert.equal(since(metadata), '2026-11-21T05:00:00.000Z')
})
