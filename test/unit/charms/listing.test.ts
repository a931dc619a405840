import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {BackupRow} from '../../../src/charms/index.ts'
import {stampOf} from '../../../src/charms/postgresql/artefact.ts'
import {parseListing} from '../../../src/charms/postgresql/listing.ts'
import {profile, recorded} from './recordings.ts'

const header =
  'backup-id            | action              | status   | reference-backup-id  | LSN start/stop          | start-time           | finish-time          | timeline | backup-path'
const full =
  '2026-11-22T18:44:24Z | full backup         | finished | None                 | 0/3000028 / 0/3000100   | 2026-11-22T18:44:24Z | 2026-11-22T18:44:26Z | 1        | /testing.postgresql/20261122-184424F'
const preamble = 'Storage bucket name: demo-bucket\nBackups base path: /pg/backup/\n\n'

function listing(...rows: string[]): Record<string, unknown> {
  return {backups: `${preamble}${[header, '-'.repeat(header.length), ...rows].join('\n')}`}
}

test('every listing that real charm code printed is read, row by row', () => {
  const printed = recorded('list-backups').filter(({output}) => typeof output.results?.['backups'] === 'string')
  assert(printed.length > 40)
  for (const {charm, name, output} of printed) {
    const parsed = profile(charm).backup.parseListing(output.results ?? {})
    assert(parsed.ok, `${charm} ${name}`)
    const lines = String(output.results?.['backups'])
      .split('\n')
      .filter(line => /^\d{4}-/.test(line))
    assert.equal(parsed.rows.length, lines.length, `${charm} ${name}`)
    for (const [index, row] of parsed.rows.entries()) {
      const [id, action = '', status] = lines[index]?.split('|').map(cell => cell.trim()) ?? []
      assert.deepEqual([row.id, row.finished], [id, status === 'finished'], `${charm} ${name}`)
      assert.equal(row.action, action.split(' ')[0], `${charm} ${name}`)
    }
  }
})

test('every column of a row arrives', () => {
  const parsed = parseListing(listing(full))
  assert.deepEqual(parsed, {
    ok: true,
    bucket: 'demo-bucket',
    path: 'pg',
    rows: [
      {
        id: '2026-11-22T18:44:24Z',
        action: 'full',
        finished: true,
        lsnStart: '0/3000028',
        lsnStop: '0/3000100',
        startTime: '2026-11-22T18:44:24Z',
        finishTime: '2026-11-22T18:44:26Z',
        timeline: '1',
        backupPath: '/testing.postgresql/20261122-184424F',
      },
    ],
  })
})

test('an empty table is no backups; a repository at the top of the bucket has no path', () => {
  assert.deepEqual(parseListing(listing()), {ok: true, bucket: 'demo-bucket', path: 'pg', rows: []})
  const atTop = parseListing({backups: `Storage bucket name: b\nBackups base path: //backup/\n\n${header}`})
  assert.deepEqual(atTop, {ok: true, bucket: 'b', path: '', rows: []})
})

test('a long status that pushes its row to the right is read all the same', () => {
  const [, row] = recorded('list-backups').flatMap(({name, output}) =>
    name === '05-error-true'
      ? String(output.results?.['backups'])
          .split('\n')
          .filter(line => line.includes('failed'))
      : [],
  )
  const parsed = parseListing(listing(row ?? ''))
  assert(parsed.ok)
  assert.deepEqual([parsed.rows[0]?.finished, parsed.rows[0]?.error], [false, 'True'])
})

test('a backup path that is not the one of its row is garbled', () => {
  for (const path of ['/testing.postgresql/20261122-184425F', '/testing.postgresql/20261122-18442', 'elsewhere']) {
    const parsed = parseListing(listing(full.replace('/testing.postgresql/20261122-184424F', path)))
    assert.equal(parsed.ok, false, path)
  }
})

test('an older revision with fewer columns under other names is read', () => {
  const text = [
    'backup-id             | backup-type  | backup-status',
    '----------------------------------------------------',
    '2023-01-01T09:01:02Z  | physical     | finished',
    '2023-01-02T09:01:02Z  | full         | failed: boom',
  ].join('\n')
  assert.deepEqual(parseListing({backups: text}), {
    ok: true,
    rows: [
      {id: '2023-01-01T09:01:02Z', action: 'unknown', finished: true},
      {id: '2023-01-02T09:01:02Z', action: 'full', finished: false, error: 'boom'},
    ],
  })
})

