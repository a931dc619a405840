import {test} from 'node:test'
import assert from 'node:assert/strict'
import {profileFor} from '../../../../src/charms/profiles.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {application, observed, says} from './builders.ts'

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
