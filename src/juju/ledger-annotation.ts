import {AnnotationUnreadable} from './annotation-record.ts'
import {annotations} from './annotations.ts'
import {changeAnnotation, type ConfirmOptions} from './confirmed-annotation.ts'
import type {CallOptions, Caller} from './connection.ts'
import {formatLedger, parseLedger, type Ledger, type LedgerChange, type LedgerRefusal} from './ledger.ts'
import type {LookingSession} from './writes/look.ts'

/** Key of the annotation of an application that holds its ledger. */
export const ledgerAnnotation = 'charmkeeper-ledger'

/** @throws AnnotationUnreadable when it holds what this operator cannot read; JujuError, ConnectionLost */
export async function readLedger(caller: Caller, application: string, options?: CallOptions): Promise<Ledger> {
  const found = await annotations(caller, {application}, options)
  return understood(found[ledgerAnnotation] ?? '')
}

/**
 * Changes the ledger of an application, and returns when the change is sure to stay.
 *
 * @param change one of `addToLedger` and `settleInLedger`
 * @returns why the change is not possible; undefined: it is made
 * @throws AnnotationUnreadable: nothing was written; AnnotationContended, JujuError, ConnectionLost: it may have been made
 */
export function changeLedger(
  session: LookingSession,
  application: string,
  change: (ledger: Ledger) => LedgerChange,
  options: ConfirmOptions,
): Promise<LedgerRefusal | undefined> {
  const changeText = (text: string) => {
    const ledger = understood(text)
    const changed = change(ledger)
    if (!changed.ok) return changed
    return {ok: true as const, text: changed.ledger === ledger ? text : formatLedger(changed.ledger)}
  }
  return changeAnnotation(session, {application}, ledgerAnnotation, changeText, options)
}

function understood(text: string): Ledger {
  const parsed = parseLedger(text)
  if (!parsed.ok) throw new AnnotationUnreadable(ledgerAnnotation, parsed)
  return parsed.ledger
}
