import {setTimeout as delay} from 'node:timers/promises'
import {backupScheduleResource} from '../../src/api/backup-schedule.ts'
import {tenantNamespace} from '../../test/env/provision.ts'
import {readRequests, writes} from '../support/api-requests.ts'
import {startChild, type Usage} from '../support/child.ts'
import {seedPastRuns} from '../support/finished-jobs.ts'
import {FirstSeen} from '../support/first-seen.ts'
import {inParallel} from '../support/in-parallel.ts'
import {latenessOf, middle, type Lateness} from '../support/lateness.ts'
import {OperatorProcess} from '../support/operator-process.ts'
import {printFigures} from '../support/report.ts'
import {connectedModels} from '../support/fleet-models.ts'
import {
  creationFloors,
  type ScheduleWorld,
  startOperator,
  untilPlanned,
  withScheduleWorld,
} from '../support/schedule-world.ts'
import {scheduleOf, targetOf} from '../support/schedules.ts'
import {until} from '../support/until.ts'
import type {ScheduleOptions} from './options.ts'

const spread = {models: 100, applications: 10}
const duePerMinute = 20
/** Short, so that a run is over within its minute. */
const backupMs = 5_000
const minuteMs = 60_000
/** Long enough for start-up's garbage to be collected. */
const settleMs = 20_000
const width = 16
const dayMs = 86_400_000
/** What it takes until the first slot: some, and more for each schedule that has to be created and planned, and for each past run. */
const setUpMs = ({schedules, jobs}: Size): number => minuteMs + schedules * 8 + jobs * 0.5

type Size = Pick<ScheduleOptions, 'schedules' | 'jobs' | 'minutes'>

/** Many schedules, their history, and a few due each minute. */
export async function benchScale(size: Size): Promise<void> {
  await withScheduleWorld(spread, backupMs, async world => {
    const floor = middle(await creationFloors(world, duePerMinute))
    const firstSlot = await createSchedules(world, size)
    const withoutJobs = await weighWithoutJobs(world)
    await seedHistory(world, size, firstSlot)
    const bare = await startChild<Usage>('bare-streamed-list', world.cluster.kubeconfigPath).result
    const operator = await OperatorProcess.start(world.cluster.kubeconfigFor('operator'), world.cluster.directory)
    try {
      await until('all models are connected', async () => (await connectedModels(world.client)) === spread.models)
      await untilQuiet(world)
      const rssMiB = operator.rssMiB
      await delay(Math.max(0, firstSlot - minuteMs / 2 - Date.now()))
      const run = await watchMinutes(world, operator, size.minutes)
      const {due, cpuPercent, writesPerRun} = run
      const none = {floor: 0}
      printFigures(
        `${size.schedules} schedules, ${size.jobs} finished jobs, ${duePerMinute} due each minute, for ${size.minutes} min`,
        [
          {
            what: 'start to ready; floor: a bare streamed list',
            figure: operator.readyMs / 1000,
            floor: bare.wallMs / 1000,
            unit: 's',
            goal: '15 s',
          },
          {
            what: 'resident memory; floor: without finished jobs',
            figure: rssMiB,
            floor: withoutJobs,
            unit: 'MiB',
            goal: 'at most 512 MiB',
          },
          {what: 'the most memory it ever had', figure: operator.peakRssMiB, floor: withoutJobs, unit: 'MiB', goal: ''},
          {
            what: 'memory per finished job',
            figure: ((rssMiB - withoutJobs) * 1024) / size.jobs,
            unit: 'KiB',
            goal: 'at most 3 KiB',
            ...none,
          },
          {what: 'CPU, of one core', figure: cpuPercent, unit: '%', goal: 'at most 5 %', ...none},
          {what: 'slot to child, p50; floor: bare creates', figure: due.p50, floor: floor.p50, unit: 'ms', goal: ''},
          {what: 'slot to child, p99', figure: due.p99, floor: floor.p99, unit: 'ms', goal: 'at most 50 ms'},
          {what: 'runs', figure: due.count, floor: size.minutes * duePerMinute, unit: '', goal: 'ratio 1'},
          ...Object.entries(writesPerRun).map(([what, figure]) => ({
            what: `API writes per run: ${what}`,
            figure,
            unit: '',
            goal: what === 'all' ? 'at most 8' : '',
            ...none,
          })),
        ],
      )
    } finally {
      await operator.stop()
    }
  })
}

