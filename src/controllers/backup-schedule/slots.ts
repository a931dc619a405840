import type {BackupScheduleSpec, SkipReason, WaitReason} from '../../api/backup-schedule.ts'
import {allowed, type CalendarMemo} from '../../calendar/index.ts'
import {Slots, type Pattern} from './pattern.ts'

/** A child that is created this long after its slot is Late, ms. */
const LATE_AFTER_MS = 60_000

/** The pattern with which slots are counted, and how far they are accounted for; times are ms since the epoch. */
export interface Ledger extends Pattern {
  readonly suspended: boolean
  readonly since: number
  /** every slot up to this one is accounted for */
  readonly accountedUntil: number
}

/** A BackupJob that this schedule made for a slot. */
export interface SlotChild {
  readonly name: string
  readonly slot: number
  readonly createdAt: number
  readonly finished: boolean
  /** its task may be in Juju, so that it can only be waited for */
  readonly granted: boolean
  /** a newer slot has taken its place before it was granted */
  readonly replaced: boolean
}

/** Everything that decides about slots. */
export interface SlotQuestion {
  readonly now: number
  readonly memo: CalendarMemo
  readonly ledger: Ledger
  /** what the spec says now */
  readonly wanted: Pattern & {readonly suspended: boolean}
  readonly spec: Pick<
    BackupScheduleSpec,
    'windows' | 'startingDeadlineSeconds' | 'missedRunPolicy' | 'concurrencyPolicy'
  >
  readonly jitterMs: number
  /** a due slot that has been waiting */
  readonly waiting?: {readonly slot: number; readonly reason: WaitReason} | undefined
  /** children for slots that are not accounted for yet */
  readonly made: readonly SlotChild[]
  /** unfinished children, whatever they were made for */
  readonly active: readonly (Pick<SlotChild, 'name' | 'granted'> & {readonly slot?: number | undefined})[]
  /** whether an object that is none of ours has the name of the child of this slot */
  readonly isTaken: (slot: number) => boolean
  readonly modelReady: boolean
  readonly refreshing: boolean
  /** the API server has just refused a child of this template */
  readonly refused: boolean
}

/** What became of one slot, or of several that were missed together. */
export interface Account {
  readonly outcome: 'Ran' | 'Late' | 'Skipped'
  readonly reason?: SkipReason
  /** the newest of them */
  readonly slot: number
  /** how many; more than one only of those that were skipped for the same reason; 0: a run of spec.runNow, which is no slot */
  readonly count: number
  readonly job?: string
  readonly message?: string
}

export interface SlotVerdict {
  /** oldest first */
  readonly accounts: readonly Account[]
  /** the ledger once the accounts are written */
  readonly ledger: Ledger
  /** the child of this slot has to be created now */
  readonly create?: number
  /** this child has to give way to that of the new slot, which is there */
  readonly replace?: {readonly name: string; readonly bySlot: number}
  readonly waiting?: {readonly slot: number; readonly reason: WaitReason; readonly until: number}
  /** when the next slot falls due, jitter included; undefined while suspended or if there is none */
  readonly dueAt?: number
}

/**
 * What is to be done about the slots that have come since the ledger was written. Pure.
 *
 * Children are created before they are accounted for: a slot with its child in the cache is Ran or Late, whoever created it and
 * whenever the operator was stopped in between, and one without is created again under the same name.
 */
export function decideSlots(asked: SlotQuestion): SlotVerdict {
  const question = {...asked, ledger: ofThisTime(asked)}
  const {ledger, now, jitterMs} = question
  const newest = slotsOf(question).newest(ledger, ledger.accountedUntil, now - jitterMs)
  if (newest === undefined) return settled(question, [], ledger)
  const older = olderAccounts(question, newest)
  const last = judge(question, newest)
  if (last.account !== undefined)
    return settled(question, [...older, last.account], {...ledger, accountedUntil: newest})
  // Which of the older ones has run is not known before the new slot has taken their place. While that has to wait itself, they stay.
  const isReplacing = last.open?.waiting === undefined && mayYetBeReplaced(question, newest)
  if (older.length === 0 || isReplacing) return {...withDue(question, [], ledger, newest), ...last.open}
  return {...withDue(question, older, {...ledger, accountedUntil: newest - 1000}, newest), ...last.open}
}

/** So far ahead of the clock, ms, slots were accounted for by a clock that was wrong. */
const wrongClockMs = 25 * 3_600_000

/**
 * A clock that is set back by an hour brings no slot twice. One that was wrong by more than a day must not leave the schedule silent
 * for as long as it was ahead: it is counted anew from now; what it has made keeps its names.
 */
function ofThisTime({ledger, now, jitterMs}: SlotQuestion): Ledger {
  if (ledger.accountedUntil <= now + wrongClockMs) return ledger
  return {...ledger, since: now, accountedUntil: now - jitterMs}
}

const isWaiting = (child: SlotChild): boolean => !child.granted && !child.finished && !child.replaced
const mayYetBeReplaced = ({spec, made}: SlotQuestion, newest: number): boolean =>
  spec.concurrencyPolicy === 'Replace' && made.some(child => child.slot < newest && isWaiting(child))

