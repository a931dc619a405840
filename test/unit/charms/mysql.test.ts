import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {explain, newBackup, profileFor, whyUnsupported} from '../../../src/charms/index.ts'
import type {BackupRow, CharmFacts, FailureKind, UnitChoice, UnitQuestion, UnitView} from '../../../src/charms/index.ts'
import {parsePrimary} from '../../../src/charms/mysql/cluster-status.ts'
import {parseListing} from '../../../src/charms/mysql/listing.ts'
import {profile, recorded} from './recordings.ts'

const facts: CharmFacts = {
  name: 'mysql',
  channel: '8.0/stable',
  charmUrl: 'ch:amd64/jammy/mysql-366',
  actions: ['create-backup', 'list-backups', 'restore', 'get-cluster-status'],
  workloadVersion: '8.0.39',
}
const {backup} = profile('mysql-8.0')

const known: readonly [sentence: string, change: Partial<CharmFacts>, id: string][] = [
  ['the charm on machines', {}, 'mysql-8.0'],
  ['the charm on Kubernetes', {name: 'mysql-k8s', charmUrl: 'ch:amd64/jammy/mysql-k8s-255'}, 'mysql-k8s-8.0'],
  ['a local charm, by its workload', {channel: ''}, 'mysql-8.0'],
  ['a branch of the track', {channel: '8.0/edge/fix'}, 'mysql-8.0'],
]
for (const [sentence, change, id] of known)
  test(`profile of ${sentence}`, () => assert.equal(profileFor({...facts, ...change})?.id, id))

const unknown: readonly [sentence: string, change: Partial<CharmFacts>, why: RegExp][] = [
  [
    '8.4',
    {channel: '8.4/edge', workloadVersion: '8.4.7'},
    /channel 8.4\/edge, version 8.4.7\) is of no track .*: 8\.0$/,
  ],
  ['another version under the same beginning', {channel: '', workloadVersion: '8.01'}, /is of no track/],
  ['a local charm of which nothing is known', {channel: '', workloadVersion: ''}, /is of no track/],
  [
    'the router',
    {name: 'mysql-router'},
    /^charm mysql-router has no backups: MySQL Router keeps no data; back up the MySQL behind it$/,
  ],
  ['a charm without the action', {actions: ['list-backups']}, /mysql-366 has no action create-backup$/],
]
for (const [sentence, change, why] of unknown)
  test(`no profile for ${sentence}, and a sentence why`, () => {
    assert.equal(profileFor({...facts, ...change}), undefined)
    assert.match(whyUnsupported({...facts, ...change}) ?? '', why)
  })

test('S1.3 MySQL makes full, physical backups only, and is told nothing about it', () => {
  assert.deepEqual([backup.types, backup.method, backup.parameters({type: 'Full'})], [['Full'], 'Physical', {}])
})

test('a revision without get-cluster-status is not asked for its primary', () => {
  const old = profileFor({...facts, actions: ['create-backup', 'list-backups']})
  assert.equal(old?.backup.primaryAction, undefined)
  assert.equal(profileFor(facts)?.backup.primaryAction, 'get-cluster-status')
})

test('every listing that real charm code printed is read, row by row', () => {
  const printed = recorded('list-backups', 'mysql').filter(({output}) => output.results?.['backups'] !== undefined)
  assert.equal(printed.length, 4)
  for (const {name, output} of printed) {
    const parsed = parseListing(output.results ?? {})
    assert(parsed.ok, name)
    const lines = String(output.results?.['backups'])
      .split('\n')
      .filter(line => /^\d{4}-/.test(line))
    const shown = parsed.rows.map(row => [
      row.id,
      row.finished ? 'finished' : row.running === true ? 'in progress' : 'failed',
    ])
    assert.deepEqual(
      shown,
      lines.map(line => line.split('|').map(cell => cell.trim())).map(([id, , status]) => [id, status]),
      name,
    )
    assert(parsed.rows.every(({action}) => action === 'full'))
  }
})

test('every failure of real charm code is classified by the words that it left', () => {
  const kinds: Readonly<Record<string, FailureKind>> = {
    'Missing S3 parameters': 'StorageNotConfigured',
    'Missing relation': 'StorageNotConfigured',
    'S3 relation is blocked': 'Permanent',
    'Unit is waiting': 'WrongUnit',
    'Error obtaining member state': 'WrongUnit',
    'Unit cannot perform': 'WrongUnit',
  }
  const failures = (['create-backup', 'list-backups'] as const).flatMap(action =>
    recorded(action, 'mysql').flatMap(({output}) => output.message ?? []),
  )
  assert(failures.length >= 17)
  for (const message of failures) {
    const expected = Object.entries(kinds).find(([text]) => message.startsWith(text))?.[1] ?? 'Transient'
    assert.equal(backup.classifyFailure(message), expected, message)
    assert.notEqual(explain(backup.failureTexts, message), message)
  }
})

