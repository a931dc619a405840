import assert from 'node:assert/strict'
import {test} from 'node:test'
import {profileFor, whyUnsupported, type CharmFacts, type FailureKind} from '../../../src/charms/index.ts'
import {profile, recorded} from './recordings.ts'

const facts: CharmFacts = {
  name: 'postgresql',
  channel: '16/stable',
  charmUrl: 'ch:amd64/noble/postgresql-843',
  actions: ['create-backup', 'list-backups', 'get-primary'],
}

const known: readonly [sentence: string, change: Partial<CharmFacts>, id: string][] = [
  ['machine charm of track 16', {}, 'postgresql-16'],
  ['machine charm of track 14', {channel: '14/edge'}, 'postgresql-14'],
  ['a branch of a track', {channel: '14/edge/fix-1'}, 'postgresql-14'],
  ['Kubernetes charm of track 16', {name: 'postgresql-k8s'}, 'postgresql-k8s-16'],
  ['Kubernetes charm of track 14', {name: 'postgresql-k8s', channel: '14/stable'}, 'postgresql-k8s-14'],
  ['a local charm, by the version of its workload', {channel: '', workloadVersion: '14.15'}, 'postgresql-14'],
  [
    'a track of one’s own, by the version of its workload',
    {channel: 'latest/edge', workloadVersion: '16.9'},
    'postgresql-16',
  ],
  [
    'a local charm without a version, by the actions that only 14 has',
    {channel: '', actions: [...facts.actions, 'set-password']},
    'postgresql-14',
  ],
  ['a charm whose actions are not known yet', {actions: []}, 'postgresql-16'],
]
for (const [sentence, change, id] of known) {
  test(`profile of ${sentence}`, () => {
    assert.equal(profileFor({...facts, ...change})?.id, id)
    assert.equal(whyUnsupported({...facts, ...change}), undefined)
  })
}

const unknown: readonly [sentence: string, change: Partial<CharmFacts>, why: RegExp][] = [
  ['another charm', {name: 'kafka'}, /^charm kafka has no backups: Kafka is not backed up but replicated/],
  [
    'a name that only begins the same',
    {name: 'postgresql-test-app', actions: []},
    /^charm postgresql-test-app is not one/,
  ],
  [
    'a track that is not known',
    {channel: '18/stable', workloadVersion: '18.1'},
    /\(channel 18\/stable, version 18.1\) is of no track that Charmkeeper knows: 14 and 16$/,
  ],
  ['a local charm of which nothing is known', {channel: '', actions: []}, /\(channel none\) is of no track/],
  [
    'a charm without the action',
    {actions: ['get-primary', 'list-backups']},
    /^charm ch:amd64\/noble\/postgresql-843 has no action create-backup$/,
  ],
]
for (const [sentence, change, why] of unknown) {
  test(`no profile for ${sentence}, and a sentence why`, () => {
    assert.equal(profileFor({...facts, ...change}), undefined)
    assert.match(whyUnsupported({...facts, ...change}) ?? '', why)
  })
}

test('S1.3 the type is passed exactly as the charm wants it', () => {
  const {parameters} = profile('postgresql-16').backup
  assert.deepEqual(parameters({type: 'Full'}), {type: 'full'})
  assert.deepEqual(parameters({type: 'Differential'}), {type: 'differential'})
  assert.deepEqual(parameters({type: 'Incremental'}), {type: 'incremental'})
})

test('S1.3 a revision whose action has no type offers full backups only, and gets no parameter', () => {
  const old = profileFor({...facts, actionParameters: {'create-backup': []}})
  assert.deepEqual(old?.backup.types, ['Full'])
  assert.deepEqual(old?.backup.parameters({type: 'Full'}), {})
  assert.deepEqual(profileFor({...facts, actionParameters: {'create-backup': ['type']}})?.backup.types.length, 3)
})

test('S1.2 PostgreSQL backups are physical, on every track and platform', () => {
  for (const id of ['postgresql-14', 'postgresql-16', 'postgresql-k8s-14', 'postgresql-k8s-16'] as const) {
    assert.equal(profile(id).backup.method, 'Physical')
  }
})

test('S1.15 cancelling a PostgreSQL backup is unsafe, and the profile says why', () => {
  const {safe, why} = profile('postgresql-16').backup.cancelSafety
  assert.equal(safe, false)
  assert.match(why, /keeps other members from connecting .* until a person repairs it/)
})

