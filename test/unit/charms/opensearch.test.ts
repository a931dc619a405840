import assert from 'node:assert/strict'
import {test} from 'node:test'
import {explain, profileFor, type CharmFacts, type SettleQuestion} from '../../../src/charms/index.ts'
import {outcome, profile, restoreOf} from './recordings.ts'

const facts: CharmFacts = {
  name: 'opensearch',
  channel: '2/stable',
  charmUrl: 'ch:amd64/jammy/opensearch-168',
  actions: ['create-backup', 'list-backups', 'restore'],
  actionParameters: {'create-backup': [], 'list-backups': ['output'], restore: ['backup-id']},
}
const {backup} = profile('opensearch-2')
const restore = restoreOf('opensearch-2')

test('OpenSearch has a profile on either platform; snapshots go on after their task', () => {
  assert.equal(profileFor(facts)?.id, 'opensearch-2')
  assert.equal(profile('opensearch-k8s-2').engine, 'OpenSearch 2')
  assert.equal(profileFor({...facts, channel: ''})?.id, 'opensearch-2')
  assert.deepEqual([backup.completion, backup.method, backup.listOn], ['Listing', 'Physical', 'Leader'])
  assert.equal(
    backup.reportedID?.({'backup-id': '2026-08-01T02:00:03Z', status: 'Backup is running.'}),
    '2026-08-01T02:00:03Z',
  )
})

test("the list is asked for as JSON where the charm's own schema takes a form", () => {
  assert.deepEqual(profileFor(facts)?.backup.listParameters, {output: 'json'})
  const without = profileFor({...facts, actionParameters: {...facts.actionParameters, 'list-backups': []}})
  assert.equal(without?.backup.listParameters, undefined)
})

const json = (states: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(states).map(([id, state]) => [id, {state, indices: ['books']}])))
const [one, two, three, four] = [1, 2, 3, 4].map(day => `2026-08-0${day}T02:00:03Z`)

const listings: readonly [sentence: string, backups: unknown, rows: readonly string[] | RegExp][] = [
  [
    'JSON of the charm of 2024, in any order',
    json({[`${four}`]: 'FAILED', [`${one}`]: 'SUCCESS', [`${three}`]: 'PARTIAL', [`${two}`]: 'IN_PROGRESS'}),
    [`+${one}`, `?${two}`, `-${three} partial: at least one shard is missing`, `-${four} FAILED`],
  ],
  ['JSON of the newer library', json({[`${one}`]: 'success', [`${two}`]: 'in_progress'}), [`+${one}`, `?${two}`]],
  ['JSON without any', '{}', []],
  ['JSON that Juju has made an object of', {[`${one}`]: {state: 'SUCCESS'}}, [`+${one}`]],
  [
    'the table of the charm of 2024, whose header begins with a blank',
    ` backup-id           | backup-status\n${'-'.repeat(40)}\n${one} | success\n${two} | snapshot in progress\n` +
      `${three} | snapshot partial: at least one shard missing\n${four} | snapshot failed for unknown reason`,
    [
      `+${one}`,
      `?${two}`,
      `-${three} snapshot partial: at least one shard missing`,
      `-${four} snapshot failed for unknown reason`,
    ],
  ],
  ['JSON whose entry has no state', `{"${one}": {}}`, /entry 1 of list-backups cannot be read/],
  ['JSON that was cut', `{"${one}": {"state": "SUC`, /printed no table/],
]
for (const [sentence, backups, rows] of listings) {
  test(`the list of OpenSearch: ${sentence}`, () => {
    const listing = backup.parseListing({backups})
    if (rows instanceof RegExp) {
      assert(!listing.ok)
      assert.match(listing.message, rows)
      return
    }
    assert(listing.ok)
    const shown = listing.rows.map(({id, finished, running, error}) => {
      const mark = running ? '?' : finished ? '+' : '-'
      return `${mark}${id}${error ? ` ${error}` : ''}`
    })
    assert.deepEqual(shown, rows)
  })
}

const classified: readonly [message: string, kind: string][] = [
  ['Backup/Restore related actions must be run on the juju leader unit.', 'WrongUnit'],
  ['Missing relation with an object storage integrator.', 'StorageNotConfigured'],
  ['Conflict: more than one object storage integrators integrated.', 'StorageNotConfigured'],
  ['Object storage configuration not ready.', 'StorageNotConfigured'],
  ['Failed: backup service is not configured or busy', 'Transient'],
  ['Failed: backup service is not configured yet', 'Transient'],
  ['The opensearch repository could not be created yet.', 'Transient'],
  ['Backup not supported while upgrade in-progress', 'Transient'],
  ['Backup/Restore operations not supported while upgrade in-progress.', 'Transient'],
  ['Cluster health red, current state must be resolved before.', 'Transient'],
  ['Backup / Restore operation in progress.', 'Transient'],
  ['Failed: error connecting to the cluster', 'Transient'],
  ['Failed: invalid output format, must be either json or table', 'Permanent'],
]

