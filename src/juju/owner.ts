import type {Clock} from '../time/clock.ts'
import {annotations} from './annotations.ts'
import type {CallOptions, Caller} from './connection.ts'
import {ConnectionLost} from './errors.ts'
import {setAnnotations} from './writes/annotations.ts'
import {send, type SendingSession, type Sent} from './writes/send.ts'

/** Key of the annotation on the Juju model that names its owner (api.md rule 13). Juju refuses periods in keys. */
const ownerAnnotation = 'charmkeeper-owner'

/** How long somebody else has to overwrite what we wrote before we believe in it, in ms: one fast poll. */
export const claimSettleMs = 5_000
/** How old the owner that we read may be, in ms. Effects ask again anyway. */
export const ownerMaxAgeMs = 60_000
/** A claim that takes longer to arrive would come when others believe in theirs, ms. */
const claimTimeoutMs = 4_000

/** What is known of the annotation that names the model's owner; `ageMs` is how long ago. */
export type OwnerSeen =
  | {readonly kind: 'unknown'}
  /** `owner` is '' when nobody owns the model */
  | {readonly kind: 'read'; readonly owner: string; readonly ageMs: number}
  /** we wrote ourselves in; somebody else may have done the same at that moment */
  | {readonly kind: 'written'; readonly ageMs: number}

/** What a claim takes next. */
export type ClaimStep =
  | {readonly kind: 'Read'}
  | {readonly kind: 'Write'}
  | {readonly kind: 'Wait'; readonly ms: number}
  /** the model is ours; `stale`: that was read long ago */
  | {readonly kind: 'Owned'; readonly stale: boolean}
  /** somebody else's; `stale`: that was read long ago */
  | {readonly kind: 'Foreign'; readonly owner: string; readonly stale: boolean}

/**
 * One operator per model. Juju has no compare-and-set: whoever writes waits, reads again, and counts as the owner only then.
 *
 * @param mayTakeOver whether that owner may be displaced
 */
export function claimStep(seen: OwnerSeen, self: string, mayTakeOver: (owner: string) => boolean): ClaimStep {
  if (seen.kind === 'unknown') return {kind: 'Read'}
  if (seen.kind === 'written')
    return seen.ageMs < claimSettleMs ? {kind: 'Wait', ms: claimSettleMs - seen.ageMs} : {kind: 'Read'}
  const {owner, ageMs} = seen
  const stale = ageMs >= ownerMaxAgeMs
  if (owner === self) return {kind: 'Owned', stale}
  return owner === '' || mayTakeOver(owner) ? {kind: 'Write'} : {kind: 'Foreign', owner, stale}
}

/**
 * Whether a reading that names us has to settle like a write: the owner was somebody else, or nobody, when it was last read, so
 * that a claim of ours has arrived at a time that we do not know, and another may have settled before it.
 *
 * @param last the owner as it was read before; undefined: never
 * @param writtenMs how long ago our claim was answered; undefined: it was not
 */
export function mustSettle(
  {owner, last, writtenMs = 0}: {owner: string; last: string | undefined; writtenMs?: number | undefined},
  self: string,
): boolean {
  return owner === self && last !== undefined && last !== self && writtenMs < claimSettleMs
}

/** A session with one model. */
interface ModelCaller extends Caller {
  readonly modelUUID: string
}

/** @returns '' when nobody owns the model. @throws JujuError, ConnectionLost */
export async function readOwner(session: ModelCaller, options?: CallOptions): Promise<string> {
  const found = await annotations(session, {modelUUID: session.modelUUID}, options)
  return found[ownerAnnotation] ?? ''
}

/**
 * Gives the model back to nobody, if `self` owns it.
 *
 * @param mayWrite asked right before the write
 * @returns whether it was given back
 * @throws what `mayWrite` throws; JujuError, ConnectionLost: the owner may stay as it was
 */
export async function releaseOwner(
  session: ModelCaller & SendingSession,
  self: string,
  {mayWrite, ...options}: {readonly mayWrite: () => boolean; readonly clock: Clock; readonly signal?: AbortSignal},
): Promise<boolean> {
  const before = await readOwner(session, options)
  if (before !== self || !mayWrite()) return false
  const sent = await writeOwner(session, {before, owner: ''}, options)
  if (sent.kind === 'NotSent') throw new ConnectionLost(sent.why, false)
  if (sent.kind !== 'Done') throw sent.error
  return true
}

/**
 * Makes `owner` the owner, whoever it was before; the claim counts when it was read again (`claimStep`). After a lost reply the
 * connection is given up, lest the claim arrive when somebody else's counts already; the owner is then read, which is what
 * proves a claim anyway.
 *
 * @param before the owner as it was read
 */
export async function writeOwner(
  session: ModelCaller & SendingSession,
  {before, owner}: {readonly before: string; readonly owner: string},
  {clock, signal}: {readonly clock: Clock; readonly signal?: AbortSignal | undefined},
): Promise<Sent<void>> {
  const target = {entity: {modelUUID: session.modelUUID}, values: {[ownerAnnotation]: owner}}
  const intent = {target, before: {[ownerAnnotation]: before}, time: clock.now(), callTimeoutMs: claimTimeoutMs}
  const sent = await send(session, setAnnotations, intent, {clock, signal})
  if (sent.kind === 'Uncertain') session.reconnect()
  return sent
}
