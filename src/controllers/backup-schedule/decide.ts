import type {BackupSchedule, WaitReason} from '../../api/backup-schedule.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {isFinished} from '../backup-job/rules/state.ts'
import {isReplaced, isRunNow, slotOf} from '../backup-job/origin.ts'
import {childNameOf, isChildOf, isTrueChild, type Occasion, timeOf} from './child.ts'
import {ledgerOf, patternStatus} from './ledger.ts'
import type {Observed} from './observed.ts'
import {Slots} from './pattern.ts'
import {nextRunOf, previewOf, type PreviewQuestion, type PreviewStatus} from './preview.ts'
import {readyOf, type Ready, type ReadyQuestion} from './ready.ts'
import {runsAfter, type RunsStatus} from './runs.ts'
import {decideSlots, type Account, type Ledger, type SlotChild, type SlotQuestion, type SlotVerdict} from './slots.ts'
import {knownOf, targetOf} from './target.ts'

/** What is to be done now, and what is true once it is done. */
export interface Decision {
  /** this child has to be created, before anything is written about it */
  readonly create?: Occasion
  /** this child has to give way to a newer one */
  readonly replace?: {readonly name: string; readonly bySlot: number}
  /** slots that the next status accounts for */
  readonly accounts: readonly Account[]
  readonly ready: Ready
  /** worked out when it is asked for: a due child must not wait for what is only said */
  readonly said: () => Said
  /** when to look again, ms since the epoch, whatever happens meanwhile */
  readonly wakeAt: number | undefined
}

/** The part of the status that the core of the scheduler says. */
export type Said = RunsStatus &
  PreviewStatus & {
    readonly pattern: ReturnType<typeof patternStatus>
    readonly target: ReturnType<typeof targetOf>
    readonly waitingSlot?: {slot: string; reason: WaitReason}
    readonly lastHandledRunNow?: string
    readonly effectiveJitterSeconds?: number
  }

/** Decides about one BackupSchedule. Pure. */
export function decide(observed: Observed): Decision {
  const question = slotQuestion(observed)
  const verdict = decideSlots(question)
  const runNow = runNowOf(observed)
  const accounts = runNow.account === undefined ? verdict.accounts : [...verdict.accounts, runNow.account]
  const coming = comingOf(observed, question, verdict)
  const ready = readyOf(readyQuestion(observed, verdict, nextRunOf(coming)))
  const create = verdict.create === undefined ? runNow.create : {slot: verdict.create}
  return {
    ...(create === undefined ? {} : {create}),
    ...(verdict.replace === undefined ? {} : {replace: verdict.replace}),
    accounts,
    ready,
    said: () => saidOf(observed, {...verdict, accounts}, {handled: runNow.handled, coming}),
    wakeAt: earliest(verdict.waiting?.until, verdict.dueAt, observed.refused?.until),
  }
}

function comingOf({schedule, memo}: Observed, {spec, jitterMs}: SlotQuestion, verdict: SlotVerdict): PreviewQuestion {
  const {ledger, dueAt} = verdict
  return {
    pattern: ledger,
    windows: spec.windows ?? [],
    suspended: ledger.suspended,
    jitterMs,
    dueAt,
    generation: schedule.metadata.generation,
    before: schedule.status,
    memo,
  }
}

/** @param next when the next run starts, ms since the epoch */
function readyQuestion(observed: Observed, {waiting}: SlotVerdict, next: number | undefined): ReadyQuestion {
  const {schedule, pattern, windows, refused, model, storage} = observed
  return {
    spec: schedule.spec,
    pattern,
    windows,
    refused: refused?.message,
    model,
    storage,
    next: next === undefined ? undefined : timeOf(next),
    waiting: waiting && {slot: timeOf(waiting.slot), until: timeOf(waiting.until)},
  }
}

/** A pattern that cannot be read has no slots. */
function wantedOf({schedule: {spec}, pattern, windows}: Observed): SlotQuestion['wanted'] {
  const isUsable = pattern === undefined && windows === undefined
  const {timeZone, suspend} = spec
  return {schedule: isUsable ? spec.schedule : '', timeZone, suspended: suspend}
}

function slotQuestion(observed: Observed): SlotQuestion {
  const {schedule, now, children, named, jitterMs, model, refreshing, refused, memo} = observed
  const wanted = wantedOf(observed)
  const ledger = ledgerOf(schedule, wanted)
  const isUsable = wanted.schedule !== ''
  const isOurs = (slot: number): boolean => {
    const found = named(childNameOf(schedule.metadata, {slot}))
    return found === undefined || isMadeBy(found, schedule)
  }
  return {
    now,
    memo,
    ledger,
    wanted,
    // What is wrong with windows makes nobody wait: it is said, and the slots that are due still run.
    spec: isUsable ? schedule.spec : {...schedule.spec, windows: undefined},
    jitterMs,
    waiting: waitingOf(schedule),
    made: [...children.flatMap(child => slotChild(observed, child, ledger)), ...vanished(observed, ledger)],
    active: children
      .filter(child => !isFinished(child.status) && isChildOf(child, schedule))
      .map(child => ({
        name: child.metadata.name,
        granted: isBegun(child),
        slot: isRunNow(child) ? undefined : slotOf(child),
      })),
    isTaken: slot => !isOurs(slot),
    modelReady: model.ready,
    refreshing,
    refused: refused !== undefined,
  }
}