/** The recorded ends of create-backup and list-backups, and what they mean. */
const classified: Readonly<Record<string, FailureKind>> = {
  'invalid-type': 'Permanent',
  'type-case': 'Permanent',
  'empty-type': 'Permanent',
  'differential-no-backup': 'Permanent',
  'incremental-no-backup': 'Permanent',
  'incremental-no-stanza': 'Permanent',
  'standby-cluster': 'Standby',
  'unit-blocked': 'Permanent',
  'primary-with-3-units': 'WrongUnit',
  'primary-with-3-units-no-tls': 'WrongUnit',
  'replica-no-tls': 'WrongUnit',
  'db-offline': 'Transient',
  'member-not-started': 'Transient',
  'stanza-missing': 'Transient',
  'no-s3-relation': 'StorageNotConfigured',
  'missing-s3-parameters': 'StorageNotConfigured',
  'metadata-upload-fails': 'Transient',
  'log-upload-fails': 'Transient',
  'listing-fails-after-backup': 'Transient',
  'incremental-list-error': 'Transient',
  'pgbackrest-lock': 'Transient',
  'pgbackrest-db-down': 'Transient',
  'pgbackrest-fails-differential': 'Transient',
  'pgbackrest-killed-SIGTERM': 'Transient',
  'pgbackrest-silent-failure': 'Transient',
  'info-rc-error': 'Transient',
  'info-invalid+ls-error': 'Transient',
  'ls-dns-error': 'Transient',
  '00-no-stanza': 'Unknown',
}

test('every failure that real charm code produced is classified', () => {
  const failures = [...recorded('create-backup'), ...recorded('list-backups')].filter(
    ({output}) => output.task !== 'completed',
  )
  assert(failures.length > 80)
  for (const {charm, name, output} of failures) {
    const message = output.message ?? output.exception ?? ''
    // The one bug of one charm that leaves no words of its own.
    const expected = message.startsWith('TypeError') ? 'Unknown' : classified[name]
    assert.equal(profile(charm).backup.classifyFailure(message), expected, `${charm} ${name}: ${message}`)
  }
})

test('every documented failure text is found inside of a longer message; anything else is unknown', () => {
  const {failureTexts, classifyFailure} = profile('postgresql-16').backup
  for (const {text, kind} of failureTexts) assert.equal(classifyFailure(`action failed: ${text}: more`), kind, text)
  for (const text of ['', 'exit status 1', 'action terminated']) assert.equal(classifyFailure(text), 'Unknown')
})

test('a unit that makes or restores a backup is recognised by what real charm code sets', () => {
  const {busyWith} = profile('postgresql-16').backup
  const seen = recorded('create-backup').flatMap(({output}) => output.unit_statuses_set ?? [])
  const words = new Set(seen.filter(({status}) => status === 'maintenance').map(({message}) => message))
  assert.deepEqual([...words], ['creating backup'])
  const unit = {name: 'postgresql/0', agentStatus: 'executing', workloadStatus: 'maintenance'}
  assert.equal(busyWith({...unit, workloadMessage: 'creating backup'}), 'Backup')
  assert.equal(busyWith({...unit, workloadMessage: 'restoring backup'}), 'Restore')
  assert.equal(busyWith({...unit, workloadMessage: 'initialising stanza'}), undefined)
  assert.equal(busyWith({...unit, workloadStatus: 'blocked', workloadMessage: 'restoring backup'}), undefined)
})

test('a unit that cannot use its store says so', () => {
  const {storageComplaint} = profile('postgresql-14').backup
  const unit = {name: 'postgresql/0', agentStatus: 'idle', workloadStatus: 'blocked'}
  const text = 'the S3 repository has backups from another cluster'
  assert.equal(storageComplaint({...unit, workloadMessage: text}), text)
  assert.equal(storageComplaint({...unit, workloadMessage: 'no disk'}), undefined)
})

test('the primary is a unit name or nothing', () => {
  const {parsePrimary} = profile('postgresql-16').backup
  assert.equal(parsePrimary({primary: 'postgresql/2', more: 1}), 'postgresql/2')
  for (const primary of [undefined, '', 'None', 7, 'postgresql']) assert.equal(parsePrimary({primary}), undefined)
})
