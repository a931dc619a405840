import assert from 'node:assert/strict'
import {before, test, type TestContext} from 'node:test'
import type {BackupJob} from '../../src/api/backup-job.ts'
import {backupJobResource, backupScheduleResource} from '../../src/api/index.ts'
import type {BackupSchedule} from '../../src/api/backup-schedule.ts'
import {isFinished} from '../../src/controllers/backup-job/rules/state.ts'
import {Metrics} from '../../src/observability/metrics.ts'
import {release} from '../support/chart.ts'
import {recordedSeries, type Scrape} from '../support/recorded-series.ts'
import {SchedulesWorld} from '../runtime/support/schedules-world.ts'
import {alertRules, metricsOf, promtool, type Groups} from './alert-rules.ts'

const start = Date.parse('2026-11-20T00:00:00Z')
const minute = 60_000
const step = 10 * minute
const target = {pod: 'charmkeeper-0', instance: '10.0.0.7:8080'}

let rules: Groups
before(async () => {
  rules = await alertRules()
})

/** What Prometheus sees of a scheduler that works on schedules and jobs in virtual time. */
class Recording {
  readonly world = new SchedulesWorld(new Date(start).toISOString())
  readonly scrapes: Scrape[] = []
  /** how the next jobs end */
  ending = 'Succeeded'
  #metrics: Metrics | undefined

  startOperator(): void {
    const metrics = new Metrics('test')
    const list = <T>(read: () => readonly T[]) => ({list: read})
    metrics.observe({
      jobs: list(() => this.world.jobs()),
      models: list(() => []),
      storages: list(() => []),
    })
    metrics.observeSchedules({
      schedules: list(() => this.world.kube.list<BackupSchedule>(backupScheduleResource)),
      archivedAt: () => undefined,
      clock: this.world.clock,
    })
    metrics.runtime.leading(release.name, true)
    this.world.startScheduler()
    this.#metrics = metrics
  }

  killOperator(): void {
    this.world.killSchedulers()
    this.#metrics = undefined
  }

  /** Goes on until a moment, scrapes each step, and ends every job that has begun. */
  async to(time: string): Promise<void> {
    while (this.world.clock.now() < Date.parse(time)) {
      await this.world.pass(step)
      this.#endJobs()
      await this.world.pass(0)
      await this.scrape()
    }
  }

  #endJobs(): void {
    const open = this.world.kube.list<BackupJob>(backupJobResource).filter(({status}) => !isFinished(status))
    for (const {metadata} of open) this.world.finish(metadata.name, this.ending)
  }

  async scrape(): Promise<void> {
    this.scrapes.push({at: this.world.clock.now(), target, page: await this.#metrics?.page()})
  }
}

const minutes = (time: string): number => (Date.parse(time) - start) / minute

/** That exactly these alerts fire at these moments. */
async function assertFiring(
  t: TestContext,
  {scrapes}: Recording,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  // How late the event loop is tells of this machine, not of the story.
  const names = new Set([...metricsOf(rules)].filter(name => !name.startsWith('nodejs_')))
  const series = recordedSeries(scrapes, {start, step, names})
  const test = {
    interval: '10m',
    input_series: Object.entries(series).map(([name, values]) => ({series: name, values})),
    promql_expr_test: Object.entries(expected).map(([time, alerts]) => ({
      expr: 'count by (alertname, schedule, reason) (ALERTS{alertstate="firing"})',
      eval_time: `${minutes(time)}m`,
      exp_samples: alerts.map(labels => ({labels: `{${labels}}`, value: 1})),
    })),
  }
  const files = {
    'rules.yaml': rules,
    'test.yaml': {rule_files: ['rules.yaml'], evaluation_interval: '10m', tests: [test]},
  }
  const {code, stdout, stderr} = await promtool(t, files, 'test', 'rules', 'test.yaml')
  assert.equal(code, 0, stdout + stderr)
}

const alert = (name: string, more = ''): string => `alertname="Charmkeeper${name}"${more}`
const of = (schedule: string): string => `, schedule="${schedule}"`

test('S2.19 recorded: backups that fail make their own schedule too old and no other; the next success ends it', async t => {
  const recording = new Recording()
  const {world} = recording
  t.after(() => world.stop())
  world.apply({schedule: '0 * * * *'}, 'hourly')
  world.apply({schedule: '30 0 * * *'}, 'daily')
  world.apply({schedule: '0 * * * *', suspend: true, objective: {maxAgeSeconds: 18_000}}, 'suspended')
  recording.startOperator()
  await recording.scrape()
  await recording.to('2026-11-20T02:30:00Z')
  recording.ending = 'StorageNotConfigured'
  await recording.to('2026-11-20T06:30:00Z')
  recording.ending = 'Succeeded'
  await recording.to('2026-11-20T07:30:00Z')
  const suspended = alert('BackupTooOld', of('suspended'))
  await assertFiring(t, recording, {
    '2026-11-20T02:30:00Z': [],
    '2026-11-20T03:30:00Z': [alert('BackupRunFailed')],
    '2026-11-20T04:30:00Z': [alert('BackupRunFailed'), alert('BackupTooOld', of('hourly'))],
    '2026-11-20T06:00:00Z': [alert('BackupRunFailed'), alert('BackupTooOld', of('hourly')), suspended],
    '2026-11-20T07:30:00Z': [suspended],
  })
})

test('S5.17 recorded: an operator that was down is said, then what each schedule missed, and then nothing', async t => {
  const recording = new Recording()
  const {world} = recording
  t.after(() => world.stop())
  world.apply({schedule: '0 * * * *'}, 'hourly')
  world.apply({schedule: '30 0 * * *'}, 'daily')
  recording.startOperator()
  await recording.scrape()
  await recording.to('2026-11-20T02:30:00Z')
  recording.killOperator()
  await recording.to('2026-11-20T05:30:00Z')
  recording.startOperator()
  await recording.to('2026-11-20T07:00:00Z')
  await assertFiring(t, recording, {
    '2026-11-20T02:30:00Z': [],
    '2026-11-20T04:00:00Z': [alert('OperatorDown')],
    '2026-11-20T05:50:00Z': [alert('ScheduleSlotMissed', `${of('hourly')}, reason="OperatorDown"`)],
    '2026-11-20T07:00:00Z': [],
  })
})
