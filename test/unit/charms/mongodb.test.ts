import assert from 'node:assert/strict'
import {test} from 'node:test'
import {explain, newBackup, profileFor, type SettleQuestion, type UnitView} from '../../../src/charms/index.ts'
import {outcome, profile, recordedMongodb, restoreOf} from './recordings.ts'

const {backup} = profile('mongodb-8')
const restore = restoreOf('mongodb-8')
const facts = {name: 'mongodb', channel: '8/stable', charmUrl: 'ch:amd64/mongodb-300', actions: []}

test('MongoDB has a profile in either track and on either platform, and of a local charm by its actions', () => {
  for (const id of ['mongodb-6', 'mongodb-8', 'mongodb-k8s-6', 'mongodb-k8s-8']) assert.equal(profile(id).id, id)
  const local = {...facts, channel: '', actions: ['create-backup', 'list-backups', 'restore']}
  assert.equal(profileFor(local)?.id, 'mongodb-6')
  assert.equal(profileFor({...local, actions: [...local.actions, 'status-detail']})?.id, 'mongodb-8')
  assert.equal(profileFor({...facts, channel: '5/stable', workloadVersion: '5.0.26'}), undefined)
})

test('S1.2 backups of MongoDB are logical, full ones, that go on after their task', () => {
  assert.deepEqual([backup.method, backup.types, backup.completion], ['Logical', ['Full'], 'Listing'])
  assert.deepEqual(backup.parameters({type: 'Full'}), {})
})

test('the id of the backup is inside of what create-backup says, in every recorded run that began one', () => {
  const began = recordedMongodb('create-backup').filter(({output}) => output.task === 'completed')
  assert(began.length >= 2)
  for (const {name, output} of began)
    assert.equal(backup.reportedID?.(output.results ?? {}), '2026-08-07T02:00:03Z', name)
  for (const text of ['', 'backup started. backup id: x', 7])
    assert.equal(backup.reportedID?.({'backup-status': text}), undefined)
})

/** What each recorded listing shows: `+` finished, `-` failed, `?` in progress. */
const listed: Readonly<Record<string, readonly string[]>> = {
  'list none': [],
  'list empty list': [],
  'list one': ['+01'],
  'list three': ['+01', '-02 disk quota exceeded', '+03'],
  'list other cluster': ['+01'],
  'list other states': ['+02', '?03', '?04', '?05'],
  'list running, reported as error': ['+01', '?06'],
  'list running, not reported': ['+01', '?06'],
  'list restore running': ['+01'],
  'list other agent error': ['+01'],
  'list not leader': ['+01'],
}

test('every recorded listing of MongoDB is read', () => {
  const cases = recordedMongodb('list-backups').filter(({output}) => output.task === 'completed')
  assert(cases.length >= 14)
  for (const {charm, name, output} of cases) {
    const listing = profile(charm).backup.parseListing(output.results ?? {})
    assert(listing.ok, name)
    const shown = listing.rows.map(({id, finished, running, error}) => {
      const mark = running ? '?' : finished ? '+' : '-'
      return `${mark}${id.slice(8, 10)}${error ? ` ${error}` : ''}`
    })
    assert.deepEqual(shown, listed[name], `${charm} ${name}`)
  }
})

test('S1.20 a backup that runs is found by its id, and is no end', () => {
  const [running] = recordedMongodb('list-backups').filter(({name}) => name === 'list running, not reported')
  const listing = backup.parseListing(running?.output.results ?? {})
  assert(listing.ok)
  const found = newBackup(listing.rows, {newestBefore: '2026-08-01T02:00:03Z', type: 'Full'})
  assert(found.kind === 'one' && found.row.running)
  assert.equal(backup.label(found.row.id, listing.rows), found.row.id)
})

/** The recorded ends of create-backup and list-backups, by the words in their names. */
const classified: readonly [cases: RegExp, kind: string][] = [
  [/shard$/, 'Permanent'],
  [/not leader$/, 'WrongUnit'],
  [/(no relation|missing config|40[34]|301)$/, 'StorageNotConfigured'],
  [/(running.*|resync|no service|upgrade|pbm fails|agent error|resync error)$/, 'Transient'],
]

