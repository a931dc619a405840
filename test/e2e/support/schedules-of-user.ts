import assert from 'node:assert/strict'
import type {BackupJob} from '../../../src/api/backup-job.ts'
import type {BackupSchedule} from '../../../src/api/backup-schedule.ts'
import {labelValue, SLOT_ANNOTATION} from '../../../src/api/meta.ts'
import type {EnvironmentOptions} from '../../env/environment.ts'
import {UserWorld, type OperatorProcess} from './user-world.ts'

const minuteMs = 60_000
/** A process that is started again in its container has the name that it had, and so takes its Lease up at once. */
const sameContainer = ['--lease-identity=operator-0']

/** One BackupSchedule with this spec beside what every schedule here has: it comes due each minute. */
export function everyMinute(name: string, spec: object = {}, job: object = {}): object {
  const whole = {modelRef: {name: 'prod'}, application: 'postgresql', ...job}
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata: {name},
    spec: {schedule: '* * * * *', jobTemplate: {spec: whole}, ...spec},
  }
}

/** What a user sees of schedules, with a database and an operator that are real, on a clock that is real. */
export class SchedulesOfUser {
  readonly user: UserWorld
  #operator: OperatorProcess

  private constructor(user: UserWorld, operator: OperatorProcess) {
    this.user = user
    this.#operator = operator
  }

  static async start(options: Omit<EnvironmentOptions, 'dir'> = {}): Promise<SchedulesOfUser> {
    const user = await UserWorld.start(options)
    try {
      const operator = await user.startOperator(sameContainer)
      await user.applyExamples('backup-storage.yaml', 'juju-model.yaml')
      return new SchedulesOfUser(user, operator)
    } catch (error) {
      await user.stop()
      throw error
    }
  }

  /** `kill -9` of the operator, and its container's restart. */
  async killAndRestart(): Promise<void> {
    this.#operator.daemon.signal('SIGKILL')
    this.#operator = await this.user.startOperator(sameContainer)
  }

  async get(name: string): Promise<BackupSchedule> {
    return JSON.parse(await this.user.kubectlOk('get', 'backupschedule', name, '--output=json')) as BackupSchedule
  }

  async all(): Promise<readonly BackupSchedule[]> {
    const text = await this.user.kubectlOk('get', 'backupschedules', '--output=json')
    return (JSON.parse(text) as {readonly items: BackupSchedule[]}).items
  }

  /** The jobs of one schedule, or of all. */
  async jobs(schedule?: string): Promise<readonly BackupJob[]> {
    const ofOne = schedule === undefined ? [] : [`--selector=charmkeeper.dev/schedule=${labelValue(schedule)}`]
    const text = await this.user.kubectlOk('get', 'backupjobs', '--output=json', ...ofOne)
    return (JSON.parse(text) as {readonly items: BackupJob[]}).items
  }

  /** As `kubectl patch --type=merge`. */
  async patch(name: string, spec: object): Promise<void> {
    const patch = JSON.stringify({spec})
    await this.user.kubectlOk('patch', `backupschedule/${name}`, '--type=merge', `--patch=${patch}`)
  }

  /** `spec.runNow`, and what came of it. @returns the job, which may be at work */
  async runNow(name: string, token: string): Promise<BackupJob> {
    await this.patch(name, {runNow: token})
    return this.user.until(`the run of ${name} for ${token}`, async () => {
      const {status} = await this.get(name)
      const run = status?.recentRuns?.find(({reason}) => reason === 'RunNow')
      return status?.lastHandledRunNow === token && run?.job !== undefined ? this.user.job(run.job) : undefined
    })
  }

  /** Waits until all these schedules have accounted for every slot up to this one. */
  async accounted(names: readonly string[], slot: number): Promise<void> {
    await this.user.until(`the slot ${new Date(slot).toISOString()} of ${names.join(', ')}`, async () => {
      const schedules = (await this.all()).filter(({metadata}) => names.includes(metadata.name))
      const until = schedules.map(({status}) => Date.parse(status?.pattern?.accountedUntil ?? ''))
      return until.length === names.length && until.every(time => time >= slot) ? true : undefined
    })
  }

  /** The series of `charmkeeper_schedule_slots_total` of one schedule, by outcome and reason. */
  async counted(name: string): Promise<Readonly<Record<string, number>>> {
    const page = await (await fetch(this.#operator.metricsUrl)).text()
    const series = page.matchAll(
      /^charmkeeper_schedule_slots_total\{namespace="databases",schedule="([^"]+)",outcome="(\w+)",reason="(\w*)"\} (\d+)$/gm,
    )
    return Object.fromEntries(
      [...series]
        .filter(([, schedule]) => schedule === name)
        .map(([, , outcome, reason, count]) => [`${outcome} ${reason}`.trim(), Number(count)]),
    )
  }

  /** The metric says what the status says, and both count every slot since the schedule was first seen. */
  async assertEverySlotCounted(name: string): Promise<void> {
    const [schedule, series] = await this.user.until(`the metric to count as many slots as ${name} has`, async () => {
      const schedule = await this.get(name)
      const series = await this.counted(name)
      return sumOf(series) === sumOf(outcomesOf(schedule)) ? ([schedule, series] as const) : undefined
    })
    assertEverySlotAccounted(schedule)
    assert.deepEqual(series, outcomesOf(schedule), name)
  }

  stop(): Promise<void> {
    return this.user.stop()
  }
}

/** What became of so many slots, as the status says it; none of an outcome is left out. */
function outcomesOf({status}: BackupSchedule): Readonly<Record<string, number>> {
  const {ran = 0, late = 0, skipped = {}} = status?.slots ?? {}
  const reasons = Object.entries(skipped).map(([reason, count = 0]) => [`Skipped ${reason}`, count] as const)
  const all = [['Ran', ran] as const, ['Late', late] as const, ...reasons]
  return Object.fromEntries(all.filter(([, count]) => count > 0))
}

/** Every minute since the schedule was first seen has its outcome in the status. */
export function assertEverySlotAccounted(schedule: BackupSchedule): void {
  const outcomes = outcomesOf(schedule)
  const {since = '', accountedUntil = ''} = schedule.status?.pattern ?? {}
  const said = `${schedule.metadata.name}: ${JSON.stringify(outcomes)} since ${since} up to ${accountedUntil}`
  assert.equal(sumOf(outcomes), minuteOf(accountedUntil) - minuteOf(since), said)
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)
const minuteOf = (time: string): number => Math.floor(Date.parse(time) / minuteMs)

/** The slot of a job, ms since the epoch. */
export const slotOf = ({metadata}: BackupJob): number => Date.parse(metadata.annotations?.[SLOT_ANNOTATION] ?? '')

/** The whole minute that begins next, ms since the epoch. */
export const nextMinute = (): number => Math.floor(Date.now() / minuteMs + 1) * minuteMs