const slotsOf = ({memo}: SlotQuestion): Slots => new Slots(memo)

/** All slots so far are accounted for: now a changed pattern may take over. */
function settled(question: SlotQuestion, accounts: readonly Account[], ledger: Ledger): SlotVerdict {
  return withDue(question, accounts, takenOver(question, ledger), undefined)
}

/** What falls due after the moment at which a change was seen is the new pattern's; slots come before they fall due, by the jitter. */
function takenOver({wanted, now, jitterMs}: SlotQuestion, ledger: Ledger): Ledger {
  const samePattern = ledger.schedule === wanted.schedule && ledger.timeZone === wanted.timeZone
  if (!samePattern) return {...wanted, since: now, accountedUntil: now - jitterMs}
  if (ledger.suspended === wanted.suspended) return ledger
  return {...ledger, ...wanted, accountedUntil: Math.max(ledger.accountedUntil, now - jitterMs)}
}

/** @param open the slot that is being worked on; those after it are waited for */
function withDue(
  question: SlotQuestion,
  accounts: readonly Account[],
  ledger: Ledger,
  open: number | undefined,
): SlotVerdict {
  const {now, jitterMs} = question
  const after = Math.max(ledger.accountedUntil, open ?? 0, now - jitterMs)
  const next = slotsOf(question).next(ledger, after)
  return {accounts, ledger, ...(next === undefined ? {} : {dueAt: next + jitterMs})}
}

const isSuspended = ({ledger, wanted}: SlotQuestion): boolean => ledger.suspended || wanted.suspended

/** Slots before the newest: those whose child was created, the one that waited, and those that nobody was there for. */
function olderAccounts(question: SlotQuestion, newest: number): Account[] {
  const {ledger, made, waiting, now} = question
  const ran = made.filter(({slot}) => slot > ledger.accountedUntil && slot < newest)
  const accounts = ran.map(child => ofChild(child, question))
  const waited = waiting !== undefined && waiting.slot < newest && !ran.some(({slot}) => slot === waiting.slot)
  if (waited && waiting.slot > ledger.accountedUntil) accounts.push(ofWaiting(waiting, 'until the next slot came'))
  const elapsed = slotsOf(question).count(ledger, ledger.accountedUntil, newest - 1)
  const missed = elapsed - accounts.length
  if (missed > 0) accounts.push(ofMissed(question, missed, newest, now))
  return accounts.toSorted((a, b) => a.slot - b.slot)
}

function ofMissed(question: SlotQuestion, count: number, newest: number, now: number): Account {
  const {ledger, made, waiting} = question
  const isKnown = (slot: number): boolean => made.some(one => one.slot === slot) || waiting?.slot === slot
  let slot = slotsOf(question).newest(ledger, ledger.accountedUntil, newest - 1)
  while (slot !== undefined && isKnown(slot)) slot = slotsOf(question).newest(ledger, ledger.accountedUntil, slot - 1)
  const shared = {outcome: 'Skipped', slot: slot ?? newest - 1000, count} as const
  if (isSuspended(question)) return {...shared, reason: 'Suspended', message: 'the schedule is suspended'}
  const message = `${notCreated} ${count === 1 ? 'for this slot' : `for ${count} slots`}; at most the newest missed slot is made up for`
  return {...shared, reason: 'OperatorDown', message: `${message} (seen at ${new Date(now).toISOString()})`}
}

/** Why is not known any more: there was nobody to write it down, or no way to do so. */
const notCreated =
  'no BackupJob could be created (the operator was not running, or the API server did not take its calls)'

const waitedFor: Readonly<Record<WaitReason, {reason: SkipReason; why: string}>> = {
  ModelUnavailable: {reason: 'ModelUnavailable', why: 'its JujuModel was not ready'},
  TemplateRefused: {reason: 'DeadlineExceeded', why: 'the API server refused its BackupJob'},
}

function ofWaiting({slot, reason}: {slot: number; reason: WaitReason}, until: string): Account {
  const said = waitedFor[reason]
  return {outcome: 'Skipped', slot, count: 1, reason: said.reason, message: `${said.why} ${until}`}
}

function ofChild(child: SlotChild, {jitterMs}: SlotQuestion): Account {
  const shared = {slot: child.slot, count: 1, job: child.name}
  if (child.replaced)
    return {...shared, outcome: 'Skipped', reason: 'Replaced', message: 'a newer slot came before it was begun'}
  const lateMs = child.createdAt - (child.slot + jitterMs)
  return {...shared, outcome: lateMs > LATE_AFTER_MS ? 'Late' : 'Ran'}
}

/** Either the slot is accounted for, or something has to be done or waited for first. */
interface Judgement {
  readonly account?: Account
  readonly open?: Pick<SlotVerdict, 'create' | 'replace' | 'waiting'>
}