test('every failure that real MongoDB charm code produced is classified, with what it means', () => {
  const runs = [...recordedMongodb('create-backup'), ...recordedMongodb('list-backups')]
  const failed = runs.filter(({output}) => output.task !== 'completed')
  assert(failed.length >= 25, `${failed.length} cases`)
  for (const {charm, name, output} of failed) {
    const words = output.message ?? output.exception ?? ''
    const {classifyFailure, failureTexts} = profile(charm).backup
    const expected = classified.find(([cases]) => cases.test(name))?.[1]
    assert.equal(classifyFailure(words), expected, `${charm} ${name}: ${words}`)
    assert.notEqual(explain(failureTexts, words), words)
  }
})

test('a refusal that is a printed status object is told by its message alone', () => {
  const [{output} = {output: undefined}] = recordedMongodb('create-backup').filter(
    ({charm, name}) => charm === 'mongodb-8' && name === 'create missing config',
  )
  assert.equal(
    explain(backup.failureTexts, output?.message ?? ''),
    'Missing configurations in the s3-credentials relation. The s3-integrator lacks bucket or credentials; set them there.',
  )
  const printed = (message: string) => `status='blocked' message=${message} short_message=None check='…'`
  assert.match(explain(backup.failureTexts, printed(`"Couldn't configure s3 backup options."`)), /^Couldn't configure/)
  assert.equal(explain(backup.failureTexts, printed(`'Something new.'`)), 'Something new.')
})

/** The recorded ends of restore. */
const restored: readonly [cases: RegExp, outcome: string][] = [
  [/running/, 'Failed, passing'],
  [/resync|upgrade|not leader/, 'Failed, passing'],
  [/403|no relation/, 'StorageNotConfigured'],
  [/no id|empty id/, 'Failed'],
  [/unknown/, 'BackupNotFound'],
  [/restore fails/, 'Destroyed'],
]

test('S1.32 every failed restore of real MongoDB charm code is classified, with what to do next', () => {
  const failed = recordedMongodb('restore').filter(({output}) => output.task !== 'completed')
  assert(failed.length >= 18, `${failed.length} cases`)
  for (const {charm, name, output} of failed) {
    const words = output.message ?? output.exception ?? ''
    const {classifyFailure, failureTexts} = restoreOf(charm)
    assert.equal(outcome(classifyFailure(words)), restored.find(([cases]) => cases.test(name))?.[1], `${charm} ${name}`)
    assert.notEqual(explain(failureTexts, words), words)
  }
  const remap = "Cannot restore backup, 'remap-pattern' must be set."
  assert.equal(outcome(restore.classifyFailure(remap)), 'Failed')
  assert.match(explain(restore.failureTexts, remap), /by hand.*remap-pattern=<name now>=<name then>/)
})

test('S1.23 MongoDB restores a backup, on any number of units, and no moment', () => {
  assert.deepEqual([restore.units, restore.pointInTime, restore.timelines], ['Any', 'None', false])
  assert.deepEqual(restore.parameters({backupID: '2026-08-01T02:00:03Z'}), {'backup-id': '2026-08-01T02:00:03Z'})
  assert.deepEqual(restore.parameters({backupID: ''}), {})
})

const unit = (over: Partial<UnitView> = {}): UnitView => ({
  name: 'mongodb/0',
  workloadStatus: 'active',
  workloadMessage: '',
  agentStatus: 'idle',
  leader: true,
  ...over,
})

test('S1.14 MongoDB says why a backup of it cannot be cancelled', () => {
  assert.equal(backup.cancelSafety.safe, false)
  assert.match(backup.cancelSafety.why, /the charm has no action that stops it/)
})

test('what the units of either track show while PBM works, and what they complain of', () => {
  const shows = (workloadMessage: string, workloadStatus = 'maintenance') => unit({workloadMessage, workloadStatus})
  for (const text of [
    "backup started/running, backup id:'X'",
    "Backup started/running, backup id: 'X'",
    'Backing up...',
  ])
    assert.equal(backup.busyWith(shows(text)), 'Backup', text)
  for (const text of ["restore started/running, backup id:'X'", 'Restoring...'])
    assert.equal(backup.busyWith(shows(text)), 'Restore', text)
  assert.equal(backup.busyWith(shows('Backing up...', 'active')), undefined)
  for (const text of ['s3 credentials are incorrect.', 'Incorrect S3 credentials.'])
    assert.match(
      backup.storageComplaint(shows(text, 'blocked')) ?? '',
      /: correct the credentials in the s3-integrator$/,
    )
  assert.equal(backup.storageComplaint(shows('Primary.', 'blocked')), undefined)
  assert.match(restore.refusesNow(unit(), [shows('Incorrect S3 credentials.', 'blocked')]) ?? '', /Incorrect/)
  assert.equal(restore.refusesNow(unit(), [unit()]), undefined)
})

test('backups of MongoDB are made on the leader only, which is said', () => {
  const units = [unit({leader: false}), unit({name: 'mongodb/1'})]
  const choose = (over: object) => backup.chooseUnit({units, unsuitable: [], ...over})
  const chosen = choose({})
  assert(chosen.ok && chosen.unit === 'mongodb/1')
  const refusals: readonly [over: object, passing: boolean, message: RegExp][] = [
    [{wanted: 'mongodb/0'}, false, /mongodb\/0 is not the leader, mongodb\/1 is: .* on the leader only/],
    [{wanted: 'mongodb/7'}, false, /there is no unit mongodb\/7; there are mongodb\/0, mongodb\/1/],
    [{units: []}, true, /has no units/],
    [{units: [unit({leader: false})]}, true, /shows no leader/],
    [{unsuitable: ['mongodb/1']}, true, /mongodb\/1 refused, although Juju shows it as the leader/],
    [{units: [unit({workloadStatus: 'blocked'})]}, true, /the leader is not healthy: mongodb\/0 is blocked/],
  ]
  for (const [over, passing, message] of refusals) {
    const choice = choose(over)
    assert(!choice.ok)
    assert.equal(choice.passing, passing)
    assert.match(choice.message, message)
  }
})

test('the end of a restore of MongoDB is seen in the units, of this time only, and what it does not prove is said', () => {
  const ended = 1000
  const shows = (workloadMessage: string, workloadStatus: string, workloadSince?: number) => ({
    ...unit({workloadMessage, workloadStatus}),
    workloadSince,
  })
  const settled = (...units: SettleQuestion['units']) =>
    restore.settlement({
      target: {backupID: 'x'},
      unit: 'mongodb/0',
      taskEndedAt: ended,
      output: {'restore-status': 'restore started'},
      units,
      application: {workloadStatus: 'active', workloadMessage: ''},
    })
  const running = settled(shows("Restore started/running, backup id: 'x'", 'maintenance', ended - 1))
  assert(running.state === 'Running' && /debug-log/.test(running.stuck ?? ''))
  assert.equal(settled(shows('', 'active', ended - 1)).state, 'Running')
  const done = settled(shows('', 'active', ended + 1))
  assert(done.state === 'Done' && /not whether it did so well/.test(done.evidence))
  const other = {...shows('Restoring...', 'maintenance'), name: 'mongodb/1'}
  assert.equal(settled(shows('', 'active', ended + 1), other).state, 'Running')
  const failed = settled(shows('Unknown PBM error, check logs.', 'blocked', ended + 1))
  assert(failed.state === 'Failed' && /then restore again/.test(failed.message))
  assert.equal(settled(shows('Unknown PBM error, check logs.', 'blocked', ended - 1)).state, 'Running')
  assert.equal(settled().state, 'Running')
  assert.match(restore.afterwards(unit(), []) ?? '', /look at the data/)
})
