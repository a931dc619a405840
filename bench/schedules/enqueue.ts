import {printFigures} from '../support/report.ts'
import {latenessOf, middle} from '../support/lateness.ts'
import {creationFloors, planBurst, startOperator, withScheduleWorld} from '../support/schedule-world.ts'
import {until} from '../support/until.ts'
import {latenessFigures} from './burst.ts'

const applications = 4

/** From the slot to Juju: all jobs of a burst, each for a database of its own, have their backup asked for. */
export async function benchEnqueue(count: number): Promise<void> {
  const spread = {models: Math.ceil(count / applications), applications}
  await withScheduleWorld(spread, undefined, async world => {
    const floor = middle(await creationFloors(world, count))
    const operator = await startOperator(world)
    try {
      const slot = await planBurst(world, count)
      const cpuBefore = operator.cpuSeconds
      await until('all are enqueued', async () => (await world.juju.ask('enqueued')).count === count, 500)
      const cpuSeconds = operator.cpuSeconds - cpuBefore
      const {times = []} = await world.juju.ask('enqueued')
      const enqueued = latenessOf(times, slot)
      printFigures(
        `Slot to EnqueueOperation, ${count} due jobs over ${spread.models} models; floor: as many bare creates`,
        [
          ...latenessFigures(enqueued, floor, {first: '', p99: 'ratio at most 3'}),
          {what: "operator's CPU until the last", figure: cpuSeconds, floor: 0, unit: 's', goal: ''},
        ],
      )
    } finally {
      await operator.stop()
    }
  })
}
