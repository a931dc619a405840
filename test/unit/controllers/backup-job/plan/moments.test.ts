import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backup, days, plan, profile, restored, says, type Given} from './question.ts'

const [first, second, third, fourth] = days
const id = (day: string): string => `${day}T02:00:00Z`
const at = (pointInTime: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  pointInTime,
  ...more,
})
const withBackup = profile({pointInTime: 'WithBackup', timelines: false})

/** What the store shows: the log of each backup up to noon, but for a piece that is missing in the night to the third. */
const reach = [
  {backupID: id(first), first: `${first}T02:00:09Z`, last: `${second}T22:00:00Z`},
  {backupID: id(second), first: `${second}T02:00:08Z`, last: `${second}T22:00:00Z`},
  {backupID: id(third), first: `${third}T02:00:09Z`, last: `${fourth}T11:55:00Z`},
  {backupID: id(fourth), first: `${fourth}T02:00:09Z`, last: `${fourth}T11:55:00Z`},
]
const undated = (day: string) => ({id: id(day), action: 'full', finished: true}) as const
const juju = (day: string, completionTime: string) => ({backupID: id(day), job: `of-${day}`, completionTime})

const chosen: readonly [sentence: string, given: Given, parameters: string, because: RegExp][] = [
  [
    'S1.25 latest with a moment before the newest: the one before the moment',
    {spec: at('2026-08-03T20:00:00Z', {source: {latest: true}})},
    `backup-id=${id(third)} restore-to-time=2026-08-03 20:00:00+00`,
    /over before 2026-08-03T20:00:00Z: at 2026-08-03T02:00:09Z, by the charm's own list/,
  ],
  [
    'S1.24 the moment is meant with its offset',
    {spec: at('2026-08-03T01:30:00-05:00')},
    `backup-id=${id(third)} restore-to-time=2026-08-03 06:30:00+00`,
    /over before 2026-08-03T06:30:00Z/,
  ],
  [
    'S1.24 a backup that was over in the very second of the moment is not over before it',
    {spec: at('2026-08-03T02:00:09.999Z')},
    `backup-id=${id(second)} restore-to-time=2026-08-03 02:00:09.999+00`,
    /at 2026-08-02T02:00:09Z/,
  ],
  [
    'S1.24 one that began before the moment and was over after it does not do',
    {spec: at('2026-08-03T02:00:03Z')},
    `backup-id=${id(second)} restore-to-time=2026-08-03 02:00:03+00`,
    /at 2026-08-02T02:00:09Z/,
  ],
  [
    "S1.24 Juju's clock is believed before the charm's, whose backup was over later than it says",
    {known: [juju(third, '2026-08-03T09:00:00Z')], spec: at('2026-08-03T08:00:00Z')},
    `backup-id=${id(second)} restore-to-time=2026-08-03 08:00:00+00`,
    /at 2026-08-02T02:00:09Z, by the charm's own list/,
  ],
  [
    "S1.24 Juju's clock is named where it says when",
    {known: [juju(third, '2026-08-03T02:00:15Z')], spec: at('2026-08-03T08:00:00Z')},
    `backup-id=${id(third)} restore-to-time=2026-08-03 08:00:00+00`,
    /at 2026-08-03T02:00:15Z, by Juju's clock\./,
  ],
  [
    "S1.24 the store's clock is believed before Juju's",
    {reach, known: [juju(second, '2026-08-02T23:00:00Z')], spec: at('2026-08-02T20:00:00Z')},
    `backup-id=${id(second)} restore-to-time=2026-08-02 20:00:00+00`,
    /at 2026-08-02T02:00:08Z, by the clock of the store\.$/,
  ],
  [
    'S1.24 ids are no times: of two that nobody dates, the dated one of before is taken, and the others are said',
    {rows: [backup(second), undated(third), undated(fourth)], spec: at('2026-08-04T08:00:00Z')},
    `backup-id=${id(second)} restore-to-time=2026-08-04 08:00:00+00`,
    /; when 2026-08-03T02:00:00Z and 2026-08-04T02:00:00Z ended is not known\./,
  ],
  [
    'S1.17 an unusable one of before the moment is passed over',
    {
      known: [{backupID: id(third), job: 'broken', unusable: 'it was found to be broken'}],
      spec: at('2026-08-03T08:00:00Z'),
    },
    `backup-id=${id(second)} restore-to-time=2026-08-03 08:00:00+00`,
    /at 2026-08-02T02:00:09Z/,
  ],
  [
    'S1.24 a moment after the newest backup is possible while nobody knows how far the log reaches, and that is said',
    {spec: at('2026-08-04T11:00:00Z')},
    `backup-id=${id(fourth)} restore-to-time=2026-08-04 11:00:00+00`,
    /How far the log reaches after the newest backup is not shown by the charm; with storageRef it is read from the store\.$/,
  ],
  [
    'S1.24 latest of a charm that wants a backup with it: the newest one',
    {profile: withBackup, spec: at('latest')},
    `backup-id=${id(fourth)} restore-to-time=latest`,
    /^It is the newest usable backup\./,
  ],
  [
    'S1.24 latest, when pgBackRest would build on a newer backup that is broken: the backup is named',
    {
      known: [{backupID: id(fourth), job: 'broken', unusable: 'it was found to be broken'}],
      spec: at('latest'),
    },
    `backup-id=${id(third)} restore-to-time=latest`,
    /on the newest timeline, 1\./,
  ],
  [
    'S1.24 a named backup and latest: the end of its own timeline, and since when that is over',
    {
      rows: [backup(first), backup(second), restored('2026-08-02T09:00:00Z', '2'), backup(third, {timeline: '2'})],
      spec: at('latest', {source: {backupID: id(first)}}),
    },
    `backup-id=${id(first)} restore-to-time=latest`,
    /latest is the end of its own timeline, which was over at 2026-08-02T09:00:00Z when another one began \(2026-08-02T09:00:00Z\)/,
  ],
  [
    'S1.24 the timeline that was written at the moment is followed without being named',
    {
      rows: [backup(first), restored('2026-08-02T09:00:00Z', '2'), restored('2026-08-03T09:00:00Z', '3')],
      spec: at('2026-08-02T20:00:00Z'),
    },
    'backup-id=2026-08-02T09:00:00Z restore-to-time=2026-08-02 20:00:00+00',
    /from it the changes are followed onto the timeline that began with 2026-08-02T09:00:00Z\./,
  ],
  [
    'S1.24 a timeline that is asked for, with a backup of its own that pgBackRest would not take: the backup is named',
    {
      rows: [
        restored('2026-08-01T01:00:00Z', '2'),
        backup(first, {timeline: '2'}),
        restored('2026-08-01T20:00:00Z', '3'),
        backup(second, {timeline: '3'}),
      ],
      spec: at('latest', {timeline: '2026-08-01T01:00:00Z'}),
    },
    `backup-id=${id(first)} restore-to-time=latest`,
    /before the end of the timeline that restore.timeline names/,
  ],
  [
    'S1.24 a timeline that is followed from a backup of before it, although one was made on it shortly after the moment',
    {
      rows: [backup(first), restored('2026-08-02T01:00:00Z', '2'), backup(second, {timeline: '2'})],
      spec: at('2026-08-02T02:00:09Z'),
    },
    'backup-id=2026-08-02T01:00:00Z restore-to-time=2026-08-02 02:00:09+00',
    /at 2026-08-01T02:00:09Z/,
  ],
  [
    'S1.24 a timeline that is asked for is what the charm is told, where it takes the right backup by itself',
    {
      rows: [backup(first), restored('2026-08-02T01:00:00Z', '2'), backup(second, {timeline: '2'})],
      spec: at('latest', {timeline: '2026-08-02T01:00:00Z'}),
    },
    'backup-id=2026-08-02T01:00:00Z restore-to-time=latest',
    /^It is the newest usable backup before the end of the timeline that restore\.timeline names\. How/,
  ],
]
for (const [sentence, given, parameters, because] of chosen)
  test(sentence, () => {
    assert.equal(says(given), parameters)
    assert.match(plan(given).chosenBecause, because)
  })

