import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  explain,
  profileFor,
  type BackupRow,
  type RestoreCapability,
  type SettleQuestion,
  type Settlement,
  type TimedUnitView,
} from '../../../src/charms/index.ts'
import {outcome, recorded, restoreOf as restoreOfCharm} from './recordings.ts'

const restoreOf = (id = 'postgresql-16'): RestoreCapability => restoreOfCharm(id)

const ids = ['postgresql-14', 'postgresql-16', 'postgresql-k8s-14', 'postgresql-k8s-16']

/** The recorded ends of restore, and what they mean. Those that are not here were begun. */
const classified: readonly [cases: RegExp, outcome: string][] = [
  [/^(no-params|empty-backup-id|bad-time .*|order-of-checks: 3 units \+ bad time.*)$/, 'Failed'],
  // Juju's words for a crash of the charm say nothing; the operator never sends what leads to these two.
  [/^(empty-both|empty-restore-to-time)$/, 'Unknown'],
  [/^latest-(empty-repository|no-stanza)$/, 'Unknown'],
  [/^(unknown-id|malformed-id|label-instead-of-id|errored-backup-id|id-no-stanza)$/, 'BackupNotFound'],
  [/^time-(before-everything|empty-repository)$/, 'OutsideWindow'],
  [/^latest-no-base-backup-on-newest-timeline$/, 'BackupNotFound'],
  [/^timeline-id-alone$/, 'Failed'],
  [/^standby-cluster$/, 'StandbyCluster'],
  [/^(no-s3-relation|missing-s3-parameters)$/, 'StorageNotConfigured'],
  [/^(blocked-other|blocked-failed-to-restore)$/, 'Failed'],
  [/^(three-units|order-of-checks: unknown id \+ 3 units)$/, 'NeedsSingleUnit'],
  [/^async-replication$/, 'Failed'],
  [/^not-leader$/, 'Failed, passing'],
  [/^(list-fails-rc|repo-ls-fails)$/, 'Failed, passing'],
  [/^(stop-fails|override-fails)$/, 'Failed'],
  [/^(empty-data-fails|patronictl-remove-fails|delete-endpoints-fails)$/, 'Destroyed'],
]

test('S1.32 every failed restore that real charm code produced is classified, with what to do next', () => {
  const seen = new Set<string>()
  for (const {charm, name, output} of recorded('restore')) {
    if (output.task === 'completed') continue
    const {classifyFailure, failureTexts} = restoreOf(charm)
    const words = output.message ?? output.exception ?? ''
    // On Kubernetes the check of standby clusters is that of the relation (reference/charms.md, 7, #7).
    const expected =
      charm.startsWith('postgresql-k8s') && name === 'standby-cluster'
        ? 'Failed'
        : classified.find(([cases]) => cases.test(name))?.[1]
    assert.equal(outcome(classifyFailure(words)), expected, `${charm} ${name}: ${words}`)
    if (expected !== 'Unknown') assert.notEqual(explain(failureTexts, words), words)
    seen.add(name)
  }
  assert(seen.size >= 35, `${seen.size} cases`)
})

test('S1.32 what failed before the data was touched left the data; what failed later may not have', () => {
  for (const {charm, name, output} of recorded('restore').filter(each => each.output.task === 'failed')) {
    const touched = (output.unit_statuses_set ?? []).length > 0
    const {kind} = restoreOf(charm).classifyFailure(output.message ?? '')
    if (kind === 'Destroyed') assert(touched, `${charm} ${name}`)
    if (touched && !/^(stop|override)-fails$/.test(name)) assert.equal(kind, 'Destroyed', `${charm} ${name}`)
  }
})

test('the texts of the papers that no recording has are known as well, and others are not', () => {
  const {failureTexts, classifyFailure} = restoreOf()
  for (const {text, failure} of failureTexts) assert.deepEqual(classifyFailure(`action failed: ${text}: more`), failure)
  for (const text of ['', 'exit status 1', 'action terminated', 'Failed to list PostgreSQL backups'])
    assert.equal(classifyFailure(text).kind, 'Unknown')
  const logical = classifyFailure('Unit cannot restore backup with an active logical replication relation')
  assert.equal(outcome(logical), 'Failed')
})

