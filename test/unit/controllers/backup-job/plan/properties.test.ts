import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {restoreStatusSchema} from '../../../../../src/api/backup-job-restore.ts'
import type {BackupRow} from '../../../../../src/charms/profile.ts'
import {idOfLabel} from '../../../../charms/postgresql/pgbackrest-info.ts'
import {chooseTarget} from '../../../../charms/postgresql/restore-target.ts'
import {anyGiven, life, type Life} from './lives.ts'
import {now, plan, question, type Given} from './question.ts'

const many = {numRuns: 2000}

/** Whether the backup and all that it builds on are finished and not known to be broken; written without the code under test. */
function isGood(given: Given, id: string | undefined): boolean {
  const row: BackupRow | undefined = given.rows?.find(one => one.id === id && one.action !== 'restore')
  if (row === undefined || !row.finished || row.error !== undefined) return false
  if (given.known?.some(({backupID, unusable}) => backupID === id && unusable !== undefined)) return false
  return row.reference === undefined || isGood(given, row.reference)
}

/** When the backup was over, by the clock that counts. */
function endOf(given: Given, id: string | undefined): number {
  const stored = given.reach?.find(({backupID}) => backupID === id)?.first
  const known = given.known?.find(({backupID}) => backupID === id)?.completionTime
  return Date.parse(stored ?? known ?? given.rows?.find(row => row.id === id)?.finishTime ?? '')
}

test('S1.17 S1.25 S1.26 no plan ever brings back a backup that is unfinished, failed or broken, nor builds on one', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const {chosenBackupID} = plan(given)
      if (chosenBackupID !== undefined) assert.ok(isGood(given, chosenBackupID))
    }),
    many,
  )
})

test('S1.24 the backup that is chosen for a moment was over before it, and the store shows its log up to there', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const {target, chosenBackupID} = plan(given)
      if (target.moment === undefined || target.moment === 'latest') return
      const moment = Date.parse(target.moment)
      assert.ok(endOf(given, chosenBackupID) < moment && moment <= now)
      const reach = given.reach?.find(({backupID}) => backupID === chosenBackupID)
      if (given.reach !== undefined) assert.ok(reach !== undefined && moment <= Date.parse(reach.last))
    }),
    many,
  )
})

test('S1.29 the unit that is left is there, is the one that was asked for, and no step takes it away', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const {survivor, unitsBefore, steps, blockers} = plan(given)
      if (survivor === undefined) return assert.ok(blockers.length > 0 && steps.length === 0)
      assert.ok(unitsBefore.includes(survivor))
      const wanted = given.spec?.['unit']
      if (wanted !== undefined) assert.equal(survivor, wanted)
      const [gone = ''] = steps.find(({name}) => name === 'ScaleDown')?.plan.split(';') ?? []
      assert.ok(!gone.split(/[\s,]+/).includes(survivor))
      const scales = steps.filter(({name}) => name.startsWith('Scale')).length
      const single = given.profile?.restore?.units === 'Single' && unitsBefore.length > 1
      if (steps.length > 0) assert.equal(scales, single && given.spec?.['replicas'] === 'Rebuild' ? 2 : 0)
    }),
    many,
  )
})

test('a plan with nothing in its way says what to run and where; the same question has the same plan, in any order', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const made = plan(given)
      const {view, rows, known} = question(given)
      const turned = {
        ...given,
        rows: rows.toReversed(),
        known: known.toReversed(),
        reach: given.reach?.toReversed(),
        view: {...view, units: view.units.toReversed()},
      }
      assert.deepEqual(plan(turned), made)
      if (made.blockers.length > 0) return
      assert.ok(Object.keys(made.parameters).length > 0 && Object.values(made.parameters).every(value => value !== ''))
      assert.ok(made.steps.some(({name, plan: said}) => name === 'Restore' && said.includes(`on ${made.survivor}.`)))
    }),
    many,
  )
})

test('the status has room for every plan', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const {target: _, ...shown} = plan(given)
      assert.deepEqual(restoreStatusSchema.safeParse(shown).error?.issues ?? [], [])
    }),
    many,
  )
})

/** What the charm and pgBackRest make of the parameters: from which backup, on which timeline. */
function done(
  {rows, infos, starts}: Life,
  parameters: Readonly<Record<string, string>>,
): {base: string; timeline: string} {
  const toTime = parameters['restore-to-time']
  const found = chooseTarget({backupId: parameters['backup-id'], toTime}, infos, starts)
  assert.ok(found !== 'nothing to choose from' && found.ok, `the charm refuses ${JSON.stringify([parameters, found])}`)
  const {label, timeline} = found.target
  const before = toTime === undefined || toTime === 'latest' ? Number.POSITIVE_INFINITY : Date.parse(toTime)
  const taken = label ?? infos.findLast(({timestamp}) => timestamp.stop * 1000 < before)?.label
  const row = rows.find(({id}) => taken !== undefined && id === idOfLabel(taken))
  return {base: row?.id ?? 'none', timeline: timeline ?? row?.timeline ?? ''}
}

test('S1.24 what PostgreSQL is told, its charm and pgBackRest understand as planned: the same backup, on the timeline of the moment', () => {
  const wish = fc.oneof(
    fc.constant('latest'),
    fc.nat(30_000 * 60).map(seconds => new Date(now - seconds * 1000).toISOString()),
  )
  let planned = 0
  fc.assert(
    fc.property(life, wish, fc.nat(), fc.boolean(), (one, pointInTime, pick, names) => {
      const asked = one.starts.length > 0 && names ? one.starts[pick % one.starts.length] : undefined
      const spec = {pointInTime, ...(asked !== undefined && {timeline: asked.id})}
      const {blockers, parameters, chosenBackupID} = plan({rows: one.rows, known: one.known, spec})
      if (blockers.length > 0) return
      planned++
      const {base, timeline} = done(one, parameters)
      assert.equal(base, chosenBackupID)
      const live = one.starts.findLast(({id}) => pointInTime === 'latest' || Date.parse(id) <= Date.parse(pointInTime))
      assert.equal(timeline, (asked ?? live)?.timeline ?? '1')
    }),
    many,
  )
  assert.ok(planned > 100, `only ${planned} plans had nothing in their way`)
})
