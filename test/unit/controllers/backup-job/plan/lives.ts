import fc from 'fast-check'
import type {BackupRow} from '../../../../../src/charms/profile.ts'
import type {KnownBackup, Reach} from '../../../../../src/controllers/backup-job/restore/plan.ts'
import type {InfoBackup, TimelineStart} from '../../../../charms/postgresql/pgbackrest-info.ts'
import {timeOf} from '../../../../../src/controllers/backup-job/restore/sentences.ts'
import {application, now, profile, restored, unit, type Given} from './question.ts'

interface Event {
  readonly kind: 'full' | 'incremental' | 'timeline'
  /** minutes since the event before */
  readonly after: number
  /** of a backup: pages with wrong checksums were found in it */
  readonly error: boolean
  /** of a backup: it was found broken in the store */
  readonly broken: boolean
  /** of a backup: whether its object knows when its task was over */
  readonly dated: boolean
}

/** What happened to a database, as the charm lists it and as pgBackRest has it. */
export interface Life {
  readonly rows: readonly BackupRow[]
  readonly known: readonly KnownBackup[]
  readonly infos: readonly InfoBackup[]
  readonly starts: readonly TimelineStart[]
}

const rarely = fc.integer({min: 0, max: 5}).map(number => number === 5)

const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom('full', 'full', 'incremental', 'timeline'),
  after: fc.integer({min: 1, max: 3000}),
  error: rarely,
  broken: rarely,
  dated: fc.boolean(),
})

/** Backups take nine seconds, and every restore or failover begins a timeline; all of it was over before now. */
export const life: fc.Arbitrary<Life> = fc.array(event, {maxLength: 12}).map(events => {
  const total = events.reduce((sum, {after}) => sum + after, 0)
  let time = now - (total + 1) * 60_000
  let timeline = 1
  const rows: BackupRow[] = []
  const known: KnownBackup[] = []
  for (const {kind, after, error, broken, dated} of events) {
    time += after * 60_000
    const id = timeOf(time)
    if (kind === 'timeline') {
      rows.push(restored(id, (++timeline).toString(16).toUpperCase()))
      continue
    }
    rows.push(backupRow(id, kind, timeline, rows, error))
    const completionTime = dated ? timeOf(time + 12_000) : undefined
    known.push({backupID: id, job: `of-${id}`, completionTime, unusable: broken ? 'it was found broken' : undefined})
  }
  return {rows, known, infos: rows.flatMap(infoOf), starts: rows.flatMap(startOf)}
})

function backupRow(
  id: string,
  action: 'full' | 'incremental',
  timeline: number,
  before: readonly BackupRow[],
  error: boolean,
): BackupRow {
  const reference = action === 'incremental' ? before.findLast(row => row.action !== 'restore')?.id : undefined
  return {
    id,
    action: reference === undefined ? 'full' : action,
    finished: !error,
    ...(error && {error: 'True'}),
    ...(reference !== undefined && {reference}),
    timeline: timeline.toString(16).toUpperCase(),
    startTime: id,
    finishTime: timeOf(Date.parse(id) + 9000),
  }
}

function infoOf({id, action, error, timeline = ''}: BackupRow): readonly InfoBackup[] {
  if (action === 'restore') return []
  const start = Date.parse(id) / 1000
  return [
    {
      archive: {start: `${timeline.padStart(8, '0')}0000000000000001`, stop: null},
      error: error !== undefined,
      label: `${id.replaceAll(/[-:Z]/g, '').replace('T', '-')}F`,
      lsn: {start: '0/1', stop: '0/2'},
      prior: null,
      reference: null,
      timestamp: {start, stop: start + 9},
      type: 'full',
    },
  ]
}

const startOf = ({id, action, timeline = ''}: BackupRow): readonly TimelineStart[] =>
  action === 'restore' ? [{id, timeline}] : []

const moment = fc.integer({min: 1, max: 40_000 * 60}).map(seconds => timeOf(now - seconds * 1000 + 60_000))

/** Any question about such a life: what users write, what Juju shows, what the store shows. */
export const anyGiven: fc.Arbitrary<Given> = life.chain(({rows, known}) => {
  const id = fc.constantFrom('nothing', ...rows.map(row => row.id))
  const source = fc.option(
    fc.oneof(
      id.map(backupID => ({backupID})),
      fc.constant({latest: true}),
    ),
    {nil: undefined},
  )
  const pointInTime = fc.option(fc.oneof(moment, fc.constant('latest')), {nil: undefined})
  const timeline = fc.option(id, {nil: undefined})
  const spec = fc
    .record({
      source,
      pointInTime,
      timeline,
      replicas: fc.constantFrom('Rebuild', 'Rebuild', 'Refuse'),
      unit: fc.option(fc.constantFrom('postgresql/0', 'postgresql/1', 'postgresql/7'), {nil: undefined}),
      safetyBackup: fc.constantFrom('Skip', 'IfPossible', 'Required'),
    })
    .map(one => (one.source || one.pointInTime === undefined ? {...one, timeline: undefined} : one))
  return fc.record({
    rows: fc.constant(rows),
    known: fc.constant(known),
    reach: fc.option(reachOf(rows), {nil: undefined}),
    spec,
    kubernetes: fc.boolean(),
    view: units.map(list => application({units: list})),
    profile: fc
      .record({
        pointInTime: fc.constantFrom('Alone', 'Alone', 'WithBackup', 'None'),
        units: fc.constantFrom('Single', 'Any'),
      })
      .map(change => profile({...change, timelines: change.pointInTime === 'Alone'})),
    hooks: fc.record({pre: fc.nat(2), post: fc.nat(2)}),
    durations: fc.array(fc.nat(100_000), {maxLength: 8}),
  })
})

const units = fc
  .uniqueArray(fc.nat(11), {maxLength: 5})
  .chain(numbers =>
    fc
      .constantFrom(-1, ...numbers)
      .map(leader => numbers.map(number => unit(`postgresql/${number}`, number === leader ? {leader: true} : {}))),
  )

/** Some backups have a log, which reaches from their end to anywhere. */
function reachOf(rows: readonly BackupRow[]): fc.Arbitrary<readonly Reach[]> {
  const backups = rows.filter(({action}) => action !== 'restore')
  return fc
    .tuple(...backups.map(row => fc.option(fc.nat(20_000 * 60), {nil: undefined}).map(seconds => ({row, seconds}))))
    .map(all =>
      all.flatMap(({row: {id, finishTime = ''}, seconds}) =>
        seconds === undefined
          ? []
          : [{backupID: id, first: finishTime, last: timeOf(Math.min(now, Date.parse(finishTime) + seconds * 1000))}],
      ),
    )
}
