import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import {jobIndexes} from '../../../../src/controllers/backup-job/cache.ts'
import {childOf, isChildOf, isTrueChild, type Occasion} from '../../../../src/controllers/backup-schedule/child.ts'
import {schedule} from './builders.ts'

const at = Date.parse('2026-11-21T02:00:00Z')
const names = ['nightly', `a-long-${'name-'.repeat(20)}end`]
const occasions: readonly Occasion[] = [{slot: at}, {runNow: 'before the upgrade', at}]

for (const name of names)
  for (const occasion of occasions)
    test(`what is made for ${JSON.stringify(occasion)} of ${name.slice(0, 12)} is known as its child, by its own schedule only`, () => {
      const own = schedule(name)
      const child = childOf(own, occasion)
      assert.ok(isTrueChild(child, own.metadata) && isChildOf(child, own))
      assert.equal(isTrueChild(child, {...own.metadata, name: `${name}-2`}), false)
      assert.equal(isTrueChild(child, {...own.metadata, namespace: 'team-b'}), false)
      const copy = {...child, metadata: {...child.metadata, name: 'my-copy'}}
      assert.equal(isTrueChild(copy, own.metadata), false)
    })

test("an object whose spec lacks what it has to have is nobody's child, and no reader of the cache breaks on it", () => {
  const own = schedule('nightly')
  const child = childOf(own, {slot: at})
  for (const spec of [undefined, {}, {type: 'Backup', application: 'postgresql'}]) {
    const broken = {...child, spec} as unknown as BackupJob
    assert.equal(isChildOf(broken, own), false)
    assert.deepEqual(jobIndexes.bySchedule(broken), ['team-a/nightly'])
    for (const index of Object.values(jobIndexes)) assert.ok(Array.isArray(index(broken)))
  }
})
