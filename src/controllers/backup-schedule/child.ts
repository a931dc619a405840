import {createHash} from 'node:crypto'
import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import {
  APPLICATION_LABEL,
  GROUP,
  labelValue,
  MODEL_LABEL,
  MODEL_NAME_ANNOTATION,
  RUN_NOW_ANNOTATION,
  RUNNING_FINALIZER,
  SCHEDULE_LABEL,
  SCHEDULE_NAME_ANNOTATION,
  SLOT_ANNOTATION,
  VERSION,
} from '../../api/meta.ts'
import {minuteOf, scheduleKeyOf, slotOf} from '../backup-job/origin.ts'

/** What a child is made for: a slot (ms since the epoch), or a token of spec.runNow. */
export type Occasion = {readonly slot: number} | {readonly runNow: string; readonly at: number}

const longestStart = 40
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * The name of the BackupJob for a slot or a token: the same for the same one, whoever asks and however often, so that the API
 * server itself refuses a second. At most 63 characters.
 */
export function childNameOf(schedule: ScheduleName, occasion: Occasion): string {
  return nameWith(schedule, 'slot' in occasion ? minuteOf(occasion.slot) : hashOf(occasion.runNow))
}

/** Of whom a name tells: the metadata of a BackupSchedule. */
export interface ScheduleName {
  readonly namespace?: string | undefined
  readonly name: string
}

function nameWith({namespace = '', name}: ScheduleName, which: string): string {
  const start = name.slice(0, longestStart).replace(/[^a-z0-9]+$/, '')
  return `${start}-${which}-${sha256(`${namespace}/${name}`).slice(0, 6)}`
}

/** What stands for a token of spec.runNow in names and annotations. */
const hashOf = (runNow: string): string => sha256(runNow).slice(0, 10)

/**
 * Whether a schedule of this name made this job, for whatever application: label, annotations and name agree. A copy that somebody
 * made of a child has another name.
 */
export function isTrueChild(job: BackupJob, schedule: ScheduleName): boolean {
  const slot = slotOf(job)
  if (slot === undefined || scheduleKeyOf(job) !== childrenKeyOf({metadata: schedule})) return false
  return job.metadata.name === nameWith(schedule, job.metadata.annotations?.[RUN_NOW_ANNOTATION] ?? minuteOf(slot))
}

/** Times without a fraction, as people write them. */
export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/**
 * The BackupJob of a slot or a token, as it is sent to the API server.
 *
 * It has no owner reference: history survives the schedule (api.md rule 10). The finalizer that a granted job needs is on it from
 * the beginning, which saves a write for each run.
 */
export function childOf(schedule: BackupSchedule, occasion: Occasion): BackupJob {
  const {namespace = '', name} = schedule.metadata
  const {metadata, spec} = schedule.spec.jobTemplate
  return {
    apiVersion: `${GROUP}/${VERSION}`,
    kind: 'BackupJob',
    metadata: {
      name: childNameOf({namespace, name}, occasion),
      namespace,
      labels: {
        ...metadata?.labels,
        [SCHEDULE_LABEL]: labelValue(name),
        [MODEL_LABEL]: labelValue(spec.modelRef.name),
        [APPLICATION_LABEL]: labelValue(spec.application),
      },
      annotations: {
        ...metadata?.annotations,
        [SCHEDULE_NAME_ANNOTATION]: name,
        [MODEL_NAME_ANNOTATION]: spec.modelRef.name,
        [SLOT_ANNOTATION]: timeOf('slot' in occasion ? occasion.slot : occasion.at),
        ...('slot' in occasion ? {} : {[RUN_NOW_ANNOTATION]: hashOf(occasion.runNow)}),
      },
      finalizers: [RUNNING_FINALIZER],
    },
    spec: {...spec, type: 'Backup'} as BackupJob['spec'],
  }
}

/** Under which its children are found, see `scheduleKeyOf`. */
export const childrenKeyOf = ({metadata}: {readonly metadata: ScheduleName}): string =>
  `${metadata.namespace}/${labelValue(metadata.name)}`

/**
 * Whether this job is a child of a schedule of this name for the same application (api.md: such a one is adopted).
 * An object whose spec lacks what every job has to have is none.
 */
export function isChildOf(job: BackupJob, schedule: BackupSchedule): boolean {
  const {modelRef, application} = schedule.spec.jobTemplate.spec
  return (
    scheduleKeyOf(job) === childrenKeyOf(schedule) &&
    job.spec?.type === 'Backup' &&
    job.spec.application === application &&
    job.spec.modelRef?.name === modelRef.name
  )
}