const parameterTable: readonly [
  sentence: string,
  target: Parameters<RestoreCapability['parameters']>[0],
  sent: object,
][] = [
  ['a backup', {backupID: '2026-11-22T18:44:24Z'}, {'backup-id': '2026-11-22T18:44:24Z'}],
  ['the newest end', {moment: 'latest'}, {'restore-to-time': 'latest'}],
  ['a moment', {moment: '2026-11-22T18:44:40Z'}, {'restore-to-time': '2026-11-22 18:44:40+00'}],
  [
    'a moment in another zone',
    {moment: '2026-11-22T18:44:40.25+05:30'},
    {'restore-to-time': '2026-11-22 13:14:40.25+00'},
  ],
  [
    'a moment finer than the charm takes it',
    {moment: '2026-11-22T18:44:40.123456789Z'},
    {'restore-to-time': '2026-11-22 18:44:40.123456+00'},
  ],
  [
    'a backup and a moment',
    {backupID: '2026-11-22T18:44:24Z', moment: '2026-11-22T18:44:40Z'},
    {'backup-id': '2026-11-22T18:44:24Z', 'restore-to-time': '2026-11-22 18:44:40+00'},
  ],
  [
    'a timeline and its end',
    {timelineID: '2026-11-22T18:44:42Z', moment: 'latest'},
    {'backup-id': '2026-11-22T18:44:42Z', 'restore-to-time': 'latest'},
  ],
  ['nothing, and no empty text', {backupID: '', moment: undefined}, {}],
]
for (const [sentence, target, sent] of parameterTable) {
  test(`S1.23 S1.24 parameters of a restore: ${sentence}`, () => {
    for (const id of ids) assert.deepEqual(restoreOf(id).parameters(target), sent)
  })
}

test('S1.23 any moment is sent in a form that the charm reads, and means the same moment', () => {
  const accepted = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00$/
  const times = fc.date({min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true})
  fc.assert(
    fc.property(times, moment => {
      const sent = restoreOf().parameters({moment: moment.toISOString()})['restore-to-time'] ?? ''
      assert.match(sent, accepted)
      assert.equal(Date.parse(sent.replace(' ', 'T').replace('+00', 'Z')), moment.getTime())
    }),
  )
})

test('S1.23 what is no time never reaches the charm', () => {
  for (const moment of ['yesterday', '2026-11-22', '2026-11-22T18:44:40', '2026-13-22T18:44:40Z'])
    assert.throws(() => restoreOf().parameters({moment}), /not a time of RFC 3339/)
})

test('S1.23 a revision whose restore takes no moment, or that has no restore, does not offer it', () => {
  const facts = {name: 'postgresql', channel: '14/stable', charmUrl: '', actions: ['create-backup', 'list-backups']}
  assert.equal(profileFor(facts)?.restore, undefined)
  const actions = [...facts.actions, 'restore']
  const old = profileFor({...facts, actions, actionParameters: {restore: ['backup-id']}})?.restore
  assert.deepEqual([old?.pointInTime, old?.timelines], ['None', false])
  assert.equal(profileFor({...facts, actions})?.restore?.pointInTime, 'Alone')
})

const ended = Date.parse('2026-11-23T02:00:00Z')
const unit: TimedUnitView = {
  name: 'postgresql/0',
  workloadStatus: 'active',
  workloadMessage: 'Primary',
  workloadSince: ended + 60_000,
  agentStatus: 'idle',
  leader: true,
}
const restoreRow = (timeline: string): BackupRow => ({
  id: '2026-11-23T02:03:00Z',
  action: 'restore',
  finished: true,
  timeline,
})
const question: SettleQuestion = {
  target: {moment: '2026-11-22T18:44:40Z'},
  unit: unit.name,
  taskEndedAt: ended,
  output: {'restore-status': 'restore started'},
  units: [unit],
  application: {workloadStatus: 'active', workloadMessage: ''},
  timelineBefore: '9',
}
const before = {...unit, workloadSince: ended - 60_000}
const blocked = (workloadMessage: string): TimedUnitView => ({...unit, workloadStatus: 'blocked', workloadMessage})
const restoring = {...before, workloadStatus: 'maintenance', workloadMessage: 'restoring backup'}