const skipped = (slot: number, reason: SkipReason, message: string): Judgement => ({
  account: {outcome: 'Skipped', slot, count: 1, reason, message},
})

/** The newest slot: the first rule that applies decides. */
function judge(question: SlotQuestion, slot: number): Judgement {
  const child = question.made.find(one => one.slot === slot)
  if (child !== undefined) return ofNewestChild(question, child)
  if (isSuspended(question)) return skipped(slot, 'Suspended', 'the schedule is suspended')
  if (question.isTaken(slot))
    return skipped(slot, 'NameTaken', 'an object that this schedule did not make has the name of its BackupJob')
  return tooLate(question, slot) ?? blocked(question, slot) ?? overlapping(question, slot) ?? {open: {create: slot}}
}

/** With Replace a slot is settled only when its job was begun, is over, or had to give way; one that waits before it gives way to it. */
function ofNewestChild(question: SlotQuestion, child: SlotChild): Judgement {
  const {spec, made} = question
  const before = made.find(one => one.slot < child.slot && isWaiting(one))
  if (spec.concurrencyPolicy === 'Replace' && before !== undefined && !child.finished)
    return {open: {replace: {name: before.name, bySlot: child.slot}}}
  if (question.spec.concurrencyPolicy === 'Replace' && isWaiting(child) && !isChanging(question)) return {open: {}}
  return {account: ofChild(child, question)}
}

const isChanging = ({ledger, wanted}: SlotQuestion): boolean =>
  ledger.schedule !== wanted.schedule || ledger.timeZone !== wanted.timeZone || ledger.suspended !== wanted.suspended

/** Windows and deadlines. */
function tooLate(question: SlotQuestion, slot: number): Judgement | undefined {
  const {spec, now, jitterMs, memo, ledger} = question
  const due = slot + jitterMs
  const isAllowed = (time: number): boolean => allowed(spec.windows ?? [], time, ledger.timeZone, memo)
  if (!isAllowed(due)) return skipped(slot, 'OutsideWindow', 'its time is outside of spec.windows')
  const waiting = question.waiting?.slot === slot ? question.waiting : undefined
  const lateMs = now - due
  const deadlineMs = (spec.startingDeadlineSeconds ?? Infinity) * 1000
  if (waiting !== undefined) {
    if (isChanging(question)) return {account: ofWaiting(waiting, 'until the schedule was changed')}
    if (lateMs >= deadlineMs)
      return {account: ofWaiting(waiting, `for ${spec.startingDeadlineSeconds} s (startingDeadlineSeconds)`)}
    if (!isAllowed(now)) return {account: ofWaiting(waiting, 'until its window closed')}
    return undefined
  }
  if (lateMs <= Math.min(LATE_AFTER_MS, deadlineMs)) return undefined
  const since = `${notCreated} at its time; now it is ${Math.round(lateMs / 1000)} s late`
  if (lateMs > deadlineMs)
    return skipped(slot, 'DeadlineExceeded', `${since}, and startingDeadlineSeconds is ${spec.startingDeadlineSeconds}`)
  if (spec.missedRunPolicy === 'Skip') return skipped(slot, 'OperatorDown', `${since}, and missedRunPolicy is Skip`)
  if (!isAllowed(now)) return skipped(slot, 'OperatorDown', `${since}, and outside of spec.windows`)
  return undefined
}

/** What is in the way outside of this schedule. */
function blocked(question: SlotQuestion, slot: number): Judgement | undefined {
  const {refreshing, modelReady, refused} = question
  if (!modelReady) return {open: {waiting: waitFor(question, slot, 'ModelUnavailable')}}
  if (refreshing) return skipped(slot, 'RefreshInProgress', 'the application is being refreshed')
  return refused ? {open: {waiting: waitFor(question, slot, 'TemplateRefused')}} : undefined
}

/** A slot waits until its deadline, and at the longest until the next slot. */
function waitFor(
  question: SlotQuestion,
  slot: number,
  reason: WaitReason,
): {slot: number; reason: WaitReason; until: number} {
  const {spec, ledger, jitterMs} = question
  const next = slotsOf(question).next(ledger, slot) ?? Infinity
  const deadline = slot + (spec.startingDeadlineSeconds ?? Infinity) * 1000
  return {slot, reason, until: Math.min(next, deadline) + jitterMs}
}

/** Children that are not over. */
function overlapping({spec, active, ledger}: SlotQuestion, slot: number): Judgement | undefined {
  const [running] = active
  if (running === undefined) return undefined
  const waiting = active.find(({granted}) => !granted)
  // One that is accounted for as run is waited for, or its account would be wrong.
  if (spec.concurrencyPolicy === 'Replace' && (waiting?.slot ?? 0) > ledger.accountedUntil && waiting !== undefined)
    return {open: {create: slot}}
  if (spec.concurrencyPolicy === 'Forbid')
    return skipped(slot, 'Overlap', `${running.name} is not over, and concurrencyPolicy is Forbid`)
  return waiting === undefined ? undefined : skipped(slot, 'Overlap', `${waiting.name} is waiting already; one waits`)
}
