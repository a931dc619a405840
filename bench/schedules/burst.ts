import {setTimeout as delay} from 'node:timers/promises'
import {tenantNamespace} from '../../test/env/provision.ts'
import {FirstSeen} from '../support/first-seen.ts'
import {latenessOf, middle, type Lateness} from '../support/lateness.ts'
import {OperatorProcess} from '../support/operator-process.ts'
import {printFigures, type Figure} from '../support/report.ts'
import {
  childrenBySchedule,
  creationFloors,
  listSchedules,
  planBurst,
  type ScheduleWorld,
  startOperator,
  withScheduleWorld,
} from '../support/schedule-world.ts'
import {scheduleName} from '../support/schedules.ts'
import {until} from '../support/until.ts'

const spread = {models: 10, applications: 4}
/** Without another child for so long, no more will come. */
const overMs = 60_000
/** The burst is cut when this share of the children is there. */
const killedAt = 0.25
const restartAfterMs = 5_000

interface Counted {
  readonly missed: number
  readonly doubled: number
}

/** All schedules come due in the same minute. */
export async function benchDue(count: number): Promise<void> {
  await withScheduleWorld(spread, undefined, async world => {
    const before = await creationFloors(world, count)
    const burst = await burstOf(world, count)
    const after = await creationFloors(world, count)
    printFigures(
      `${count} schedules due in one minute; floor: as many bare creates over 16 connections, before and after`,
      [
        ...latenessFigures(burst.due, middle([...before, ...after]), {
          first: '20 ms',
          p99: count >= 1000 ? 'ratio at most 1.3' : '100 ms for 100',
        }),
        {what: "operator's CPU until the last child", figure: burst.cpuSeconds, floor: 0, unit: 's', goal: ''},
        {
          what: 'slot to the last status that accounts for it',
          figure: burst.accountedMs,
          floor: 0,
          unit: 'ms',
          goal: '',
        },
        ...countFigures(burst),
      ],
    )
  })
}

interface Burst extends Counted {
  readonly due: Lateness
  readonly cpuSeconds: number
  readonly accountedMs: number
}

async function burstOf(world: ScheduleWorld, count: number): Promise<Burst> {
  const operator = await startOperator(world)
  const seen = await FirstSeen.start(world.client, tenantNamespace)
  try {
    const slot = await planBurst(world, count)
    const cpuBefore = operator.cpuSeconds
    await untilAllSeen(seen, count, slot)
    const cpuSeconds = operator.cpuSeconds - cpuBefore
    const accountedMs = await untilAccounted(world, slot)
    const due = latenessOf(seen.times.values(), slot)
    return {due, cpuSeconds, accountedMs, ...(await countChildren(world, count))}
  } finally {
    seen.stop()
    await operator.stop()
  }
}

/** The same, with the operator killed in the burst and started again. */
export async function benchKill(count: number): Promise<void> {
  await withScheduleWorld(spread, undefined, async world => {
    const floor = middle(await creationFloors(world, count))
    const first = await startOperator(world)
    const seen = await FirstSeen.start(world.client, tenantNamespace)
    let slot: number
    let before: number
    try {
      slot = await planBurst(world, count)
      await until('the burst has begun', () => Promise.resolve(seen.times.size >= count * killedAt), 2)
    } finally {
      await first.kill()
      before = seen.times.size
    }
    await delay(restartAfterMs)
    const restartedAt = Date.now()
    const second = await OperatorProcess.start(world.cluster.kubeconfigFor('operator'), world.cluster.directory)
    try {
      await untilAllSeen(seen, count, slot)
      seen.stop()
      await untilAccounted(world, slot)
      const counted = await countChildren(world, count)
      const late = [...seen.times.values()].filter(time => time > restartedAt)
      const {first: firstMs, max} = latenessOf(late, restartedAt)
      const none = {floor: 0, goal: ''}
      printFigures(
        `${count} schedules due in one minute, killed after ${before}, restarted ${restartAfterMs / 1000} s later`,
        [
          {what: "first child after the new process's start", figure: firstMs, unit: 'ms', ...none},
          {
            what: "last child after the new process's start",
            figure: max,
            floor: floor.max,
            unit: 'ms',
            goal: '1,500 ms',
          },
          {what: "the new process's start to ready", figure: second.readyMs, unit: 'ms', ...none},
          ...countFigures(counted),
        ],
      )
    } finally {
      await second.stop()
    }
  })
}

export function latenessFigures(
  due: Lateness,
  floor: Lateness,
  goals: {readonly first: string; readonly p99: string},
): readonly Figure[] {
  const unit = 'ms'
  return [
    {what: 'first', figure: due.first, floor: floor.first, unit, goal: goals.first},
    {what: 'p50', figure: due.p50, floor: floor.p50, unit, goal: ''},
    {what: 'p99', figure: due.p99, floor: floor.p99, unit, goal: goals.p99},
    {what: 'last', figure: due.max, floor: floor.max, unit, goal: ''},
  ]
}

function countFigures({missed, doubled}: Counted): readonly Figure[] {
  const rest = {floor: 0, unit: '', goal: '0'}
  return [
    {what: 'missed', figure: missed, ...rest},
    {what: 'doubled', figure: doubled, ...rest},
  ]
}

/** Until every schedule has its child, or none has come for a long time. */
async function untilAllSeen({times}: FirstSeen, count: number, slot: number): Promise<void> {
  let known = {count: times.size, at: slot}
  await until(
    'the burst is over',
    () => {
      if (times.size > known.count) known = {count: times.size, at: Date.now()}
      return Promise.resolve(times.size >= count || Date.now() > Math.max(slot, known.at) + overMs)
    },
    20,
  )
}

/** @returns when all schedules have said what became of the slot, after the slot, ms */
async function untilAccounted({client}: ScheduleWorld, slot: number): Promise<number> {
  await until(
    'all slots are accounted for',
    async () =>
      (await listSchedules(client)).every(({status}) => Date.parse(status?.pattern?.accountedUntil ?? '') >= slot),
    1_000,
  )
  return Date.now() - slot
}

async function countChildren({client}: ScheduleWorld, count: number): Promise<Counted> {
  const children = await childrenBySchedule(client)
  const each = Array.from({length: count}, (_, index) => children.get(scheduleName(index)) ?? 0)
  return {missed: each.filter(one => one === 0).length, doubled: each.filter(one => one > 1).length}
}