test('every failure of OpenSearch that is known is classified, with what it means', () => {
  for (const [message, kind] of classified) {
    assert.equal(backup.classifyFailure(message), kind, message)
    assert.notEqual(explain(backup.failureTexts, message), message)
  }
  assert.equal(backup.classifyFailure('exit status 1'), 'Unknown')
})

const restored: readonly [message: string, outcome: string][] = [
  ['Backup/Restore related actions must be run on the juju leader unit.', 'Failed, passing'],
  ['Missing relation with an object storage integrator.', 'StorageNotConfigured'],
  ['Conflict: more than one object storage integrators integrated.', 'StorageNotConfigured'],
  ['Object storage configuration not ready.', 'StorageNotConfigured'],
  ['Failed: backup service is not configured yet', 'Failed, passing'],
  ['The opensearch repository could not be created yet.', 'Failed, passing'],
  ['Restore not supported while upgrade in-progress', 'Failed, passing'],
  ['Cluster health red, current state must be resolved before.', 'Failed, passing'],
  ['Failed: previous restore is still in progress', 'Failed, passing'],
  ['Backup / Restore operation in progress.', 'Failed, passing'],
  ['Failed: no backup-id 2026-08-01T02:00:03Z', 'BackupNotFound'],
  ['Failed to restore all the shards', 'Destroyed'],
  ['Failed: error connecting to the cluster', 'Destroyed'],
  ['exit status 1', 'Unknown'],
]

test('S1.32 every failed restore of OpenSearch that is known is classified, with what to do next', () => {
  for (const [message, expected] of restored) {
    assert.equal(outcome(restore.classifyFailure(message)), expected, message)
    if (expected !== 'Unknown') assert.notEqual(explain(restore.failureTexts, message), message)
  }
})

const unit = {
  name: 'opensearch/0',
  workloadStatus: 'active',
  workloadMessage: '',
  agentStatus: 'idle',
  workloadSince: 5,
}
const settled = (output: SettleQuestion['output'], over: object = {}) =>
  restore.settlement({
    target: {backupID: 'x'},
    unit: unit.name,
    taskEndedAt: 10,
    output,
    units: [{...unit, ...over}],
    application: {workloadStatus: 'active', workloadMessage: ''},
  })

test('S1.23 the restore of OpenSearch ends with its task, with a note, or with the last shards', () => {
  assert.deepEqual([restore.completion, restore.units, restore.pointInTime], ['Task', 'Any', 'None'])
  assert.equal(settled({status: 'Restore is complete', 'closed-indices': 'books'}).state, 'Done')
  assert.equal(settled({status: 'success'}).state, 'Done')
  const warned = settled({status: 'success_with_warning', note: 'not GREEN yet'})
  assert(warned.state === 'Done' && warned.evidence.endsWith('says "success_with_warning", and: not GREEN yet'))
  const slow = {status: 'Restore in progress...'}
  const shown = {workloadStatus: 'maintenance', workloadMessage: 'Restore in progress...'}
  assert.equal(settled(slow, shown).state, 'Running')
  assert.equal(settled(slow).state, 'Running')
  assert.equal(settled(slow, {workloadSince: 11}).state, 'Done')
  assert.equal(settled({}).state, 'Running')
})

test('what the units of OpenSearch show while it works, and what they complain of', () => {
  const shows = (workloadMessage: string, workloadStatus = 'maintenance') => ({
    ...unit,
    workloadMessage,
    workloadStatus,
  })
  assert.equal(backup.busyWith(shows('Backup in progress...')), 'Backup')
  assert.equal(backup.busyWith(shows('Restore in progress...')), 'Restore')
  assert.equal(backup.busyWith(unit), undefined)
  for (const text of [
    'Too many object storage relations. Only one is supported.',
    'Backup relation data missing or incomplete.',
    'Backup configuration error: bad credentials, permissions, invalid CA, or unsupported configuration.',
    'OpenSearch s3 repository setup failed. Check the s3 integrator config.',
  ])
    assert.match(backup.storageComplaint(shows(text, 'blocked')) ?? '', /: (remove|set|correct) .*integrator/, text)
  assert.equal(backup.storageComplaint(shows('Cluster health is red', 'blocked')), undefined)
})
