import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupRow, CharmProfile} from '../../../../../src/charms/profile.ts'
import {profileFor, supportedCharms} from '../../../../../src/charms/profiles.ts'
import {matchesGolden} from './golden.ts'
import {application, days, plan, says, unit, type Given} from './question.ts'

/** The last one is in progress, and the one before it was made by a BackupJob. */
const rows: readonly BackupRow[] = days.map((day, index) => ({
  id: `${day}T02:00:00Z`,
  action: 'full',
  finished: index < 3,
  ...(index === 3 && {running: true}),
}))
const known = [{backupID: '2026-08-03T02:00:00Z', job: 'nightly', completionTime: '2026-08-03T02:10:00Z'}]

/** Three units of the charm, the second of which leads. */
function given(charm: string, profile: CharmProfile, spec: Record<string, unknown> = {}): Given {
  const units = [0, 1, 2].map(number => unit(`${charm}/${number}`, {leader: number === 1}))
  const view = application({charm, units, workloadVersion: undefined})
  return {application: charm, kubernetes: charm.endsWith('-k8s'), profile, view, rows, known, spec}
}

/** Charms that restore only in some revisions, and one that nobody knows. */
const bySchema = [
  {name: 'valkey', channel: '9/edge', restores: 'restore-backup'},
  {name: 'other-db', channel: '1/edge', restores: 'restore'},
].flatMap(({name, channel, restores}) => {
  const actions = ['create-backup', 'list-backups', restores]
  const profile = profileFor({name, channel, charmUrl: `ch:${name}-1`, actions})
  return profile === undefined ? [] : [{charm: name, profile}]
})

const restoring = [...supportedCharms, ...bySchema].filter(({profile}) => profile.restore !== undefined)

test('every kind of database is planned for', () => {
  const engines = new Set(restoring.map(({profile}) => profile.engine.split(' ')[0]))
  assert.equal(engines.size, 8, [...engines].join(', '))
})

for (const {charm, profile} of restoring) {
  const replays = profile.restore?.pointInTime !== 'None'
  const what = replays ? 'a moment' : 'the newest usable backup'
  test(`S1.23 S1.25 ${profile.id}: the plan for ${what}`, () =>
    matchesGolden(
      `charm-${profile.id}`,
      plan(given(charm, profile, replays ? {pointInTime: '2026-08-03T20:00:00Z'} : {})),
    ))
  if (!replays)
    test(`S1.23 ${profile.id}: a point in time is refused before anything is touched`, () => {
      assert.equal(
        says(given(charm, profile, {pointInTime: 'latest'})),
        `Unsupported: The charm ${charm} restores whole backups only, not a point in time; remove restore.pointInTime.`,
      )
    })
}

test('S1.24 a charm that takes whole seconds is not told more, and that is said', () => {
  const mysql = restoring.find(({profile}) => profile.id === 'mysql-8.0')
  assert.ok(mysql)
  const {parameters, chosenBecause} = plan(given('mysql', mysql.profile, {pointInTime: '2026-08-03T20:00:00.75Z'}))
  assert.equal(parameters['restore-to-time'], '2026-08-03 20:00:00')
  assert.match(chosenBecause, /The charm takes whole seconds: it is restored to the beginning of that second\./)
})

test('S1.20 S1.26 a backup that is listed as in progress is not restored', () => {
  const mysql = restoring.find(({profile}) => profile.id === 'mysql-8.0')
  assert.ok(mysql)
  assert.equal(
    says(given('mysql', mysql.profile, {source: {backupID: '2026-08-04T02:00:00Z'}})),
    'BackupNotFound: Backup 2026-08-04T02:00:00Z cannot be restored: the charm lists it as in progress. ' +
      'Usable: 2026-08-01T02:00:00Z, 2026-08-02T02:00:00Z and 2026-08-03T02:00:00Z.',
  )
})
