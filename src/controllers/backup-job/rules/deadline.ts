import type {Observed} from '../observed.ts'
import {stepOf} from '../restore/story.ts'

type Job = Pick<Observed, 'job' | 'status'>

/** When a job that began then is too late, ms; NaN: never. @param since RFC 3339 */
const after = (since: string | undefined, seconds: number | undefined): number =>
  Date.parse(since ?? '') + (seconds ?? Number.NaN) * 1000

/**
 * When activeDeadlineSeconds are over, ms: they count from when Juju took the task. For an import nothing is run, so that they count
 * from its creation. NaN: there is no such moment, or it is not known yet.
 */
function activeDeadlineOf({job: {metadata, spec}, status}: Job): number {
  const imported = spec.backup?.importID === undefined ? undefined : metadata.creationTimestamp
  return after(status.enqueuedAt ?? imported, spec.activeDeadlineSeconds)
}

/** When startingDeadlineSeconds are over, ms: from the creation of the job to the first enqueue. NaN: there is no such moment any more. */
export const startingDeadlineOf = ({job: {metadata, spec}, status}: Job): number =>
  status.enqueuedAt === undefined ? after(metadata.creationTimestamp, spec.startingDeadlineSeconds) : Number.NaN

/**
 * When activeDeadlineSeconds end the waiting for post hooks, ms. They have as long as the job itself, from when it is their turn: what
 * a pre hook did is undone also after a job that was too late. NaN: there is no such moment, or it is not known yet.
 */
export const hookDeadlineOf = ({job, status}: Job): number =>
  after(stepOf({status}, 'PostHooks')?.startedAt ?? status.conclusion?.time, job.spec.activeDeadlineSeconds)

/** How long until the next of these deadlines, ms; Infinity: there is none ahead. @param now ms */
export function untilDeadline(job: Job, now: number): number {
  const all = [activeDeadlineOf(job), startingDeadlineOf(job), hookDeadlineOf(job)]
  return Math.min(Number.POSITIVE_INFINITY, ...all.filter(deadline => deadline > now).map(deadline => deadline - now))
}

/** Whether activeDeadlineSeconds are over. */
export const isPastDeadline = (o: Job & Pick<Observed, 'now'>): boolean => o.now >= activeDeadlineOf(o)