test('every documented failure text is found inside of a longer message; anything else is unknown', () => {
  for (const {text, kind} of backup.failureTexts)
    assert.equal(backup.classifyFailure(`action failed: ${text}: more`), kind, text)
  for (const text of ['', 'exit status 1', 'action terminated']) assert.equal(backup.classifyFailure(text), 'Unknown')
})

test('S2.5 the id is what every successful run of real charm code reported', () => {
  const made = recorded('create-backup', 'mysql').filter(({output}) => output.task === 'completed')
  assert(made.length >= 5)
  for (const {output} of made) assert.equal(backup.reportedID?.(output.results ?? {}), output.results?.['backup-id'])
  for (const id of [undefined, '', 'soon', 7, '2026-11-22'])
    assert.equal(backup.reportedID?.({'backup-id': id}), undefined)
})

test('a unit that makes a backup is recognised by what real charm code sets', () => {
  const seen = recorded('create-backup', 'mysql').flatMap(({output}) => output.statuses_set ?? [])
  const words = new Set(seen.filter(({status}) => status === 'maintenance').map(({message}) => message))
  assert.deepEqual([...words], ['Running backup...'])
  const shown = unit(1, {workloadStatus: 'maintenance', workloadMessage: 'Running backup...'})
  assert.equal(backup.busyWith(shown), 'Backup')
  assert.equal(backup.busyWith({...shown, workloadMessage: 'Downloading backup...'}), 'Restore')
  assert.equal(backup.busyWith({...shown, workloadMessage: 'OFFLINE'}), undefined)
  assert.equal(backup.busyWith({...shown, workloadStatus: 'active'}), undefined)
})

test('an application that must not write to its repository says what a person has to do', () => {
  const shown = {workloadStatus: 'blocked', workloadMessage: 'Move restored cluster to another S3 repository'}
  assert.match(backup.storageComplaint(shown) ?? '', /^Move restored cluster .*: .*set another path/)
  assert.equal(backup.storageComplaint({...shown, workloadStatus: 'active'}), undefined)
  assert.equal(backup.storageComplaint({...shown, workloadMessage: 'no disk'}), undefined)
})

test('S1.15 cancelling a MySQL backup is unsafe, and the profile says why, and what is left', () => {
  const {safe, why, leaves} = backup.cancelSafety
  assert.equal(safe, false)
  assert.match(why, /leaves it offline and hidden, .* until a person has repaired it/)
  assert.match(leaves, /in progress for ever/)
})

function unit(number: number, view: Partial<UnitView> = {}): UnitView {
  return {name: `mysql/${number}`, workloadStatus: 'active', workloadMessage: '', agentStatus: 'idle', ...view}
}

const three = [unit(0, {workloadMessage: 'Primary', leader: true}), unit(1), unit(2)]

function says(question: Partial<UnitQuestion>): string {
  const choice: UnitChoice = backup.chooseUnit({units: three, unsuitable: [], ...question})
  return choice.ok ? choice.unit : `${choice.passing ? 'wait' : 'refuse'}: ${choice.message}`
}

const bad = {workloadStatus: 'blocked', workloadMessage: 'Failed to create backup; instance in bad state'}
const choices: readonly [sentence: string, question: Partial<UnitQuestion>, expected: RegExp][] = [
  ['a unit that is not the primary', {primary: 'mysql/0'}, /^mysql\/1$/],
  ['what the cluster says before what the unit shows', {primary: 'mysql/1'}, /^mysql\/0$/],
  ['the only unit', {units: [unit(0, {workloadMessage: 'Primary'})]}, /^mysql\/0$/],
  ['none in a bad state', {units: [unit(0, {workloadMessage: 'Primary'}), unit(1, bad), unit(2)]}, /^mysql\/2$/],
  ['and waits where all others are', {units: [three[0] ?? unit(0), unit(1, bad)]}, /^wait: .*instance in bad state/],
  ['never the primary that was wanted', {wanted: 'mysql/0'}, /^refuse: mysql\/0 is the primary/],
]
for (const [sentence, question, expected] of choices)
  test(`the unit: ${sentence}`, () => assert.match(says(question), expected))

const member = (memberrole: string) => ({address: 'somewhere:3306', memberrole, status: 'online'})
const clusterStatus = (members: Record<string, unknown>) => ({defaultreplicaset: {status: 'ok', topology: members}})

test('the primary is read from get-cluster-status, as an object and as its text', () => {
  const status = clusterStatus({'my-sql-0': member('secondary'), 'my-sql-12': member('primary')})
  assert.equal(parsePrimary({success: 'True', status}), 'my-sql/12')
  assert.equal(parsePrimary({status: JSON.stringify(status)}), 'my-sql/12')
})

