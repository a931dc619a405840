import {sleep, type Clock} from '../time/clock.ts'
import {annotations, type Annotated} from './annotations.ts'
import {ConnectionLost} from './errors.ts'
import {setAnnotations} from './writes/annotations.ts'
import {look, type LookingSession} from './writes/look.ts'
import {send} from './writes/send.ts'

/** How long others have to overwrite what we wrote before we believe in it, ms: one poll (api.md rule 13). */
export const settleMs = 5_000
/** From our reading to our call, ms. */
const readToSendMs = 1_000
/** From our call to its effect, ms. What we base on a reading is thus there before anybody else's later reading counts. */
const callTimeoutMs = settleMs - readToSendMs

/** So often an annotation is read and written at most, before it is given up as somebody else's. */
const maxRounds = 10

/** Somebody else wrote the same annotation again and again, or Juju was too slow to write on top of a reading. */
export class AnnotationContended extends Error {
  override readonly name = 'AnnotationContended'
}

/** What a change makes of an annotation: its new text ('' removes it), or why it cannot be made. */
export type Changed<Refusal> =
  {readonly ok: true; readonly text: string} | {readonly ok: false; readonly refusal: Refusal}

export interface ConfirmOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** asked right before every write. @throws whatever ends it, when we must not write any more */
  readonly assertMayWrite: () => void
}

/**
 * Changes one annotation where others may write it too: Juju has no compare-and-set. A change counts when a reading that is at
 * least `settleMs` younger than the write, or than the reading that found it made already, still shows it. When somebody else
 * overwrote it, it is made again on top of theirs. It takes some seconds: for the background, never inside of a reconcile.
 *
 * @param change pure; given what it made already, it must leave that as it is
 * @returns the refusal of `change`, if it has one; else undefined
 * @throws JujuError, ConnectionLost: call it again; AnnotationContended; what `change` and `assertMayWrite` throw
 */
export async function changeAnnotation<Refusal>(
  session: LookingSession,
  entity: Annotated,
  key: string,
  change: (text: string) => Changed<Refusal>,
  options: ConfirmOptions,
): Promise<Refusal | undefined> {
  const {clock, signal} = options
  let settled = false
  for (let round = 0; round < maxRounds; round++) {
    const readAt = clock.monotonic()
    const before = (await annotations(session, entity, {signal}))[key] ?? ''
    const changed = change(before)
    if (!changed.ok) return changed.refusal
    const isMade = changed.text === before
    if (isMade && settled) return undefined
    settled = isMade || clock.monotonic() - readAt <= readToSendMs
    if (!settled) continue
    if (!isMade) await write(session, entity, {[key]: before}, {[key]: changed.text}, options)
    await sleep(clock, settleMs, signal)
  }
  throw new AnnotationContended(`annotation ${key} was not settled after ${maxRounds} readings`)
}

/** Writes, and after a lost reply waits until nothing of it can happen any more. */
async function write(
  session: LookingSession,
  entity: Annotated,
  before: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
  {clock, signal, assertMayWrite}: ConfirmOptions,
): Promise<void> {
  assertMayWrite()
  const intent = {target: {entity, values}, before, time: clock.now(), callTimeoutMs}
  const sent = await send(session, setAnnotations, intent, {clock, signal})
  if (sent.kind === 'Refused') throw sent.error
  if (sent.kind === 'NotSent') throw new ConnectionLost(sent.why, false)
  if (sent.kind === 'Done') return
  // What came of it is read again in any case; only the time in which it may still arrive has to be over.
  for (let verdict = await look(session, setAnnotations, intent, {clock, signal}); verdict.kind === 'NotYet';) {
    await sleep(clock, Math.max(0, verdict.until - clock.now()), signal)
    verdict = await look(session, setAnnotations, intent, {clock, signal})
  }
}
