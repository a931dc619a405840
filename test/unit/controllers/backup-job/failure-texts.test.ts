/** Every text with which a charm's backup or listing fails (reference/charms.md, 1 and 7): its reason, and the next step. */
import {test} from 'node:test'
import assert from 'node:assert/strict'
import {profileFor} from '../../../../src/charms/profiles.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {
  application,
  enqueued,
  intent,
  listing,
  now,
  observed,
  over,
  row,
  says,
  task,
  unit,
  type World,
} from './builders.ts'

interface CharmOfTable {
  readonly name: string
  readonly channel: string
  readonly application: string
}

const postgresql16 = {name: 'postgresql', channel: '16/stable', application: 'postgresql'}
const postgresqlK8s14 = {name: 'postgresql-k8s', channel: '14/stable', application: 'postgresql-k8s'}
const mysql = {name: 'mysql', channel: '8.0/stable', application: 'mysql'}

const old = '2026-11-21T02:00:00Z'

/** What the job says once its task has failed with these words and the charm lists nothing new. */
function afterFailure(charm: CharmOfTable, words: string, spec: World['spec'] = {}): string {
  const world: World = {
    spec: {application: charm.application, ...spec},
    status: {
      ...over('failed', words),
      unit: `${charm.application}/1`,
      intent: {...intent, unit: `${charm.application}/1`, newestBackupID: old},
    },
    readings: {after: listing(row(old))},
  }
  const seen = task({status: 'failed', message: words, receiver: `${charm.application}/1`})
  return says(decide(observed(world, {application: present(charm), task: seen})))
}

/** What the job says when the list before the start could not be had three times. */
function afterListing(charm: CharmOfTable, words: string): string {
  const failed = {state: 'failed', message: words, failures: 3, retryAt: now} as const
  const world: World = {
    spec: {application: charm.application},
    status: {grantedAt: new Date(now - 1000).toISOString()},
    readings: {before: failed},
  }
  return says(decide(observed(world, {application: present(charm)})))
}

function present({name, channel, application: app}: CharmOfTable) {
  const units = [unit(`${app}/0`, {leader: true, workloadMessage: 'Primary'}), unit(`${app}/1`), unit(`${app}/2`)]
  return {
    state: 'present',
    view: application({charm: name, channel, charmURL: `ch:amd64/${name}-1`, units}),
    profile: profileOf({name, channel}),
    unsupported: '',
  } as const
}

function profileOf({name, channel}: Pick<CharmOfTable, 'name' | 'channel'>) {
  const actions = ['create-backup', 'list-backups', 'get-primary', 'get-cluster-status', 'restore']
  const profile = profileFor({name, channel, charmUrl: `ch:amd64/${name}-1`, actions})
  assert(profile, `${name} ${channel} has a profile`)
  return profile
}

/** How a job ends, or goes on, and what its message tells a person to do. */
type Row = readonly [words: string, end: keyof typeof ends, nextStep: RegExp]

/** By its end: what the job does, and with a second attempt allowed. */
const ends = {
  Failed: {alone: 'finish Failed', again: 'finish Failed'},
  Repeated: {alone: 'finish Failed', again: 'wait RetryBackoff'},
  OtherUnit: {alone: 'wait RetryBackoff', again: 'wait RetryBackoff'},
  StandbyCluster: {alone: 'finish StandbyCluster', again: 'finish StandbyCluster'},
  StorageNotConfigured: {alone: 'finish StorageNotConfigured', again: 'finish StorageNotConfigured'},
} as const

const integrate = /Integrate the application with an s3-integrator/
const setMissing = /Set what is missing in the s3-integrator: bucket and credentials/
const mayWrite = /check that the keys of the s3-integrator may write to the bucket/
const readable = /check endpoint, bucket and credentials of the s3-integrator/
const another = /Trying another unit/
const clusterStatus = /get-cluster-status/
const restart = /Restart MySQL on it.*snap restart/
const debugLog = /juju debug-log/

const onPostgresql: readonly Row[] = [
  ['Invalid backup type: x. Possible values: full, differential, incremental.', 'Failed', /set backup\.type/],
  ['Invalid backup type: incremental. No previous full backup to reference.', 'Failed', /make a Full one/],
  [
    'Backups are not supported on a standby cluster. Run create-backup on the primary cluster instead.',
    'StandbyCluster',
    /take that one/,
  ],
  ['Unit is in a blocking state', 'Failed', /its status says what a person has to do/],
  ['Unit cannot perform backups as the database seems to be offline', 'Repeated', /try again when the unit is active/],
  ['Unit cannot perform backups as it is the cluster primary', 'OtherUnit', another],
  ['Unit cannot perform backups as TLS is not enabled', 'OtherUnit', another],
  ["Unit cannot perform backups as it's not in running state", 'Repeated', /try again when the unit is active/],
  ['Stanza was not initialised', 'Repeated', /try again when the unit is active, or look at the settings/],
  ['Relation with s3-integrator charm missing, cannot create/restore backup.', 'StorageNotConfigured', integrate],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  ['Failed to upload metadata to provided S3', 'Repeated', mayWrite],
  ['Failed to backup PostgreSQL with error: ERROR: [056]: unable to find primary cluster', 'Repeated', debugLog],
  [
    "Failed to backup PostgreSQL with error: non-zero exit code 56 executing 'pgbackrest'",
    'Repeated',
    /juju debug-log has them/,
  ],
  ['Failed to retrieve backup id', 'Repeated', /look with list-backups before you make another one/],
  ['Error uploading logs to S3', 'Repeated', mayWrite],
  ['ListBackupsError: Failed to list backups with error: ERROR: [055]: unable to load info file', 'Repeated', readable],
  ["ExecError: non-zero exit code 55 executing 'pgbackrest', stdout='', stderr=''", 'Repeated', debugLog],
]