function waitingOf({status}: BackupSchedule): SlotQuestion['waiting'] {
  if (status?.waitingSlot === undefined) return undefined
  const {slot, reason} = status.waitingSlot
  return {slot: Date.parse(slot), reason}
}

/** Made by this very schedule, for whatever application it was at that time; or by one of the same name before it, for the same one. */
function isMadeBy(job: CachedBackupJob, schedule: BackupSchedule): boolean {
  if (!isTrueChild(job, schedule.metadata)) return false
  return isChildOf(job, schedule) || createdAt(job) >= createdAt(schedule)
}

const createdAt = ({metadata}: Pick<BackupSchedule, 'metadata'>): number => Date.parse(metadata.creationTimestamp ?? '')

/** Juju has its task, or may have it at any moment. */
const isBegun = ({status}: CachedBackupJob): boolean => status?.grantedAt !== undefined

/** A child for a slot that is not accounted for. */
function slotChild({schedule, memo}: Observed, child: CachedBackupJob, ledger: Ledger): SlotChild[] {
  const slot = slotOf(child)
  if (slot === undefined || slot <= ledger.accountedUntil || isRunNow(child) || !isMadeBy(child, schedule)) return []
  // A clock that was set back may bring a slot of an earlier pattern behind the present one.
  if (new Slots(memo).count(ledger, slot - 1, slot) === 0) return []
  const {name} = child.metadata
  const finished = isFinished(child.status)
  const granted = isBegun(child)
  return [{name, slot, createdAt: createdAt(child), finished, granted, replaced: isReplaced(child)}]
}

/** One that was created a moment ago and is gone already, by its time to live or by a person: it is not made again. */
function vanished({created, named}: Observed, ledger: Ledger): SlotChild[] {
  if (created === undefined || !('slot' in created.occasion)) return []
  const {slot} = created.occasion
  if (slot <= ledger.accountedUntil || named(created.name) !== undefined) return []
  return [{name: created.name, slot, createdAt: created.at, finished: true, granted: false, replaced: false}]
}

interface RunNow {
  /** has to be created at once */
  readonly create?: Occasion
  /** what `lastHandledRunNow` becomes */
  readonly handled: string | undefined
  /** it cannot run */
  readonly account?: Account
}

/** A token runs once: under a name of its own, so that a crash between creation and status changes nothing. */
function runNowOf({schedule, now, named, refused, created}: Observed): RunNow {
  const token = schedule.spec.runNow
  const {lastHandledRunNow: handled, recentRuns, lastAttemptTime} = schedule.status ?? {}
  if (token === undefined || token === '' || token === handled) return {handled}
  const occasion = {runNow: token, at: now}
  const name = childNameOf(schedule.metadata, occasion)
  const found = named(name)
  if (found === undefined && created?.name === name) return {handled: token}
  if (found === undefined) return refused === undefined ? {create: occasion, handled} : {handled}
  if (!isMadeBy(found, schedule))
    return {handled: token, account: notRun(now, `${nameTaken} ${name}; delete it, or ${another}`)}
  // Known before: it is shown still, or something newer is.
  const isShown = recentRuns?.some(({job}) => job === name) ?? false
  const isRepeated = isShown || Date.parse(lastAttemptTime ?? '') > createdAt(found)
  return {
    handled: token,
    ...(isRepeated ? {account: notRun(now, `this text has run before, as ${name}; ${another}`)} : {}),
  }
}

const nameTaken = 'this schedule did not make the BackupJob'
const another = 'write another text into spec.runNow'

const notRun = (now: number, message: string): Account => ({
  outcome: 'Skipped',
  reason: 'NameTaken',
  slot: now,
  count: 0,
  message,
})

function saidOf(
  {schedule, children, jitterMs}: Observed,
  {accounts, ledger, waiting}: SlotVerdict,
  {handled, coming}: {readonly handled: string | undefined; readonly coming: PreviewQuestion},
): Said {
  return {
    ...runsAfter(knownOf(schedule), accounts, children, child => isChildOf(child, schedule)),
    target: targetOf(schedule),
    ...previewOf(coming),
    pattern: patternStatus(ledger),
    ...(waiting === undefined ? {} : {waitingSlot: {slot: timeOf(waiting.slot), reason: waiting.reason}}),
    ...(handled === undefined ? {} : {lastHandledRunNow: handled}),
    ...(schedule.spec.jitterSeconds === 0 ? {} : {effectiveJitterSeconds: jitterMs / 1000}),
  }
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
