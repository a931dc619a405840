import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobSpecSchema, type BackupJob} from '../../../../src/api/backup-job.ts'
import {SLOT_ANNOTATION} from '../../../../src/api/meta.ts'
import {claimOf} from '../../../../src/controllers/backup-job/cache.ts'

const job = (annotations?: Record<string, string>): BackupJob => ({
  apiVersion: 'charmkeeper.dev/v1alpha1',
  kind: 'BackupJob',
  metadata: {
    name: 'one',
    namespace: 'databases',
    creationTimestamp: '2026-11-21T05:00:00Z',
    ...(annotations && {annotations}),
  },
  spec: backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'postgresql'}),
})
const since = (one: BackupJob): string => new Date(claimOf(one).createdAt).toISOString()

test('a job waits since its creation, and one of a schedule since its slot', () => {
  assert.equal(since(job()), '2026-11-21T05:00:00.000Z')
  assert.equal(since(job({[SLOT_ANNOTATION]: '2026-11-21T02:00:00Z'})), '2026-11-21T02:00:00.000Z')
  assert.equal(since(job({[SLOT_ANNOTATION]: '2027-01-01T00:00:00Z'})), '2026-11-21T05:00:00.000Z')
  assert.equal(since(job({[SLOT_ANNOTATION]: 'yesterday'})), '2026-11-21T05:00:00.000Z')
})
