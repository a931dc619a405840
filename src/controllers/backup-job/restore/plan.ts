import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {RestoreSpec, RestoreStepName} from '../../../api/backup-job-restore.ts'
import type {BackupRow, CharmProfile} from '../../../charms/profile.ts'
import type {RestoreTarget} from '../../../charms/restore.ts'
import type {ApplicationView} from '../observed.ts'
import {median} from '../rules/median.ts'
import {listedBackups, usableOf} from './backups.ts'
import type {Choice} from './choice.ts'
import {choose} from './choose.ts'
import {lossOf} from './loss.ts'
import {timeOf, within} from './sentences.ts'
import {forbidden, noSafety, refusedNow} from './standing.ts'
import {stepsOf} from './steps.ts'
import {planUnits} from './units.ts'
import {fitOf} from './versions.ts'
import type {Window} from './window.ts'

/** The backup that spec.restore.source names through an object, resolved from the caches. */
export type SourceView =
  /** no object is named: an id, the newest one, or none at all */
  | {readonly state: 'none'}
  | {readonly state: 'missing'; readonly message: string}
  | {readonly state: 'open'; readonly message: string}
  | {
      readonly state: 'found'
      /** name of the BackupJob */
      readonly job: string
      readonly backupID: string
      readonly application: string
      readonly modelUUID: string
    }

/** Moments that one backup can be replayed to, as the store shows it. */
export interface Reach {
  readonly backupID: string
  /** RFC 3339 */
  readonly first: string
  /** RFC 3339; when the newest piece of the log without a gap was archived */
  readonly last: string
}

/** A BackupJob of the same application that made one of the listed backups. */
export interface KnownBackup {
  readonly backupID: string
  readonly job: string
  readonly engineVersion?: string | undefined
  /** when its task was over, by Juju's clock, RFC 3339 */
  readonly completionTime?: string | undefined
  /** it was found broken or gone in the store, or its run was cancelled: never offered */
  readonly unusable?: string | undefined
}

/** All that a plan depends on; a value. */
export interface PlanQuestion {
  readonly application: string
  /** with source, pointInTime, timeline, unit, replicas, safetyBackup and mode as the user gave them */
  readonly spec: RestoreSpec
  readonly hooks: {readonly pre: number; readonly post: number}
  readonly profile: CharmProfile
  readonly view: ApplicationView
  readonly kubernetes: boolean
  readonly modelUUID: string
  /** the whole listing, restores included */
  readonly rows: readonly BackupRow[]
  readonly source: SourceView
  readonly known: readonly KnownBackup[]
  /** from the store, where storageRef is given; undefined: not looked at */
  readonly reach: readonly Reach[] | undefined
  /** that the charm reads from another store than the BackupStorage that is named, as a sentence; undefined: it does not */
  readonly foreignStorage: string | undefined
  /** durations of finished restores of the same application, seconds, newest first */
  readonly durations: readonly number[]
  /** ms since the epoch */
  readonly now: number
}

export interface Blocker {
  readonly reason: BackupJobReason
  readonly message: string
  /** It may pass, or a person may end it, without any change of the spec. */
  readonly passing?: true
}

/** What a restore would do. With blockers it is as complete as it can be, and nothing may be started. */
export interface RestorePlan {
  readonly target: RestoreTarget
  readonly chosenBackupID: string | undefined
  readonly chosenBecause: string
  readonly window: {readonly first: string; readonly last: string} | undefined
  readonly loss: string
  readonly expectedSeconds: number | undefined
  readonly versions: string
  readonly notContained: readonly string[]
  readonly unitsBefore: readonly string[]
  /** unit that is restored; undefined: there is none that could be */
  readonly survivor: string | undefined
  readonly timelineBefore: string | undefined
  /** parameters of the restore action */
  readonly parameters: Readonly<Record<string, string>>
  /** only those that are needed, in their order */
  readonly steps: readonly {readonly name: RestoreStepName; readonly plan: string}[]
  /** worst first; the first one ends an Execute */
  readonly blockers: readonly Blocker[]
}

/**
 * Plans a restore. Pure: the same question has the same plan. Where something is in the way it is said in `blockers`, and
 * the rest is planned as far as it can be: there are no `parameters` while it is not known what to restore, and no `steps`
 * while it is not known what, or on which unit.
 */
export function planRestore(question: PlanQuestion): RestorePlan {
  const capability = question.profile.restore
  if (capability === undefined) return impossible(question)
  const backups = listedBackups(question)
  const choice = choose(question, capability, backups)
  const units = planUnits(question, capability)
  const {said, blocker} = fitOf(question.profile.engine, choice.chosen?.engineVersion, question.view.workloadVersion)
  const known = choice.blocker === undefined
  const parameters = known ? capability.parameters(choice.target) : {}
  const survivor = units.survivor?.name
  const blockers = [
    ...forbidden(question, capability),
    ...(choice.blocker === undefined ? [] : [choice.blocker]),
    ...(known && blocker !== undefined ? [blocker] : []),
    ...units.blockers,
    ...noSafety(question),
    ...refusedNow(question, capability, units),
  ]
  return {
    target: choice.target,
    chosenBackupID: choice.chosen?.id,
    chosenBecause: within(512, becauseOf(choice, parameters)),
    window: shown(choice.window),
    loss: lossOf(question, choice, usableOf(backups)),
    expectedSeconds: median(question.durations.slice(0, 5)),
    versions: choice.chosen === undefined ? 'Not known: no backup is chosen.' : said,
    notContained: capability.notContained,
    unitsBefore: units.before,
    survivor,
    timelineBefore: capability.newestTimeline(question.rows),
    parameters,
    steps: known && survivor !== undefined ? stepsOf(question, capability, {...units, survivor, parameters}) : [],
    blockers: worstFirst(blockers).map(each => ({...each, message: within(1024, each.message)})),
  }
}

/** What only time or a person can end comes after what only another spec can. */
const worstFirst = (blockers: readonly Blocker[]): readonly Blocker[] => [
  ...blockers.filter(({passing}) => passing !== true),
  ...blockers.filter(({passing}) => passing === true),
]

function shown(window: Window | undefined): RestorePlan['window'] {
  const [first, last] = [window?.spans[0]?.first, window?.spans.at(-1)?.last]
  return first === undefined || last === undefined ? undefined : {first: timeOf(first), last: timeOf(last)}
}

/** The reason as a sentence, and what the window and the charm leave open. */
function becauseOf({because, window, target}: Choice, parameters: RestorePlan['parameters']): string {
  const isCut = target.moment?.includes('.') === true && !Object.values(parameters).some(value => value.includes('.'))
  return [
    `${because.charAt(0).toUpperCase()}${because.slice(1).replace(/\.$/, '')}.`,
    isCut && 'The charm takes whole seconds: it is restored to the beginning of that second.',
    window?.open === true &&
      'How far the log reaches after the newest backup is not shown by the charm; with storageRef it is read from the store.',
  ]
    .filter(said => said !== false)
    .join(' ')
}

function impossible({view}: PlanQuestion): RestorePlan {
  return {
    target: {},
    chosenBackupID: undefined,
    chosenBecause: 'Nothing can be restored as asked.',
    window: undefined,
    loss: 'Nothing: it is not restored.',
    expectedSeconds: undefined,
    versions: 'Not known: no backup is chosen.',
    notContained: [],
    unitsBefore: view.units.map(({name}) => name),
    survivor: undefined,
    timelineBefore: undefined,
    parameters: {},
    steps: [],
    blockers: [{reason: 'Unsupported', message: `The charm ${view.charm} has no action that restores a backup.`}],
  }
}
