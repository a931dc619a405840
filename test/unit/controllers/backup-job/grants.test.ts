import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob, BackupJobStatus} from '../../../../src/api/backup-job.ts'
import {Arbiter} from '../../../../src/controllers/arbiter/arbiter.ts'
import {jobIndexes} from '../../../../src/controllers/backup-job/cache.ts'
import {Grants} from '../../../../src/controllers/backup-job/grants.ts'
import type {ModelHandle} from '../../../../src/controllers/juju-model/directory.ts'
import {ObjectStore} from '../../../../src/runtime/store.ts'
import {at, job} from './builders.ts'

const handle = {limits: {maxConcurrentJobs: 1}, snapshots: {latest: undefined}} as unknown as ModelHandle

function named(name: string, status?: Partial<BackupJobStatus>): BackupJob {
  const one = job({application: name}, status)
  return {...one, metadata: {...one.metadata, name, uid: `uid-${name}`, resourceVersion: status ? '2' : '1'}}
}

/** Two jobs in a model with one slot; `first` is granted, which no object shows yet. */
function granted() {
  const jobs = new ObjectStore<BackupJob>({indexers: jobIndexes})
  const freed: string[] = []
  const onGivenBack = ({metadata}: BackupJob): void => void freed.push(metadata.name)
  const grants = new Grants({arbiter: new Arbiter(), jobs, storages: {get: () => undefined}, onGivenBack})
  const [first, second] = [named('first'), named('second')]
  for (const one of [first, second]) jobs.put(one, 'watch')
  grants.spoke(second)
  assert.equal(grants.request(first, handle).granted, true)
  const asks = (): boolean => grants.request(second, handle).granted
  return {jobs, grants, first, freed, asks}
}

test('S2.11 a grant that is in memory only counts until the object shows it, and from then on the object', () => {
  const {jobs, grants, freed, asks} = granted()
  const known = named('first', {grantedAt: at(0)})
  grants.spoke(known)
  assert.equal(asks(), false)
  jobs.put(known, 'watch')
  grants.spoke(known)
  assert.equal(asks(), false)
  jobs.put({...named('first', {attempt: 1}), metadata: {...known.metadata, resourceVersion: '3'}}, 'watch')
  assert.equal(asks(), true, 'nothing of it was left in memory')
  assert.deepEqual(freed, [])
})

test('a grant that was never written is given back, and that is told, when its job waits for something else, ends, or goes', () => {
  for (const [what, end] of [
    ['waits', (grants: Grants, one: BackupJob) => grants.spoke(one)],
    ['ends', (grants: Grants, one: BackupJob) => grants.leave(one)],
    ['cannot be written', (grants: Grants, one: BackupJob) => grants.giveBack(one)],
  ] as const) {
    const {jobs, grants, first, freed, asks} = granted()
    assert.equal(asks(), false)
    end(grants, first)
    jobs.remove('databases/first')
    assert.deepEqual(freed, ['first'], what)
    assert.equal(asks(), true, what)
    end(grants, first)
    assert.deepEqual(freed, ['first'], what)
  }
})