const settled: readonly [
  sentence: string,
  change: Partial<SettleQuestion>,
  state: Settlement['state'],
  says: RegExp,
][] = [
  ['the unit is active since after the task', {}, 'Done', /postgresql\/0 is active: "Primary", since 2026-11-23T02:01/],
  ['active, but from before', {units: [before]}, 'Running', /tells nothing .*see juju debug-log/],
  ['active, but since when is not known', {units: [{...unit, workloadSince: undefined}]}, 'Running', /tells nothing/],
  ['the charm restores', {units: [restoring]}, 'Running', /restoring backup.*can say so for ever/],
  [
    'the charm still says so, but the list has a new timeline',
    {units: [restoring], listing: {ok: true, rows: [restoreRow('A')]}},
    'Running',
    /already shows timeline A/,
  ],
  [
    'the status is old, but the list has a new timeline',
    {units: [before], listing: {ok: true, rows: [restoreRow('A')]}},
    'Done',
    /lists restore 2026-11-23T02:03:00Z with the new timeline A/,
  ],
  [
    'the newest timeline is that of before',
    {units: [before], listing: {ok: true, rows: [restoreRow('9')]}},
    'Running',
    /nothing/,
  ],
  ['the list cannot be read', {units: [before], listing: {ok: false, message: 'garbled'}}, 'Running', /nothing/],
  [
    'no timeline before, and a first restore now',
    {units: [before], timelineBefore: undefined, listing: {ok: true, rows: [restoreRow('2')]}},
    'Done',
    /timeline 2/,
  ],
  [
    'S1.32 the restore failed',
    {units: [blocked('Failed to restore backup')]},
    'Failed',
    /takes no other restore on this unit.*debug-log --include postgresql\/0.*deploy a new application/,
  ],
  [
    'the restore failed, and the database came up all the same',
    {units: [blocked('Failed to restore backup')], listing: {ok: true, rows: [restoreRow('A')]}},
    'Failed',
    /shows timeline A, so the database may have come up meanwhile/,
  ],
  [
    'S1.32 the moment cannot be reached',
    {units: [blocked('cannot restore PITR, juju debug-log for details')]},
    'Failed',
    /does not reach 2026-11-22T18:44:40Z.*accepts another restore: choose an earlier moment/,
  ],
  [
    'blocked with the failure of the restore before',
    {units: [{...blocked('cannot restore PITR, juju debug-log for details'), workloadSince: ended - 1}]},
    'Running',
    /tells nothing about the restore yet/,
  ],
  [
    "S1.27 another cluster's repository",
    {units: [blocked('the S3 repository has backups from another cluster')]},
    'Done',
    /another cluster/,
  ],
  ['blocked by what nobody knows', {units: [blocked('some block')]}, 'Running', /some block.*see juju debug-log/],
  [
    'a hook fails',
    {units: [{...unit, workloadStatus: 'error', workloadMessage: 'hook failed: "update-status"'}]},
    'Running',
    /mend the cause, then: juju resolved postgresql\/0/,
  ],
  ['the unit is gone', {units: []}, 'Running', /is gone.*restore again on a unit that is there/],
  ['another unit is active', {units: [{...unit, name: 'postgresql/1'}]}, 'Running', /is gone/],
]
for (const [sentence, change, state, says] of settled) {
  test(`end of a PostgreSQL restore: ${sentence}: ${state}`, () => {
    const settlement = restoreOf().settlement({...question, ...change})
    assert.equal(settlement.state, state)
    const {message, evidence, stuck} = {message: '', evidence: '', stuck: '', ...settlement}
    assert.match(`${message} ${evidence} ${stuck}`, says)
  })
}

test('each status that real charm code shows after a restore says how it stands', () => {
  const ends: Readonly<Record<string, Settlement['state']>> = {
    'restore failed (start failed)': 'Failed',
    'restore successful, repository of the same cluster': 'Done',
    'restore successful, model-uuid of another model': 'Done',
    'pitr running': 'Running',
    'pitr successful': 'Done',
    'next update-status after pitr failed (blocked)': 'Failed',
    'next update-status after failed restore (blocked), database meanwhile ok': 'Failed',
  }
  const cases = recorded('restore-completion').filter(each => ends[each.name] !== undefined)
  assert.equal(cases.length, Object.keys(ends).length)
  for (const {name, output} of cases) {
    const {status, message} = output.unit_status_after ?? {status: '', message: ''}
    const shown = {...unit, workloadStatus: status, workloadMessage: message}
    assert.equal(restoreOf().settlement({...question, units: [shown]}).state, ends[name], name)
  }
})

