import {test} from 'node:test'
import {matchesGolden} from './golden.ts'
import {application, backup, days, plan, profile, restored, unit, type Given} from './question.ts'

/** Four nights on timeline 1; then a restore began timeline 2, on which a backup was made. */
const [first, second, third, fourth] = days
const id = (day: string): string => `${day}T02:00:00Z`
const since = '2026-08-03T03:10:00Z'
const twoTimelines = [
  backup(first),
  backup(second, {action: 'incremental', reference: id(first)}),
  backup(third),
  restored(since, '2'),
  backup(fourth, {timeline: '2'}),
]
const withoutBase = twoTimelines.slice(0, 4)
const reach = [
  {backupID: id(first), first: `${first}T02:00:09Z`, last: '2026-08-04T11:55:00Z'},
  {backupID: id(second), first: `${second}T02:00:09Z`, last: '2026-08-04T11:55:00Z'},
  {backupID: id(third), first: `${third}T02:00:09Z`, last: '2026-08-04T11:55:00Z'},
  {backupID: id(fourth), first: `${fourth}T02:00:09Z`, last: '2026-08-04T11:55:00Z'},
]
const known = [{backupID: id(second), job: 'nightly-2', engineVersion: '16.8', completionTime: `${second}T02:00:14Z`}]

/** The table of what PostgreSQL takes (reference/charms.md, 1.1): backup-id, restore-to-time, effect. */
const rows: readonly [sentence: string, golden: string, given: Given][] = [
  [
    'S1.26 a backup that is named is restored to its own end',
    'postgresql-backup',
    {rows: twoTimelines, known, durations: [300, 420, 360, 4000, 390, 9], spec: {source: {backupID: id(second)}}},
  ],
  [
    'S1.24 a backup and a moment: it is replayed on its own timeline',
    'postgresql-backup-and-moment',
    {rows: twoTimelines, reach, spec: {source: {backupID: id(second)}, pointInTime: '2026-08-02T14:30:00+02:00'}},
  ],
  [
    'S1.24 a moment alone: the newest backup that was over before it',
    'postgresql-moment',
    {rows: twoTimelines, reach, spec: {source: {latest: true}, pointInTime: '2026-08-02T23:59:59.123456Z'}},
  ],
  [
    'S1.24 a moment after the beginning of a timeline without a backup of its own before it: that timeline is followed',
    'postgresql-moment-on-newer-timeline',
    {rows: twoTimelines, reach, spec: {pointInTime: '2026-08-03T18:00:00Z'}},
  ],
  [
    'S1.24 latest alone: the end of the newest timeline',
    'postgresql-latest',
    {rows: twoTimelines, reach, spec: {pointInTime: 'latest'}},
  ],
  [
    'S1.24 latest without a base backup on the newest timeline is foreseen, which the charm would refuse',
    'postgresql-latest-without-base',
    {rows: withoutBase, spec: {pointInTime: 'latest'}},
  ],
  [
    'S1.24 a timeline and latest',
    'postgresql-timeline-and-latest',
    {rows: withoutBase, spec: {timeline: since, pointInTime: 'latest', safetyBackup: 'Required'}},
  ],
  [
    'S1.24 a timeline and a moment',
    'postgresql-timeline-and-moment',
    {rows: withoutBase, spec: {timeline: since, pointInTime: '2026-08-03T18:00:00Z'}},
  ],
  [
    'S1.24 a timeline alone, written as if it were a backup, is refused',
    'postgresql-timeline-as-backup',
    {rows: twoTimelines, spec: {source: {backupID: since}}},
  ],
  [
    'S1.25 nothing named: the newest usable backup',
    'postgresql-newest',
    {rows: twoTimelines, hooks: {pre: 1, post: 2}},
  ],
]

for (const [sentence, golden, given] of rows) test(sentence, () => matchesGolden(golden, plan(given)))

test('S1.29 S1.30 on Kubernetes unit 0 is left, and the same numbers come back', () => {
  const view = application({
    charm: 'postgresql-k8s',
    units: ['2', '0', '1'].map(number => unit(`postgresql-k8s/${number}`, {leader: number === '2'})),
  })
  const given = {application: 'postgresql-k8s', kubernetes: true, view, spec: {safetyBackup: 'IfPossible'}}
  matchesGolden('postgresql-k8s', plan({...given, profile: profile({}, {id: 'postgresql-k8s-16'})}))
})
