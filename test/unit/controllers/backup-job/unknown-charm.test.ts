import {test} from 'node:test'
import assert from 'node:assert/strict'
import {profileFor} from '../../../../src/charms/profiles.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {application, observed, over, ready, says} from './builders.ts'

const profile = profileFor({
  name: 'newdb',
  channel: 'latest/edge',
  charmUrl: 'ch:amd64/newdb-7',
  actions: ['create-backup', 'list-backups'],
})

function newdb(spec: Record<string, unknown>): string {
  const view = application({charm: 'newdb', charmURL: 'ch:amd64/newdb-7'})
  const present = {state: 'present', view, profile, unsupported: ''} as const
  const storage = {state: 'ready', endpoint: '', region: '', bucket: 'backups', path: 'pg'} as const
  const more = spec['storageRef'] === undefined ? {} : {storage}
  return says(decide(observed({spec: {application: 'newdb', ...spec}}, {application: present, ...more})))
}

test('backups of a charm that nobody knows cannot be looked for in the store, which is said before anything runs', () => {
  const asked = {storageRef: {name: 'minio'}}
  assert.match(
    newdb(asked),
    /^finish Unsupported: How the charm newdb lays out its backups is not known, .*; set verify to Listing\.$/,
  )
  assert.equal(newdb({...asked, verify: 'Listing'}), 'ask')
  assert.equal(newdb({}), 'ask')
})

/** Lists ids alone, from when a backup is begun. */
const zookeeper = profileFor({
  name: 'zookeeper',
  channel: '3/stable',
  charmUrl: 'ch:amd64/zookeeper-149',
  actions: ['create-backup', 'list-backups', 'restore'],
})
const stateless = {id: '2026-11-22T09:58:00Z', action: 'full', finished: true, stateless: true} as const

function listedAfter(taskStatus: string, spec: Record<string, unknown> = {}): string {
  const present = {
    state: 'present',
    view: application({charm: 'zookeeper'}),
    profile: zookeeper,
    unsupported: '',
  } as const
  const readings = {after: ready({ok: true as const, rows: [stateless]})}
  const status = over(taskStatus, taskStatus === 'failed' ? 'the upload broke' : '')
  return says(decide(observed({spec: {application: 'zookeeper', ...spec}, status, readings}, {application: present})))
}

test('S1.17 a backup that is listed without a state is believed to a task that completed, and to the store, only', () => {
  assert.match(listedAfter('completed'), /^wait Verifying: The charm lists the new backup/)
  assert.match(
    listedAfter('failed'),
    /^finish Failed: .*the upload broke\..* The charm lists backup .* without saying whether it is whole/,
  )
  assert.match(listedAfter('pruned'), /^finish Failed: .*its outcome is not known\. The charm lists/)
  assert.match(
    listedAfter('failed', {verify: 'Store', storageRef: {name: 'minio'}}),
    /^wait Verifying: The charm lists/,
  )
})