/**
 * The first come due when there was time to set all up; how many minutes they last does not matter, if that is longer than the
 * bench. @returns the first slot, ms
 */
async function createSchedules({client}: ScheduleWorld, size: Size): Promise<number> {
  const firstSlot = Math.ceil((Date.now() + setUpMs(size)) / minuteMs) * minuteMs
  await inParallel(size.schedules, width, async index => {
    const slot = firstSlot + Math.floor(index / duePerMinute) * minuteMs
    await client.create(backupScheduleResource, tenantNamespace, scheduleOf(index, slot, spread))
  })
  return firstSlot
}

/** An operator that has planned all schedules, started again: its memory without any job, MiB. */
async function weighWithoutJobs(world: ScheduleWorld): Promise<number> {
  const first = await startOperator(world)
  await untilPlanned(world.client)
  await first.stop()
  const second = await startOperator(world)
  await delay(settleMs)
  const {rssMiB} = second
  await second.stop()
  return rssMiB
}

/** As many runs of each schedule, of the days before, as its history keeps: seven of ten have succeeded. */
async function seedHistory(
  {cluster, client, juju}: ScheduleWorld,
  {schedules, jobs}: Size,
  firstSlot: number,
): Promise<void> {
  await seedPastRuns({client, etcdUrl: cluster.etcdUrl}, jobs, index => {
    const number = index % schedules
    const daysAgo = 1 + Math.floor(index / schedules)
    const slot = firstSlot + Math.floor(number / duePerMinute) * minuteMs - daysAgo * dayMs
    const modelUUID = juju.place.modelUUIDs[targetOf(number, spread).model] ?? ''
    return {schedule: scheduleOf(number, slot, spread), slot, modelUUID, succeeded: daysAgo % 10 < 7}
  })
  // Its watch cache has followed all that was written past it; begun anew it holds it once.
  await cluster.restartApiServer()
}

/** Until the statuses say all of the history: a process that finds it for the first time writes each schedule once. */
async function untilQuiet({cluster}: ScheduleWorld): Promise<void> {
  const written = async (): Promise<number> =>
    writes(await readRequests(cluster), ({resource}) => resource === backupScheduleResource.plural)
  let before = Number.NEGATIVE_INFINITY
  await until('nothing more is written', async () => {
    await delay(settleMs)
    const now = await written()
    const isQuiet = now - before < 3 * duePerMinute
    before = now
    return isQuiet
  })
}

interface Watched {
  readonly due: Lateness
  readonly cpuPercent: number
  readonly writesPerRun: Readonly<Record<string, number>>
}

/** From the middle of a minute to the middle of another, so that each run is whole. */
async function watchMinutes(
  {cluster, client}: ScheduleWorld,
  operator: OperatorProcess,
  minutes: number,
): Promise<Watched> {
  await delay((1.5 * minuteMs - (Date.now() % minuteMs)) % minuteMs)
  const seen = await FirstSeen.start(client, tenantNamespace)
  const before = {requests: await readRequests(cluster), cpu: operator.cpuSeconds}
  await delay(minutes * minuteMs)
  const cpuPercent = ((operator.cpuSeconds - before.cpu) / (minutes * minuteMs)) * 100_000
  const requests = await readRequests(cluster)
  seen.stop()
  const lateness = [...seen.times].map(([name, time]) => time - slotOfName(name))
  const perRun = (which: (resource: string) => boolean): number =>
    (writes(requests, one => which(one.resource)) - writes(before.requests, one => which(one.resource))) /
    seen.times.size
  return {
    due: latenessOf(lateness, 0),
    cpuPercent,
    writesPerRun: {
      all: perRun(resource => ours.includes(resource)),
      ...Object.fromEntries(ours.map(resource => [resource, perRun(one => one === resource)])),
    },
  }
}

const ours = ['backupjobs', 'backupschedules', 'jujumodels']

/** A child's name has its slot, in minutes since the epoch, before the last word. */
function slotOfName(name: string): number {
  return Number(name.split('-').at(-2)) * minuteMs
}