test('S2.24 unknown keys, columns and lines before the table are tolerated', () => {
  const wider = [`${header} | checksum`, `${full} | abc`].join('\n')
  const parsed = parseListing({backups: `Note: something new\n${preamble}${wider}`, 'return-code': 0, stderr: 'x'})
  assert.equal(parsed.ok && parsed.rows[0]?.backupPath, '/testing.postgresql/20261122-184424F')
})

for (const [what, output, message] of [
  ['no text at all', {}, 'the result of list-backups has no text under the key backups'],
  ['another type', {backups: []}, 'the result of list-backups has no text under the key backups'],
  ['an error text', {backups: 'Traceback'}, 'list-backups printed no table: "Traceback"'],
  [
    'a header without status',
    {backups: 'backup-id | action'},
    'the table of list-backups has no column status: "backup-id | action"',
  ],
] as const) {
  test(`a garbled listing is refused: ${what}`, () => {
    assert.deepEqual(parseListing(output), {ok: false, message})
  })
}

test('a garbled listing is refused with the line that cannot be read, so that a lost row is never taken for a lost backup', () => {
  for (const line of [
    full.slice(0, 60),
    full.replace('2026-11-22T', '2O26-11-22T'),
    full.replace('| full backup         |', '|  |'),
    `${full} | x`,
  ]) {
    const parsed = parseListing(listing(full, line))
    assert(!parsed.ok)
    assert.match(parsed.message, /^line 7 of list-backups cannot be read: "/)
  }
})

const instant = fc
  .date({min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true})
  .map(date => date.toISOString().replace(/\.\d+Z$/, 'Z'))
const lsn = fc.stringMatching(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
const arbitraryRow: fc.Arbitrary<BackupRow> = fc
  .record(
    {
      id: instant,
      action: fc.constantFrom('full' as const, 'differential' as const, 'incremental' as const),
      finished: fc.constant(true),
      reference: instant,
      lsn: fc.tuple(lsn, lsn),
      startTime: instant,
      finishTime: instant,
      timeline: fc.stringMatching(/^[1-9A-F][0-9A-F]{0,4}$/),
      stanza: fc.stringMatching(/^[a-z][a-z0-9.-]{1,20}$/),
    },
    {requiredKeys: ['id', 'action', 'finished']},
  )
  .map(({lsn: pair, stanza, ...row}) => ({
    ...row,
    ...(pair && {lsnStart: pair[0], lsnStop: pair[1]}),
    ...(stanza !== undefined && {backupPath: `/${stanza}/${stampOf(row.id)}F`}),
  }))

/** The charm's own formatting: `{:<20s} | {:<19s} | {:<8s} | …`. */
function format(row: BackupRow): string {
  const widths = [20, 19, 8, 20, 23, 20, 20, 8]
  const lsnCell = row.lsnStart === undefined ? 'n/a' : `${row.lsnStart} / ${row.lsnStop}`
  const status = row.finished ? 'finished' : `failed: ${row.error}`
  const cells = [
    row.id,
    `${row.action} backup`,
    status,
    row.reference ?? 'None',
    lsnCell,
    row.startTime ?? 'n/a',
    row.finishTime ?? 'n/a',
    row.timeline ?? '',
  ]
  return [...cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)), row.backupPath ?? 'n/a'].join(' | ')
}

test('property: what the charm prints is what comes out', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRow, {maxLength: 20}), rows => {
      const parsed = parseListing(listing(...rows.map(format)))
      assert.deepEqual(parsed.ok && parsed.rows, rows)
    }),
  )
})

test('property: whatever arrives, the parser answers: never an exception, never a row more than there are lines', () => {
  const noise = fc.oneof(fc.string(), fc.constantFrom('|', '\n', header, full, '-'.repeat(20), 'backup-id'))
  fc.assert(
    fc.property(fc.array(noise), fc.anything(), (parts, other) => {
      const text = parts.join('')
      const parsed = parseListing({backups: text, other})
      assert(parsed.ok ? parsed.rows.length <= text.split('\n').length : parsed.message.length < 400)
    }),
  )
})

test('property: a listing that was cut off anywhere is refused or gives only whole rows of it', () => {
  const text = String(listing(full, full.replaceAll(':24Z', ':25Z').replace('184424F', '184425F'))['backups'])
  const whole = parseListing({backups: text})
  assert(whole.ok)
  fc.assert(
    fc.property(fc.nat(text.length), end => {
      const parsed = parseListing({backups: text.slice(0, end)})
      if (!parsed.ok) return
      for (const [index, row] of parsed.rows.entries()) {
        assert.deepEqual(row, whole.rows[index])
      }
    }),
  )
})
