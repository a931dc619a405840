import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {lockingActionsOf, profileFor, whyUnsupported, type CharmFacts} from '../../../src/charms/index.ts'

const facts: CharmFacts = {
  name: 'newdb',
  channel: 'latest/edge',
  charmUrl: 'ch:amd64/newdb-7',
  actions: ['create-backup', 'list-backups', 'restore'],
  actionParameters: {'create-backup': [], 'list-backups': [], restore: ['backup-id']},
}
const profile = profileFor(facts)
assert(profile)
const {backup, restore} = profile
assert(restore)

test('a charm that nobody knows is served with care if it has the actions', () => {
  assert.equal(profile.id, 'generic')
  assert.deepEqual(
    [backup.method, backup.types, backup.completion, backup.layout],
    [undefined, ['Full'], 'Task', 'None'],
  )
  assert.deepEqual(backup.lockingActions, ['create-backup', 'restore'])
  assert.deepEqual([backup.cancelSafety.safe, backup.storageEndpoint, backup.listOn], [false, undefined, 'Leader'])
  assert.deepEqual([restore.pointInTime, restore.units, restore.timelines], ['None', 'Any', false])
  assert.equal(backup.classifyFailure('any words'), 'Unknown')
  assert.deepEqual(restore.classifyFailure('any words'), {kind: 'Unknown'})
})

const without: readonly [sentence: string, change: Partial<CharmFacts>, why: RegExp][] = [
  ['one action is missing', {actions: ['create-backup']}, /has not both actions, create-backup and list-backups/],
  ['its actions are not known', {actions: []}, /has not both actions/],
  ['it is known to have none', {name: 'kafka'}, /^charm kafka has no backups: Kafka is not backed up but replicated/],
  ['it keeps no data', {name: 'pgbouncer-k8s'}, /back up the PostgreSQL behind it/],
  ['it is an integrator', {name: 's3-integrator'}, /an integrator keeps no data/],
]
for (const [sentence, change, why] of without) {
  test(`no profile for a charm of which ${sentence}, and a sentence why`, () => {
    assert.equal(profileFor({...facts, ...change}), undefined)
    assert.match(whyUnsupported({...facts, ...change}) ?? '', why)
  })
}

test('a charm without restore, or whose restore takes no backup-id, offers none', () => {
  assert.equal(profileFor({...facts, actions: ['create-backup', 'list-backups']})?.restore, undefined)
  assert.equal(profileFor({...facts, actionParameters: {restore: ['snapshot']}})?.restore, undefined)
})

test('what was run shows what a charm can do, although its schema was not read again', () => {
  for (const ran of ['create-backup', 'restore']) {
    const {actionParameters: _unread, ...unread} = facts
    const found = profileFor({...unread, actions: [], ran})
    assert.equal(found?.id, 'generic')
    assert(found.restore)
  }
  const valkey = {name: 'valkey', channel: '9/edge', charmUrl: 'ch:valkey-1', actions: []}
  assert.equal(profileFor({...valkey, ran: 'restore-backup'})?.restore?.action, 'restore-backup')
  assert.equal(profileFor({...facts, actions: [], ran: 'pause'}), undefined)
})

test('unfinished backups and restores hold the application of any charm, whether or not its actions were read', () => {
  for (const actions of [[], facts.actions])
    assert.deepEqual(lockingActionsOf({...facts, actions}), ['create-backup', 'restore'])
})

const tables: readonly [sentence: string, backups: unknown, rows: readonly string[] | RegExp][] = [
  ['a table with states', 'backup-id | backup-status\n---\n2026-08-01T02:00:03Z | finished', ['+2026-08-01T02:00:03Z']],
  [
    'other names and more columns',
    'Bucket: x\n\nbackup-id | size | type | status\n---\n2026-08-01T02:00:03Z | 7 | full | In Progress\n2026-08-02T02:00:03Z | 8 | full | failed: disk full',
    ['?2026-08-01T02:00:03Z', '-2026-08-02T02:00:03Z disk full'],
  ],
  ['a table of ids alone', 'backup-id\n---\n2026-08-01T02:00:03Z', ['+2026-08-01T02:00:03Z']],
  ['an empty table', 'backup-id | status\n---', []],
  ['a word that nobody knows', 'backup-id | status\n2026-08-01T02:00:03Z | parked', ['-2026-08-01T02:00:03Z parked']],
  [
    'JSON as text, newest first',
    JSON.stringify([
      {id: '2026-08-02T02:00:03Z', state: 'SUCCESS'},
      {'backup-id': '2026-08-01T02:00:03Z', path: 'x'},
    ]),
    ['+2026-08-01T02:00:03Z', '+2026-08-02T02:00:03Z'],
  ],
  ['JSON that Juju has made an object of', [{id: '2026-08-01T02:00:03Z'}], ['+2026-08-01T02:00:03Z']],
  ['an id that does not sort by age', 'backup-id | status\nnightly | finished', /line 2 .* cannot be read/],
  ['an entry without an id', '[{"name": "x"}]', /entry 1 of list-backups cannot be read: \{"name":"x"\}/],
  ['something else', 'nothing here', /printed no table/],
  ['nothing', undefined, /no text under the key backups/],
]
for (const [sentence, backups, rows] of tables) {
  test(`the list of an unknown charm: ${sentence}`, () => {
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

test('no answer of a charm makes the reading fail otherwise than in words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue()), backups => {
      const listing = backup.parseListing({backups})
      assert(listing.ok || listing.message !== '')
    }),
  )
})

const question = {
  target: {backupID: '2026-08-01T02:00:03Z'},
  unit: 'newdb/0',
  taskEndedAt: 1000,
  output: {},
  application: {workloadStatus: 'active', workloadMessage: ''},
}
const unit = {
  name: 'newdb/0',
  workloadStatus: 'active',
  workloadMessage: '',
  agentStatus: 'idle',
  workloadSince: 10,
}

test('a restore of an unknown charm is over when every unit is well again, and a person is asked to look', () => {
  const settled = (...units: (typeof unit)[]) => restore.settlement({...question, units})
  assert.deepEqual(settled(unit).state, 'Done')
  assert.match(JSON.stringify(settled({...unit, workloadSince: 2000})), /since 1970-01-01T00:00:02/)
  for (const change of [{workloadStatus: 'maintenance'}, {agentStatus: 'executing'}, {workloadStatus: 'error'}])
    assert.equal(settled(unit, {...unit, name: 'newdb/1', ...change}).state, 'Running')
  assert.equal(settled().state, 'Running')
  assert.match(restore.afterwards(unit, []) ?? '', /look at the data/)
  assert.deepEqual(restore.parameters({backupID: 'x', moment: 'latest'}), {'backup-id': 'x'})
})
