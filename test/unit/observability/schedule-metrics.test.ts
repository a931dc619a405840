import assert from 'node:assert/strict'
import {beforeEach, suite, test} from 'node:test'
import fc from 'fast-check'
import {
  backupScheduleSpecSchema,
  skipReasons,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../../src/api/backup-schedule.ts'
import type {Condition} from '../../../src/api/meta.ts'
import {Metrics} from '../../../src/observability/metrics.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const created = '2026-11-01T00:00:00Z'
const epoch = (time: string): number => Date.parse(time) / 1000

function condition(type: string, status: Condition['status'], reason: string): Condition {
  return {type, status, reason, message: '', lastTransitionTime: created}
}

function schedule(name: string, status: Partial<BackupScheduleStatus>, spec: object = {}): BackupSchedule {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata: {name, namespace: 'team-a', creationTimestamp: created},
    spec: backupScheduleSpecSchema.parse({
      schedule: '0 2 * * *',
      jobTemplate: {
        spec: {modelRef: {name: 'prod'}, application: 'postgresql', storageRef: {name: 'backups'}},
      },
      ...spec,
    }),
    status: {observedGeneration: 1, ...status},
  }
}

suite('the state of schedules', () => {
  let schedules: BackupSchedule[]
  let archived: Map<string, number>
  let metrics: Metrics
  const clock = new VirtualClock(Date.parse('2026-11-23T06:00:00Z'))

  beforeEach(() => {
    schedules = []
    archived = new Map()
    metrics = new Metrics('1')
    metrics.observeSchedules({schedules: {list: () => schedules}, archivedAt: key => archived.get(key), clock})
  })

  async function page(): Promise<Record<string, string>> {
    const lines = (await metrics.page()).split('\n').filter(line => line.startsWith('charmkeeper_schedule_'))
    return Object.fromEntries(
      lines.map(line => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
    )
  }
  const slotSeries = async (): Promise<[series: string, value: string][]> =>
    Object.entries(await page()).filter(([name]) => name.startsWith('charmkeeper_schedule_slots_total{'))
  const of = (name: string, metric: string, more = ''): string =>
    `charmkeeper_schedule_${metric}{namespace="team-a",schedule="${name}"${more}}`

  test('S5.5 times, objective and conditions are read from the objects at each scrape', async () => {
    schedules = [
      schedule(
        'nightly',
        {
          lastSuccessTime: '2026-11-23T02:10:00Z',
          lastVerifiedTime: '2026-11-22T02:10:00Z',
          nextScheduleTime: '2026-11-24T02:00:00Z',
          objectiveSeconds: 129_600,
          conditions: [condition('Ready', 'True', 'Scheduled'), condition('Fresh', 'False', 'TooOld')],
        },
        {objective: {maxArchiveLagSeconds: 900}},
      ),
    ]
    archived.set('team-a/nightly', Date.parse('2026-11-23T05:59:00Z'))
    const seen = await page()
    assert.equal(seen[of('nightly', 'created_timestamp_seconds')], String(epoch(created)))
    assert.equal(seen[of('nightly', 'last_success_timestamp_seconds')], String(epoch('2026-11-23T02:10:00Z')))
    assert.equal(seen[of('nightly', 'last_verified_timestamp_seconds')], String(epoch('2026-11-22T02:10:00Z')))
    assert.equal(seen[of('nightly', 'next_timestamp_seconds')], String(epoch('2026-11-24T02:00:00Z')))
    assert.equal(seen[of('nightly', 'objective_seconds')], '129600')
    assert.equal(seen[of('nightly', 'suspended')], '0')
    assert.equal(seen[of('nightly', 'fresh')], '0')
    assert.equal(seen[of('nightly', 'ready', ',reason="Scheduled"')], '1')
    assert.equal(seen[of('nightly', 'archive_lag_seconds')], '60')
    assert.equal(seen[of('nightly', 'archive_objective_seconds')], '900')
  })

  test('what is not known has no series, and a schedule that goes takes all of its own along', async () => {
    schedules = [schedule('new', {conditions: [condition('Fresh', 'Unknown', 'NoBackupYet')]}, {suspend: true})]
    assert.deepEqual(
      Object.entries(await page()).filter(([name]) => name.includes('schedule="new"')),
      [
        [of('new', 'created_timestamp_seconds'), String(epoch(created))],
        [of('new', 'suspended'), '1'],
      ],
    )
    schedules = []
    assert.equal(
      Object.keys(await page()).some(name => name.includes('schedule="new"')),
      false,
    )
  })

  test('an archive that has stopped is still behind before this process has looked into the store', async () => {
    const status = (value: Condition['status']) => ({
      recoverability: {first: created, last: '2026-11-23T05:00:00Z'},
      conditions: [condition('Archiving', value, value === 'True' ? 'Archiving' : 'ArchiveLag')],
    })
    schedules = [schedule('stopped', status('False')), schedule('fine', status('True'))]
    const seen = await page()
    assert.deepEqual([seen[of('stopped', 'archiving')], seen[of('fine', 'archiving')]], ['0', '1'])
    assert.equal(seen[of('stopped', 'archive_lag_seconds')], '3600')
    assert.equal(seen[of('fine', 'archive_lag_seconds')], undefined)
  })

  test('S5.18 the counters of slots add up to what the status says, from process to process, and only what happened has a series', async () => {
    const counts = fc.nat({max: 500})
    const skipped = fc.dictionary(fc.constantFrom(...Object.keys(skipReasons)), counts)
    await fc.assert(
      fc.asyncProperty(fc.record({ran: counts, late: counts, skipped}), async slots => {
        schedules = [schedule('nightly', {slots}), schedule('new', {})]
        const before = await slotSeries()
        metrics = new Metrics('1')
        metrics.observeSchedules({schedules: {list: () => schedules}, archivedAt: () => undefined, clock})
        const seen = await slotSeries()
        assert.deepEqual(seen, before)
        const all = [slots.ran, slots.late, ...Object.values(slots.skipped)]
        assert.equal(seen.length, all.filter(count => count > 0).length)
        assert.equal(
          seen.reduce((sum, [, value]) => sum + Number(value), 0),
          all.reduce((sum, count) => sum + count, 0),
        )
      }),
      {numRuns: 30},
    )
  })

  test('S5.18 each outcome and reason is a series of its own, which goes with its schedule', async () => {
    const skipped = {Overlap: 3, OperatorDown: 1}
    schedules = [
      schedule('nightly', {slots: {ran: 7, late: 2, skipped}}),
      schedule('weekly', {slots: {ran: 1, late: 0, skipped: {}}}),
    ]
    assert.deepEqual(await slotSeries(), [
      [of('nightly', 'slots_total', ',outcome="Ran",reason=""'), '7'],
      [of('nightly', 'slots_total', ',outcome="Late",reason=""'), '2'],
      [of('nightly', 'slots_total', ',outcome="Skipped",reason="Overlap"'), '3'],
      [of('nightly', 'slots_total', ',outcome="Skipped",reason="OperatorDown"'), '1'],
      [of('weekly', 'slots_total', ',outcome="Ran",reason=""'), '1'],
    ])
    schedules = schedules.slice(1)
    assert.deepEqual(await slotSeries(), [[of('weekly', 'slots_total', ',outcome="Ran",reason=""'), '1']])
  })

  test('the lateness of slots is a histogram without the schedules, and never below zero', async () => {
    metrics.schedules.slotStarted(0.03)
    metrics.schedules.slotStarted(-0.5)
    const seen = await page()
    assert.equal(seen['charmkeeper_schedule_slot_lateness_seconds_bucket{le="0.02"}'], '1')
    assert.equal(seen['charmkeeper_schedule_slot_lateness_seconds_bucket{le="0.05"}'], '2')
  })
})
