import assert from 'node:assert/strict'
import {test} from 'node:test'
import {profileFor} from '../../../../src/charms/profiles.ts'
import {enqueueOnce} from '../../../../src/controllers/backup-job/rules/preparation.ts'
import {application, at, listing, observed, row, says, unit, type World} from './builders.ts'

const actions = ['create-backup', 'list-backups', 'restore']
const profile = profileFor({name: 'charmed-etcd', channel: '3.6/stable', charmUrl: 'ch:amd64/charmed-etcd-1', actions})
const leader = unit('etcd/0', {leader: true})
const others = [unit('etcd/1'), unit('etcd/2')]
const refusal = 'Action must be performed on the leader unit.'
const refused = {attempt: 1, unsuitableUnits: [{unit: 'etcd/0', message: refusal}]}

/** What a job does that was granted so many seconds ago. */
function after(seconds: number, {status, ...world}: World = {}) {
  const view = application({charm: 'charmed-etcd', units: [leader, ...others], ...world.view})
  const readings = {before: listing(row('2026-11-21T02:00:00Z'))}
  const granted = {grantedAt: at(-seconds)}
  const o = observed(
    {...world, readings, status: {...granted, ...status}},
    {application: {state: 'present', view, profile, unsupported: ''}},
  )
  const step = enqueueOnce(o)
  assert(step !== undefined)
  return step
}

test('a charm that goes on refusing its leader has failed, with its own words; another leader is asked at once', () => {
  assert.match(says(after(1800, {status: refused})), /^wait Preparing: .*etcd\/0 refused, although Juju shows it/)
  const end = says(after(1801, {status: refused}))
  assert.match(end, /^finish Failed: No unit made the backup.*it said: Action must be performed on the leader unit\./)
  const moved = {units: [unit('etcd/0'), unit('etcd/1', {leader: true})]}
  assert.match(says(after(1801, {status: refused, view: moved})), /^read Preparing: Will run on etcd\/1/)
})

test('another attempt, where there is one, asks the leader anew', () => {
  const step = after(1801, {spec: {backoffLimit: 1}, status: refused})
  assert.match(says(step), /^wait RetryBackoff: No unit made the backup/)
  assert(step.do === 'wait' && step.report.patch)
  assert.deepEqual(Object.entries(step.report.patch).find(([name]) => name === 'unsuitableUnits')?.[1], undefined)
  assert('unsuitableUnits' in step.report.patch)
})

test('units that are not well are waited for; a person is asked when that takes long, and it goes on by itself', () => {
  const ill = {units: [{...leader, workloadStatus: 'blocked', workloadMessage: 'no quorum'}, ...others]}
  assert.match(says(after(1800, {view: ill})), /^wait Preparing: No unit can make the backup now: .*no quorum/)
  assert.match(says(after(1801, {view: ill})), /^wait ActionRequired: No unit can make the backup now: .*Mend it/)
  assert.match(says(after(1801)), /^read Preparing: Will run on etcd\/0/)
})

test('what a unit refused while others were on their way out, it is asked again when they are gone; a person is asked if they stay', () => {
  const unsettled = {attempt: 1, unsuitableUnits: [{unit: 'etcd/0', message: refusal, unsettled: true}]}
  const leaving = {units: [leader], leaving: ['etcd/1', 'etcd/2']}
  assert.match(
    says(after(1800, {status: unsettled, view: leaving})),
    /^wait Preparing: .*until etcd\/1, etcd\/2 have gone/,
  )
  assert.match(says(after(1801, {status: unsettled, view: leaving})), /^wait ActionRequired: .*juju resolved/)
  assert.match(says(after(1801, {status: unsettled, view: {units: [leader]}})), /^read Preparing: Will run on etcd\/0/)
})
