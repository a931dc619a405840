import {createHash} from 'node:crypto'
import {isDeepStrictEqual} from 'node:util'
import {z} from 'zod'
import {readRecord, type AnnotationFault} from './annotation-record.ts'

/**
 * The ledger of an application (api.md rule 14): what must never run twice, even from a rebuilt cluster that applies its
 * repository again. It lives in Juju as an annotation of the application, and knows nothing of who asks but ids.
 */
export interface Ledger {
  readonly v: 1
  readonly entries: readonly LedgerEntry[]
}

/** Written before the first effect of a request. Fields that a newer operator added are carried along. */
export interface LedgerEntry {
  /** request id, at most 63 characters; unique in the ledger */
  readonly id: string
  /** of the object that wrote it: its own entry is its own intent */
  readonly uid: string
  /** what kind of object that is, for example `Restore` */
  readonly kind: string
  /** when it was written, RFC 3339 */
  readonly at: string
  /** it may be forgotten after this time, RFC 3339 */
  readonly validUntil: string
  readonly outcome: string
  /** of a finished refresh: the charm revision that it led to */
  readonly revision?: number | undefined
}

/** What an operator writes as the outcome; another word, of a newer one, counts as Unknown. `Open`: not settled. */
export type LedgerOutcome = 'Open' | 'Succeeded' | 'Failed' | 'Unknown'

/** Who asks: request id and the uid of the asking object. */
export type LedgerKey = Pick<LedgerEntry, 'id' | 'uid'>

export type LedgerFinding =
  /** never heard of: it may run */
  | {readonly kind: 'None'}
  /** the object's own: its intent, to be looked up (rule 11) */
  | {readonly kind: 'Own'; readonly entry: LedgerEntry}
  /** another object ran it, maybe in another cluster; it must not run again */
  | {readonly kind: 'AlreadyExecuted' | 'Failed' | 'OutcomeUnknown'; readonly entry: LedgerEntry}

/** Why an entry is not taken. */
export interface LedgerRefusal {
  readonly reason: 'LedgerFull' | 'KnownRequest' | 'UnknownRequest' | 'InvalidEntry'
  readonly message: string
}

export type LedgerChange =
  {readonly ok: true; readonly ledger: Ledger} | {readonly ok: false; readonly refusal: LedgerRefusal}

export const ledgerCapacity = 20
export const requestIDLength = 63
/** an entry is valid for as long as this at most */
export const longestValidityMs = 30 * 24 * 3600_000

const entrySchema = z.looseObject({
  id: z.string().min(1).max(requestIDLength),
  uid: z.string().min(1),
  kind: z.string(),
  at: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  outcome: z.string(),
  revision: z.int().optional(),
})
const ledgerSchema = z.looseObject({v: z.literal(1), entries: z.array(entrySchema)})

export const emptyLedger: Ledger = {v: 1, entries: []}

/** @param text of the annotation; '' when there is none */
export function parseLedger(text: string): {readonly ok: true; readonly ledger: Ledger} | AnnotationFault {
  if (text === '') return {ok: true, ledger: emptyLedger}
  const read = readRecord(text, ledgerSchema)
  return read.ok ? {ok: true, ledger: read.record} : read
}

/** The same ledger is always the same text. @returns '' for one without entries: nothing is left behind in Juju */
export function formatLedger(ledger: Ledger): string {
  return ledger.entries.length === 0 ? '' : JSON.stringify(ledgerSchema.parse(ledger))
}

/** What the ledger says of a request. An entry counts as long as it is there, also after its time. */
export function findInLedger({entries}: Ledger, {id, uid}: LedgerKey): LedgerFinding {
  const entry = entries.find(one => one.id === id)
  if (entry === undefined) return {kind: 'None'}
  if (entry.uid === uid) return {kind: 'Own', entry}
  return {kind: verdicts.get(entry.outcome) ?? 'OutcomeUnknown', entry}
}

const verdicts: ReadonlyMap<string, 'AlreadyExecuted' | 'Failed'> = new Map([
  ['Succeeded', 'AlreadyExecuted'],
  ['Failed', 'Failed'],
] as const)

/** What two clocks say at one moment, ms. */
export interface LedgerClocks {
  readonly ours: number
  /** that of the controller, as FullStatus tells it */
  readonly theirs: number
}

/**
 * Adds an open entry, after the expired ones have left: those whose time is over by our clock and by the controller's, so that
 * one clock that is ahead for a moment forgets nothing. An own entry that is there already is left as it is.
 */
export function addToLedger(
  ledger: Ledger,
  entry: Omit<LedgerEntry, 'at' | 'outcome' | 'revision'>,
  {ours: now, theirs}: LedgerClocks,
): LedgerChange {
  const invalid = whyInvalid(entry, now)
  const known = findInLedger(ledger, entry)
  if (known.kind === 'Own') return {ok: true, ledger}
  if (known.kind !== 'None')
    return refused(
      'KnownRequest',
      `request ${entry.id} is known: object ${known.entry.uid} made it at ${known.entry.at}`,
    )
  if (invalid !== undefined) return refused('InvalidEntry', invalid)
  const left = expireLedger(ledger, Math.min(now, theirs))
  if (left.entries.length >= ledgerCapacity) {
    const next = left.entries.map(({validUntil}) => validUntil).toSorted()[0]
    return refused(
      'LedgerFull',
      `the ledger holds ${ledgerCapacity} requests; the first of them leaves it after ${next}`,
    )
  }
  const validUntil = new Date(entry.validUntil).toISOString()
  const added: LedgerEntry = {...entry, validUntil, at: new Date(now).toISOString(), outcome: 'Open'}
  return {ok: true, ledger: {...left, entries: [...left.entries, added]}}
}

function whyInvalid(
  {id, uid, validUntil}: Pick<LedgerEntry, 'id' | 'uid' | 'validUntil'>,
  now: number,
): string | undefined {
  if (id === '' || id.length > requestIDLength) return `a request id has 1 to ${requestIDLength} characters`
  if (uid === '') return 'an entry needs the uid of the object that makes it'
  const validFor = Date.parse(validUntil) - now
  if (!(validFor > 0)) return 'validUntil is over'
  return validFor > longestValidityMs ? 'validUntil is more than 30 days ahead' : undefined
}

/** Writes down how the object's own request ended. */
export function settleInLedger(
  ledger: Ledger,
  {id, uid}: LedgerKey,
  {outcome, revision}: {readonly outcome: LedgerOutcome; readonly revision?: number | undefined},
): LedgerChange {
  const found = findInLedger(ledger, {id, uid})
  if (found.kind !== 'Own') return refused('UnknownRequest', `the ledger has no request ${id} of object ${uid}`)
  const settled = {...found.entry, outcome, ...(revision === undefined ? {} : {revision})}
  if (isDeepStrictEqual(settled, found.entry)) return {ok: true, ledger}
  const entries = ledger.entries.map(entry => (entry === found.entry ? settled : entry))
  return {ok: true, ledger: {...ledger, entries}}
}

/** The ledger without the entries whose time is over. @param now ms, of the clock that is behind */
export function expireLedger(ledger: Ledger, now: number): Ledger {
  return {...ledger, entries: ledger.entries.filter(({validUntil}) => Date.parse(validUntil) >= now)}
}

/** The request id of a Refresh: the same name with the same target is the same request, in whatever cluster. */
export function refreshRequestID(name: string, target: string): string {
  return createHash('sha256')
    .update(JSON.stringify([name, target]))
    .digest('base64url')
}

function refused(reason: LedgerRefusal['reason'], message: string): LedgerChange {
  return {ok: false, refusal: {reason, message}}
}
