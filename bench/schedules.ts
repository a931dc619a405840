import {benchDue, benchKill} from './schedules/burst.ts'
import {benchEnqueue} from './schedules/enqueue.ts'
import {readOptions} from './schedules/options.ts'
import {benchScale} from './schedules/scale.ts'
import {buildOperator} from './support/operator-process.ts'

const usual = {due: 1000, dueFew: 100, enqueue: 200}

/** Schedules that come due together, and schedules by the thousand; see `usage` of the options. */
export async function benchSchedules(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const {due, kill, enqueue, scale} = options
  buildOperator()
  if (due === undefined && !kill && !enqueue && !scale) {
    await benchDue(usual.due)
    await benchDue(usual.dueFew)
    await benchKill(usual.due)
    return await benchEnqueue(usual.enqueue)
  }
  if (kill) await benchKill(due ?? usual.due)
  if (enqueue) await benchEnqueue(due ?? usual.due)
  if (scale) await benchScale(options)
  if (due !== undefined && !kill && !enqueue) await benchDue(due)
}