const onMysql: readonly Row[] = [
  ['Missing relation with S3 integrator charm', 'StorageNotConfigured', integrate],
  ['S3 relation is blocked for write', 'Failed', /Give the cluster a path of its own in the s3-integrator/],
  ['Process mysqld not running', 'OtherUnit', another],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  ['Cluster status unknown', 'Repeated', clusterStatus],
  ['Cluster is not in a healthy state', 'Repeated', clusterStatus],
  ['Unit is waiting to start or restart', 'OtherUnit', another],
  ['Backup already in progress on another unit', 'Repeated', restart],
  ['Failed to check if a backup is already in progress', 'Repeated', clusterStatus],
  ['Error obtaining member state', 'OtherUnit', another],
  ['Unit cannot perform backups as it is the cluster primary', 'OtherUnit', another],
  ['Unit cannot perform backups as its state is RECOVERING', 'OtherUnit', another],
  ['Failed to upload metadata to provided S3', 'Repeated', mayWrite],
  ['Error setting instance option tag:_hidden', 'Repeated', restart],
  ['Error setting instance as offline before performing backup', 'Repeated', clusterStatus],
  ['Error backing up the database', 'Repeated', /read the log of the backup/],
  ['Error uploading logs to S3', 'Repeated', mayWrite],
  ['Error deleting temp backup directory', 'Repeated', restart],
  ['Error unsetting instance as offline before performing backup', 'Repeated', restart],
  ['Bucket backups does not exist', 'Repeated', /Create the bucket, or correct it/],
]

const failures = [
  [postgresql16, onPostgresql],
  [postgresqlK8s14, onPostgresql],
  [mysql, onMysql],
] as const
for (const [charm, rows] of failures)
  for (const [words, end, nextStep] of rows)
    test(`S2.12 ${charm.name}: "${words}" ends as ${end}, with the words of the charm and what to do`, () => {
      const alone = afterFailure(charm, words)
      assert.ok(alone.startsWith(`${ends[end].alone}: `), alone)
      assert.ok(alone.includes(words.replace(/\.$/, '')), alone)
      assert.match(alone, nextStep)
      const again = afterFailure(charm, words, {backoffLimit: 3})
      assert.ok(again.startsWith(`${ends[end].again}: `), again)
    })

const listings = [
  [
    postgresql16,
    'Failed to list PostgreSQL backups with error: Failed to list repository with error: ERROR: [041]: x',
    readable,
  ],
  [
    postgresqlK8s14,
    "Failed to list PostgreSQL backups with error: non-zero exit code 55 executing 'pgbackrest'",
    readable,
  ],
  [
    postgresql16,
    'Backups are not supported on a standby cluster. Run list-backups on the primary cluster instead.',
    /take that one/,
  ],
  [mysql, 'Failed to retrieve backup ids from S3', /check its endpoint, path and credentials/],
  [mysql, 'Bucket backups does not exist', /Create the bucket, or correct it/],
] as const
for (const [charm, words, nextStep] of listings)
  test(`S2.12 ${charm.name}: a list that fails with "${words}" says what to do`, () => {
    const said = afterListing(charm, words)
    const end = words.includes('standby cluster') ? /^finish StandbyCluster: / : /^finish Failed: /
    assert.match(said, end)
    assert.match(said, /the backups could not be listed: /i)
    assert.ok(said.includes(words.replace(/\.$/, '')), said)
    assert.match(said, nextStep)
  })

test('no text of a charm is without a row here', () => {
  for (const [charm, rows] of failures) {
    const words = [...rows.map(([one]) => one), ...listings.map(([, one]) => one)]
    for (const {text} of profileOf(charm).backup.failureTexts)
      assert.ok(
        words.some(one => one.includes(text)),
        `${charm.name}: ${text}`,
      )
  }
})

test("S2.12 words that are no charm's lead to where more is said", () => {
  for (const {name, ...charm} of [postgresql16, postgresqlK8s14, mysql]) {
    const said = afterFailure({name, ...charm}, 'exit status 1')
    assert.match(
      said,
      /^finish Failed: The backup failed: exit status 1\. Look with juju show-task 9, and at juju debug-log$/,
      name,
    )
  }
})

test('what a unit showed while it worked is not taken for the reason of a failure without words', () => {
  const units = [unit('postgresql/1', {workloadStatus: 'maintenance', workloadMessage: 'creating backup'})]
  const ended = decide(observed({status: enqueued, view: {units}}, {task: task({status: 'failed'})}))
  assert.equal(ended.do === 'wait' && ended.report.patch?.lastMessage, 'the task ended without a message')
})