const window = (from: string, to: string): string => `choose one from ${from} to ${to}`
const listed = window(`${first}T02:00:10Z`, `${fourth}T02:00:10Z`)
const stored = `choose one from ${first}T02:00:10Z to ${second}T22:00:00Z and from ${third}T02:00:10Z to ${fourth}T11:55:00Z`

const refused: readonly [sentence: string, given: Given, said: string][] = [
  [
    'S1.24 a moment in the future',
    {spec: at('2026-08-05T13:00:00Z')},
    `OutsideWindow: restore.pointInTime 2026-08-05T13:00:00Z is 1 day and 1 hour in the future; ${listed}, or later.`,
  ],
  [
    'S1.24 a moment before the first',
    {spec: at('2026-08-01T02:00:09Z')},
    `OutsideWindow: restore.pointInTime 2026-08-01T02:00:09Z is before the first moment that can be restored; ${listed}, or later.`,
  ],
  [
    'S1.24 a moment after the last that the store shows',
    {reach, spec: at('2026-08-04T11:55:01Z')},
    `OutsideWindow: restore.pointInTime 2026-08-04T11:55:01Z is after the last moment that can be restored; ${stored}.`,
  ],
  [
    'S1.24 a moment in a gap',
    {reach, spec: at('2026-08-02T23:00:00Z')},
    `OutsideWindow: restore.pointInTime 2026-08-02T23:00:00Z is in a gap of the archived log; ${stored}.`,
  ],
  [
    'S1.24 a moment of the gap, from a named backup',
    {reach, spec: at('2026-08-02T23:00:00Z', {source: {backupID: id(second)}})},
    `OutsideWindow: restore.pointInTime 2026-08-02T23:00:00Z, from backup ${id(second)}, is after the last moment that can be restored; ${window(`${second}T02:00:09Z`, `${second}T22:00:00Z`)}.`,
  ],
  [
    'S1.24 a moment before the end of the named backup',
    {spec: at('2026-08-02T02:00:09Z', {source: {backupID: id(second)}})},
    `OutsideWindow: restore.pointInTime 2026-08-02T02:00:09Z, from backup ${id(second)}, is before the first moment that can be restored; ${window(`${second}T02:00:10Z`, `${fourth}T02:00:10Z`)}, or later.`,
  ],
  [
    'S1.24 a moment after the timeline of the named backup was over',
    {
      rows: [backup(first), restored('2026-08-02T09:00:00Z', '2'), backup(third, {timeline: '2'})],
      spec: at('2026-08-02T10:00:00Z', {source: {backupID: id(first)}}),
    },
    `OutsideWindow: restore.pointInTime 2026-08-02T10:00:00Z, from backup ${id(first)}, is after the last moment that can be restored; ${window(`${first}T02:00:10Z`, '2026-08-02T09:00:00Z')}. ` +
      'The timeline of this backup was over at 2026-08-02T09:00:00Z, when another one began; remove restore.source, and the one that was written then is followed.',
  ],
  [
    'S1.24 a moment after the timeline that is asked for was over',
    {
      rows: [backup(first), restored('2026-08-02T09:00:00Z', '2'), restored('2026-08-03T09:00:00Z', '3')],
      spec: at('2026-08-03T10:00:00Z', {timeline: '2026-08-02T09:00:00Z'}),
    },
    'OutsideWindow: restore.pointInTime 2026-08-03T10:00:00Z is not on the timeline of 2026-08-02T09:00:00Z: that was over at 2026-08-03T09:00:00Z, when 2026-08-03T09:00:00Z began.',
  ],
  [
    'S1.24 a store that shows no log',
    {reach: [], spec: at('2026-08-03T10:00:00Z')},
    'OutsideWindow: restore.pointInTime 2026-08-03T10:00:00Z cannot be restored: no archived log is known that leads there; remove restore.pointInTime.',
  ],
  [
    'S1.24 a moment, from a backup that was over in the second in which its timeline was',
    {
      rows: [backup(first), restored(`${first}T02:00:09Z`, '2')],
      spec: at('2026-08-03T10:00:00Z', {source: {backupID: id(first)}}),
    },
    `OutsideWindow: restore.pointInTime 2026-08-03T10:00:00Z, from backup ${id(first)}, cannot be restored: no archived log is known that leads there; remove restore.pointInTime. ` +
      `The timeline of this backup was over at ${first}T02:00:09Z, when another one began; remove restore.source, and the one that was written then is followed.`,
  ],
  [
    'S1.24 latest of a store that shows no log',
    {reach: [], spec: at('latest')},
    'BackupNotFound: The store shows no archived log after any usable backup; remove restore.pointInTime.',
  ],
  [
    'S1.24 latest from a named backup after which the store shows no log',
    {reach: reach.slice(1), spec: at('latest', {source: {backupID: id(first)}})},
    `BackupNotFound: The store shows no archived log after backup ${id(first)}; restore it without restore.pointInTime.`,
  ],
  [
    'S1.24 a moment, when nobody knows when the named backup was over',
    {rows: [undated(first)], spec: at('2026-08-03T10:00:00Z', {source: {backupID: id(first)}})},
    `OutsideWindow: restore.pointInTime 2026-08-03T10:00:00Z, from backup ${id(first)}, cannot be checked, as it is not known which moments can be restored; name the BackupStorage in storageRef, so that they are read from the store.`,
  ],
  [
    'S1.24 a moment, when nobody knows when any backup was over',
    {rows: [undated(first)], spec: at('2026-08-03T10:00:00Z')},
    'OutsideWindow: restore.pointInTime 2026-08-03T10:00:00Z cannot be checked, as it is not known which moments can be restored; name the BackupStorage in storageRef, so that they are read from the store.',
  ],
  [
    'S1.24 a timeline that the charm does not list',
    {
      rows: [backup(first), restored('2026-08-02T09:00:00Z', '2')],
      spec: at('latest', {timeline: '2026-08-02T09:00:01Z'}),
    },
    'BackupNotFound: The charm lists no timeline that began with 2026-08-02T09:00:01Z (restore.timeline); it lists 2026-08-02T09:00:00Z.',
  ],
  [
    'S1.24 a timeline, when the charm lists none',
    {spec: at('2026-08-03T10:00:00Z', {timeline: id(second)})},
    `BackupNotFound: The charm lists no timeline that began with ${id(second)} (restore.timeline); it lists none.`,
  ],
  [
    'S1.24 a moment while it is not known when a later timeline began',
    {
      rows: [backup(first), {id: '2026-08-02T09:00:00Z', action: 'restore', finished: true}],
      spec: at('2026-08-01T10:00:00Z'),
    },
    'BackupNotFound: The charm does not tell when the timeline of 2026-08-02T09:00:00Z began, so it is not known which one was written at that moment. ' +
      `Write restore.timeline: "2026-08-02T09:00:00Z" for that one, or restore.source.backupID: "${id(first)}" for the one of before.`,
  ],
  [
    'S1.24 an old timeline and latest, for which pgBackRest would build on a backup of another one',
    {
      rows: [
        backup(first),
        restored('2026-08-01T12:00:00Z', '2'),
        restored('2026-08-02T12:00:00Z', '3'),
        backup(third, {timeline: '3'}),
      ],
      spec: at('latest', {timeline: '2026-08-01T12:00:00Z'}),
    },
    `BackupNotFound: To follow the timeline of 2026-08-01T12:00:00Z, the charm would build on ${id(third)}, which does not lead there, and it cannot be told to build on ${id(first)}, which does. ` +
      'What can be done: write the last moment of that timeline instead of latest, shortly before 2026-08-02T12:00:00Z.',
  ],
  [
    'S1.24 an old timeline and latest, after a safety backup of the present one',
    {
      rows: [backup(first), restored('2026-08-01T12:00:00Z', '2'), restored('2026-08-02T12:00:00Z', '3')],
      spec: at('latest', {timeline: '2026-08-01T12:00:00Z', safetyBackup: 'IfPossible'}),
    },
    `BackupNotFound: To follow the timeline of 2026-08-01T12:00:00Z, the charm would build on the safety backup, which does not lead there, and it cannot be told to build on ${id(first)}, which does. ` +
      'What can be done: write the last moment of that timeline instead of latest, shortly before 2026-08-02T12:00:00Z.',
  ],
  [
    'S1.24 a moment on a newer timeline, for which pgBackRest would build on a broken backup',
    {
      rows: [backup(first), backup(second), restored('2026-08-02T12:00:00Z', '2')],
      known: [{backupID: id(second), job: 'broken', unusable: 'it was found to be broken'}],
      spec: at('2026-08-03T10:00:00Z'),
    },
    `BackupNotFound: To follow the timeline of 2026-08-02T12:00:00Z, the charm would build on ${id(second)}, which does not lead there, and it cannot be told to build on ${id(first)}, which does. ` +
      `What can be done: restore ${id(first)} with restore.source, without restore.pointInTime or to a moment on its own timeline.`,
  ],
  [
    'S1.24 a day that the calendar does not have',
    {old: {pointInTime: '2026-02-30T10:00:00Z'}},
    'InvalidSpec: restore.pointInTime: there is no moment 2026-02-30T10:00:00Z.',
  ],
  [
    'S1.24 a timeline without a moment',
    {old: {timeline: id(first)}},
    'InvalidSpec: restore.timeline needs restore.pointInTime: a moment on that timeline, or latest.',
  ],
  [
    'S1.23 a moment, of a charm that restores whole backups only',
    {profile: profile({pointInTime: 'None', timelines: false}), spec: at('2026-08-03T10:00:00Z')},
    'Unsupported: The charm postgresql restores whole backups only, not a point in time; remove restore.pointInTime.',
  ],
  [
    'S1.23 latest, of a charm that restores whole backups only',
    {profile: profile({pointInTime: 'None', timelines: false}), spec: at('latest')},
    'Unsupported: The charm postgresql restores whole backups only, not a point in time; remove restore.pointInTime.',
  ],
  [
    'S1.24 a timeline, of a charm that has none',
    {profile: withBackup, spec: at('latest', {timeline: id(first)})},
    'Unsupported: The charm postgresql has no timelines to choose from; remove restore.timeline.',
  ],
]
for (const [sentence, given, said] of refused) test(`refused: ${sentence}`, () => assert.equal(says(given), said))

test('S1.24 the window is that of the backup that is named', () => {
  const {window: shown} = plan({reach, spec: {source: {backupID: id(second)}}})
  assert.deepEqual(shown, {first: `${second}T02:00:09Z`, last: `${second}T22:00:00Z`})
})
test('S1.24 a charm without point in time has no window', () => {
  assert.equal(plan({profile: profile({pointInTime: 'None', timelines: false})}).window, undefined)
})
test('S1.24 a timeline whose successor is not dated ends with the last sign of it', () => {
  const rows = [backup(first), backup(second), {id: '2026-08-02T09:00:00Z', action: 'restore', finished: true} as const]
  const {window: shown} = plan({rows, spec: {source: {backupID: id(first)}}})
  assert.deepEqual(shown, {first: `${first}T02:00:10Z`, last: `${second}T02:00:10Z`})
})