test('S1.32 whatever is seen, what is not over says what a person should look at, and what failed says what to do', () => {
  const text = fc.constantFrom(
    '',
    'Primary',
    'restoring backup',
    'Failed to restore backup',
    'some block',
    'initialising stanza',
  )
  const views = fc.record({
    workloadStatus: fc.constantFrom('active', 'blocked', 'maintenance', 'waiting', 'error', 'unknown'),
    workloadMessage: text,
    workloadSince: fc.option(fc.integer({min: ended - 5, max: ended + 5}), {nil: undefined}),
    agentStatus: fc.constantFrom('idle', 'executing', 'lost', 'error'),
  })
  fc.assert(
    fc.property(views, view => {
      const found = restoreOf().settlement({...question, units: [{...unit, ...view}]})
      if (found.state === 'Running') assert.match(found.stuck ?? '', /juju debug-log|restore again/)
      if (found.state === 'Failed') assert.match(found.message, /debug-log/)
      if (found.state === 'Done') assert((view.workloadSince ?? 0) >= ended)
    }),
  )
})

test('S1.27 after the restore of another repository a person is told to set another path', () => {
  const {afterwards} = restoreOf()
  const fine = {workloadStatus: 'active', workloadMessage: ''}
  assert.match(
    afterwards(fine, [blocked('the S3 repository has backups from another cluster')]) ?? '',
    /the data is restored.*Set another path in the s3-integrator, then make a full backup/,
  )
  assert.match(
    afterwards(fine, [blocked('failed to initialize stanza, check your S3 settings')]) ?? '',
    /the data is restored.*Correct the s3-integrator/,
  )
  assert.equal(afterwards(fine, [unit]), undefined)
  assert.equal(afterwards(fine, [blocked('some block')]), undefined)
})

test('S1.28 a standby cluster is told by the application, or by the member that leads it', () => {
  const {isStandby} = restoreOf()
  const says = (workloadMessage: string) => ({workloadStatus: 'active', workloadMessage})
  assert(isStandby(says('Standby'), [unit]))
  assert(
    isStandby(says(''), [
      {...unit, workloadMessage: 'Standby (degraded)'},
      {...unit, workloadMessage: ''},
    ]),
  )
  assert(!isStandby(says('Primary'), [unit]))
  assert(!isStandby(says(''), [{...unit, workloadMessage: 'Standby'}, unit]))
  assert(!isStandby(says(''), []))
})

test('S1.32 a unit that is blocked keeps the charm from restoring, but for two texts', () => {
  const {refusesNow} = restoreOf()
  const fine = {workloadStatus: 'active', workloadMessage: ''}
  assert.equal(refusesNow(fine, [unit]), undefined)
  assert.equal(refusesNow(fine, [blocked('the S3 repository has backups from another cluster')]), undefined)
  assert.equal(refusesNow(fine, [blocked('cannot restore PITR, juju debug-log for details')]), undefined)
  assert.equal(
    refusesNow(fine, [blocked('Failed to restore backup')]),
    'postgresql/0 is blocked: "Failed to restore backup", and stays so for ever. Restore into a new application of one unit, behind the same s3-integrator',
  )
  assert.match(refusesNow({workloadStatus: 'blocked', workloadMessage: 'Standalone'}, [unit]) ?? '', /^the application/)
})

test('S1.24 the newest timeline is the greatest number, not the last row or the greatest text', () => {
  const {newestTimeline} = restoreOf()
  assert.equal(newestTimeline([]), undefined)
  assert.equal(newestTimeline([restoreRow('F'), restoreRow('10'), restoreRow('2')]), '10')
})

test('what a backup does not hold is said for every track', () => {
  for (const id of ids) assert.match(restoreOf(id).notContained[0] ?? '', /passwords/)
  assert.match(restoreOf('postgresql-16').notContained[0] ?? '', /system-users/)
  assert.match(restoreOf('postgresql-k8s-14').notContained[0] ?? '', /set-password/)
})