test('property: whatever get-cluster-status prints, the primary is a unit name or nothing', () => {
  const noise = fc.oneof(
    fc.anything(),
    fc.json(),
    fc.dictionary(fc.string(), fc.constantFrom(member('primary'), member('secondary'), null)).map(clusterStatus),
  )
  fc.assert(
    fc.property(noise, status => {
      const primary = parsePrimary({status})
      assert(primary === undefined || /^[a-z][a-z0-9-]*\/\d+$/.test(primary))
    }),
  )
  const two = clusterStatus({'mysql-0': member('primary'), 'mysql-1': member('primary')})
  assert.equal(parsePrimary({status: two}), undefined)
})

const header = 'backup-id             | backup-type  | backup-status'
const instant = fc
  .date({min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true})
  .map(date => date.toISOString().replace(/\.\d+Z$/, 'Z'))
const states = ['finished', 'failed', 'in progress'] as const
const row = (id: string, status: string): string => `${id.padEnd(21)} | physical     | ${status}`
const table = (rows: readonly string[]): string => [header, '-'.repeat(header.length), ...rows].join('\n')
const printedRows = fc.uniqueArray(fc.tuple(instant, fc.constantFrom(...states)), {
  maxLength: 12,
  selector: ([id]) => id,
})

test('property: what the charm prints is what comes out, and only what it calls finished is finished', () => {
  fc.assert(
    fc.property(printedRows, rows => {
      const parsed = parseListing({backups: table(rows.map(([id, status]) => row(id, status)))})
      assert(parsed.ok)
      assert.deepEqual(
        parsed.rows.map(({id, finished, running}) => [id, finished, running === true]),
        rows.map(([id, status]) => [id, status === 'finished', status === 'in progress']),
      )
    }),
  )
})

test('property: a listing with one line garbled, or cut off anywhere, is refused or has no finished backup that was not there', () => {
  const garble = fc.record({line: fc.nat(), from: fc.nat(60), length: fc.nat(60), text: fc.string({maxLength: 12})})
  fc.assert(
    fc.property(printedRows, garble, fc.nat(), (rows, {line, from, length, text}, end) => {
      const whole = table(rows.map(([id, status]) => row(id, status)))
      const lines = whole.split('\n')
      const at = line % lines.length
      const garbled = lines.with(at, `${lines[at]?.slice(0, from)}${text}${lines[at]?.slice(from + length)}`)
      for (const backups of [garbled.join('\n'), whole.slice(0, end % (whole.length + 1))]) {
        const parsed = parseListing({backups})
        if (!parsed.ok) continue
        const finished = new Set(rows.filter(([, status]) => status === 'finished').map(([id]) => id))
        // A character of an id that became another one makes another id; nothing else makes a backup.
        for (const one of parsed.rows.filter(each => each.finished && !finished.has(each.id)))
          assert(isAnotherID(one, whole), one.id)
      }
    }),
  )
})

/** Whether the id of the row is one that the listing did not have. */
function isAnotherID({id}: BackupRow, whole: string): boolean {
  return !whole.includes(`${id.padEnd(21)} |`)
}

test('property: whatever arrives, the parser answers', () => {
  const noise = fc.oneof(fc.string(), fc.constantFrom('|', '\n', header, row('2026-08-01T02:00:03Z', 'finished')))
  fc.assert(
    fc.property(fc.array(noise), fc.anything(), (parts, other) => {
      const text = parts.join('')
      const parsed = parseListing({backups: text, other})
      assert(parsed.ok ? parsed.rows.length <= text.split('\n').length : parsed.message.length < 400)
    }),
  )
})

test('a state that is not known makes the listing unusable, as it may be any', () => {
  const parsed = parseListing({backups: table([row('2026-08-01T02:00:03Z', 'finishe')])})
  assert.equal(!parsed.ok && parsed.message.startsWith('line 3 of list-backups cannot be read: "2026-08-01'), true)
})

test('S1.20 a new row that is in progress is found, so that it can be told, and is never finished', () => {
  const parsed = parseListing({
    backups: table([row('2026-08-01T02:00:03Z', 'finished'), row('2026-08-02T02:00:03Z', 'in progress')]),
  })
  assert(parsed.ok)
  const found = newBackup(parsed.rows, {newestBefore: '2026-08-01T02:00:03Z', type: 'Full'})
  assert(found.kind === 'one')
  assert.equal(found.row.finished, false)
  assert.match(backup.describeUnfinished(found.row), /in progress, although nothing of it runs any more/)
  const {running: _running, ...failed} = found.row
  assert.equal(backup.describeUnfinished(failed), 'as failed')
})

test('S2.14 the artefact is the backup below the path, with its log beside it', () => {
  const rows: BackupRow[] = [{id: '2026-08-01T02:00:03Z', action: 'full', finished: true}]
  const question = {backupID: '2026-08-01T02:00:03Z', rows, modelName: 'm', application: 'mysql'}
  for (const [path, log] of [
    ['/mysql/prod/', 'mysql/prod/2026-08-01T02:00:03Z.backup.log'],
    ['', '2026-08-01T02:00:03Z.backup.log'],
  ] as const)
    assert.deepEqual(backup.artefact({...question, path}), {label: '2026-08-01T02:00:03Z', logPath: log})
})
