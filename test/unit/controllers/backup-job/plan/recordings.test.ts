import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupRow} from '../../../../../src/charms/profile.ts'
import {profile as profileOf, recorded, type Recorded} from '../../../charms/recordings.ts'
import {backup, plan, says, type Given} from './question.ts'

/** When the recordings were made, and were over. */
const now = Date.parse('2026-11-22T19:00:00Z')
/** The repository of most recordings is that of the listing without backups on timeline 2, and one such backup. */
const onTimeline2: BackupRow = backup('2026-11-22', {
  id: '2026-11-22T18:44:48Z',
  timeline: '2',
  startTime: '2026-11-22T18:44:48Z',
  finishTime: '2026-11-22T18:44:51Z',
})

function rowsOf({charm, input}: Recorded): readonly BackupRow[] {
  const grown = input['repository'] === '07-timeline2-backups'
  const name = grown ? '06-timeline2-nobackup' : input['repository']
  const listing = recorded('list-backups').find(one => one.charm === charm && one.name === name)
  const parsed = profileOf(charm).backup.parseListing(listing?.output.results ?? {})
  assert.ok(parsed.ok, `${charm}: no listing ${String(name)}`)
  return grown ? [...parsed.rows, onTimeline2] : parsed.rows
}

/** What a user writes for the parameters of the recording. */
function specOf({input}: Recorded, rows: readonly BackupRow[]): Record<string, unknown> {
  const {'backup-id': id, 'restore-to-time': time} = input['params'] as Record<string, string | undefined>
  const isTimeline = rows.some(row => row.id === id && row.action === 'restore') && time !== undefined
  return {
    ...(id !== undefined && (isTimeline ? {timeline: id} : {source: {backupID: id}})),
    ...(time !== undefined && {pointInTime: time === 'latest' ? time : rfc3339(time)}),
  }
}

function rfc3339(time: string): string {
  const [, date, clock, sign = '+', hours = '00', minutes = '00'] =
    /^(\S+) ([\d:.]+)(?:([+-])(\d\d):?(\d\d)?)?$/.exec(time) ?? []
  return `${date}T${clock}${sign}${hours}:${minutes}`
}

const given = (one: Recorded): Given => {
  const rows = rowsOf(one)
  return {rows, now, profile: profileOf(one.charm), spec: specOf(one, rows)}
}

/** Recordings in which nothing but what is restored made the charm take or refuse the call, in a form that it understands. */
const told = recorded('restore').filter(({name, input}) => {
  const {params, state, repository, ...rest} = input
  const {'backup-id': id, 'restore-to-time': time} = params as Record<string, string | undefined>
  const understood =
    id !== '' && (time === undefined || time === 'latest' || /^\S+ [\d:.]+([+-]\d\d(:?\d\d)?)?$/.test(time))
  const plain = Object.keys(state as object).length === 0 && Object.values(rest).every(value => value === 'restore')
  const listed = ['01-empty', '06-timeline2-nobackup', '07-timeline2-backups'].includes(String(repository))
  return listed && plain && understood && Object.keys(params as object).length > 0 && !name.startsWith('bad-time')
})

for (const one of told.filter(({output}) => output.task !== 'completed'))
  test(`S1.24 S1.26 ${one.charm}: what real charm code refused is foreseen: ${one.name}`, () => {
    assert.match(says(given(one)), /^(BackupNotFound|OutsideWindow): /, one.output.message)
  })

for (const one of told.filter(({name}) => name.startsWith('ok-')))
  test(`S1.24 S1.26 ${one.charm}: what real charm code took is planned: ${one.name}`, () => {
    const {blockers, parameters} = plan(given(one))
    assert.deepEqual(blockers, [])
    assert.equal(one.output.task, 'completed')
    const params = one.input['params'] as Record<string, string | undefined>
    if (params['backup-id'] !== undefined && !one.name.includes('timeline'))
      assert.equal(parameters['backup-id'], params['backup-id'])
    assert.equal(parameters['restore-to-time'] === undefined, params['restore-to-time'] === undefined)
  })

test('the recordings were found', () => {
  const of = (task: string): number => told.filter(({output}) => output.task === task).length
  assert.ok(of('completed') >= 20 && of('failed') >= 20, `${of('completed')} taken, ${of('failed')} refused`)
})
