import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import {CheckedSpecs} from '../../../../src/controllers/backup-job/checked-specs.ts'
import {job} from './builders.ts'

const stored = (spec: Record<string, unknown>): BackupJob => ({...job(), spec: spec as unknown as BackupJob['spec']})

test('a spec is checked once, whatever else of its job changes, and gets its defaults', () => {
  const specs = new CheckedSpecs()
  const first = stored({modelRef: {name: 'prod'}, application: 'postgresql'})
  const checked = specs.of(first)
  assert.equal(checked.ok && checked.value.spec.backup.type, 'Full')
  const later = {...first, status: {observedGeneration: 1, attempt: 2}}
  const again = specs.of(later)
  assert.ok(checked.ok && again.ok)
  assert.equal(again.value.spec, checked.value.spec)
  assert.equal(again.value.status, later.status)
})

test('a spec that breaks a rule keeps breaking it, until there is another one, or none', () => {
  const specs = new CheckedSpecs()
  const broken = stored({modelRef: {name: 'prod'}, application: 7})
  for (const one of [broken, {...broken, status: {observedGeneration: 1}}]) {
    const checked = specs.of(one)
    assert.equal(checked.ok ? '' : checked.path, 'spec.application')
  }
  assert.equal(specs.of(stored({modelRef: {name: 'prod'}, application: 'postgresql'})).ok, true)
  assert.equal(specs.of({...job(), spec: undefined as unknown as BackupJob['spec']}).ok, false)
})
