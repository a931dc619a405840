import {parseArgs} from 'node:util'

export interface ScheduleOptions {
  /** all due in one minute */
  readonly due: number | undefined
  readonly kill: boolean
  readonly enqueue: boolean
  readonly scale: boolean
  /** for `scale` */
  readonly schedules: number
  readonly jobs: number
  readonly minutes: number
}

export const usage = `options of the bench "schedules":
  --due N          N schedules due in one minute: how late their children are
  --due N --kill   the same, killed in the burst and started again
  --due N --enqueue  from the slot to Juju's EnqueueOperation, each job for a database of its own
  --scale          many schedules and finished jobs, 20 due each minute: memory, start, CPU, writes
                   [--schedules 10000] [--jobs 100000] [--minutes 5]
without options: --due 1000, --due 100, --due 1000 --kill, --due 200 --enqueue`

/** @throws TypeError for an unknown option, RangeError for a number that is none */
export function readOptions(args: readonly string[]): ScheduleOptions {
  const {values} = parseArgs({
    args: [...args],
    options: {
      due: {type: 'string'},
      kill: {type: 'boolean', default: false},
      enqueue: {type: 'boolean', default: false},
      scale: {type: 'boolean', default: false},
      schedules: {type: 'string', default: '10000'},
      jobs: {type: 'string', default: '100000'},
      minutes: {type: 'string', default: '5'},
    },
  })
  const {due, kill, enqueue, scale, schedules, jobs, minutes} = values
  return {
    due: due === undefined ? undefined : count(due),
    kill,
    enqueue,
    scale,
    schedules: count(schedules),
    jobs: count(jobs),
    minutes: count(minutes),
  }
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${text} is no number of things; ${usage}`)
  return value
}
