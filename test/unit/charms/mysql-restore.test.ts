import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {explain, profileFor, type SettleQuestion} from '../../../src/charms/index.ts'
import {outcome, recorded, restoreOf} from './recordings.ts'

const restore = restoreOf('mysql-8.0')

/** The recorded ends of restore, and what they mean. Those that are not here succeeded. */
const classified: Readonly<Record<string, string>> = {
  'no params': 'Failed',
  'only time': 'Failed',
  'bad time 2026-08-01 03:00:00+00': 'Failed',
  'bad time 2026-08-01 03:00:00.5': 'Failed',
  'bad time 2026-13-01 00:00:00': 'Failed',
  'no relation': 'StorageNotConfigured',
  'missing parameters': 'StorageNotConfigured',
  'not connectable': 'Failed, passing',
  busy: 'Failed, passing',
  'unknown id': 'BackupNotFound',
  'in-progress id': 'BackupNotFound',
  'stop fails': 'Failed',
  'kill sessions fails': 'Failed',
  'retrieve fails': 'Failed',
  'prepare fails': 'Failed',
  'empty data fails': 'Destroyed',
  'restore fails': 'Destroyed',
  'start fails': 'Destroyed',
  'pitr fails': 'Destroyed',
  'create cluster fails': 'Destroyed',
  'rescan fails': 'Destroyed',
  'not leader': 'Destroyed',
}

test('S1.32 every failed restore that real MySQL charm code produced is classified, with what to do next', () => {
  const cases = recorded('restore', 'mysql').filter(({output}) => output.task !== 'completed')
  assert(cases.length >= 20, `${cases.length} cases`)
  for (const {name, output} of cases) {
    const words = output.message ?? output.exception ?? ''
    assert.equal(outcome(restore.classifyFailure(words)), classified[name], `${name}: ${words}`)
    assert.notEqual(explain(restore.failureTexts, words), words)
  }
})

test('S1.32 a unit that is blocked after its restore failed has lost its data, one that is not has not', () => {
  for (const {name, output} of recorded('restore', 'mysql').filter(each => each.output.task === 'failed')) {
    const isBlocked = (output.statuses_set ?? []).some(({status}) => status === 'blocked')
    assert.equal(restore.classifyFailure(output.message ?? '').kind, isBlocked ? 'Destroyed' : 'Refused', name)
  }
})

test('the texts of the papers that no recording has are known as well, and others are not', () => {
  for (const {text, failure} of restore.failureTexts)
    assert.deepEqual(restore.classifyFailure(`action failed: ${text}: more`), failure)
  assert.equal(
    outcome(restore.classifyFailure('Failed to create InnoDB cluster-set on restored instance')),
    'Destroyed',
  )
  assert.equal(outcome(restore.classifyFailure('Bucket demo does not exist')), 'StorageNotConfigured')
  for (const text of ['', 'exit status 1', 'Failed to backup PostgreSQL with error'])
    assert.equal(restore.classifyFailure(text).kind, 'Unknown')
})

test('S1.23 MySQL takes a moment with a backup only, by the second, and never an empty text', () => {
  const backupID = '2026-08-01T02:00:03Z'
  assert.equal(restore.pointInTime, 'WithBackup')
  assert.deepEqual(restore.parameters({backupID}), {'backup-id': backupID})
  assert.deepEqual(restore.parameters({backupID, moment: 'latest'}), {
    'backup-id': backupID,
    'restore-to-time': 'latest',
  })
  assert.deepEqual(restore.parameters({backupID, moment: '2026-08-01T05:00:00.999+02:00'}), {
    'backup-id': backupID,
    'restore-to-time': '2026-08-01 03:00:00',
  })
  assert.deepEqual(restore.parameters({backupID: '', moment: ''}), {})
})

test('S1.23 no moment that is sent to MySQL is later than the one that was asked for', () => {
  const times = fc.date({min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true})
  fc.assert(
    fc.property(times, moment => {
      const sent = restore.parameters({backupID: 'x', moment: moment.toISOString()})['restore-to-time'] ?? ''
      assert.match(sent, /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
      const lost = moment.getTime() - Date.parse(`${sent.replace(' ', 'T')}Z`)
      assert(lost >= 0 && lost < 1000)
    }),
  )
})

test('S1.23 a revision whose restore takes no moment, or that has no restore, does not offer it', () => {
  const facts = {name: 'mysql', channel: '8.0/stable', charmUrl: '', actions: ['create-backup', 'list-backups']}
  assert.equal(profileFor(facts)?.restore, undefined)
  const actions = [...facts.actions, 'restore']
  assert.equal(
    profileFor({...facts, actions, actionParameters: {restore: ['backup-id']}})?.restore?.pointInTime,
    'None',
  )
})

const question: SettleQuestion = {
  target: {backupID: '2026-08-01T02:00:03Z'},
  unit: 'mysql/0',
  taskEndedAt: 0,
  output: {completed: 'ok'},
  units: [],
  application: {workloadStatus: 'active', workloadMessage: ''},
}

test('the restore of MySQL is over with its task, as every recorded one that went well says', () => {
  for (const {name, output} of recorded('restore', 'mysql').filter(each => each.output.task === 'completed')) {
    const settled = restore.settlement({...question, output: output.results ?? {}})
    assert.equal(settled.state, 'Done', name)
  }
  const silent = restore.settlement({...question, output: {}})
  assert(silent.state === 'Failed')
  assert.match(silent.message, /does not say `completed: ok`.*juju debug-log --include mysql\/0/)
})

test('S1.27 after each restore a person is told to give the cluster a path of its own', () => {
  const {statuses_set: shown = []} = recorded('restore', 'mysql').find(({name}) => name === 'ok latest')?.output ?? {}
  const {status = '', message = ''} = shown.findLast(({entity}) => entity === 'app') ?? {}
  assert.equal(status, 'blocked')
  assert.match(
    restore.afterwards({workloadStatus: status, workloadMessage: message}, []) ?? '',
    /^Move restored cluster .*set another path in the s3-integrator.*The data is restored/,
  )
  assert.equal(restore.afterwards({workloadStatus: 'active', workloadMessage: ''}, []), undefined)
})

test('S1.28 a standby cluster of MySQL says so, and nothing else makes it one', () => {
  const unit = {name: 'mysql/0', workloadStatus: 'active', workloadMessage: 'Standby', agentStatus: 'idle'}
  const application = {workloadStatus: 'active', workloadMessage: ''}
  assert(restore.isStandby(application, [unit]))
  assert(!restore.isStandby(application, [{...unit, workloadMessage: 'Primary'}]))
  assert.equal(restore.refusesNow(application, [unit]), undefined)
})
