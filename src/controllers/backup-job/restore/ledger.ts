import type {BackupJob} from '../../../api/backup-job.ts'
import type {ModelHandle} from '../../juju-model/directory.ts'
import {addToLedger, findInLedger, settleInLedger, type LedgerFinding, type LedgerKey} from '../../../juju/ledger.ts'
import {changeLedger, readLedger} from '../../../juju/ledger-annotation.ts'
import type {ConfirmOptions} from '../../../juju/confirmed-annotation.ts'
import type {LedgerChange, Observed} from '../observed.ts'

/** What the ledger of the application says of the request of this restore (api.md rule 14). */
export async function findRequest(o: Observed, {session}: ModelHandle, signal: AbortSignal): Promise<LedgerFinding> {
  return findInLedger(await readLedger(session, o.job.spec.application, {signal}), keyOf(o.job))
}

/**
 * Writes the request into the ledger. Its own entry is left as it is, so this may be repeated at will: no intent has to tell
 * whether it was done already.
 *
 * @throws as `changeLedger`; nothing is known then, so it is done again
 */
export async function enterRequest(o: Observed, handle: ModelHandle, options: ConfirmOptions): Promise<LedgerChange> {
  await mustBeOurs(handle, options)
  const {confirmation} = o.job.spec.restore ?? {}
  const validUntil = confirmation?.validUntil ?? ''
  const theirs = Date.parse(handle.snapshots.latest?.controllerTime ?? '')
  const clocks = {ours: o.now, theirs: Number.isNaN(theirs) ? o.now : theirs}
  const entry = {...keyOf(o.job), kind: 'Restore', validUntil}
  const change = (ledger: Parameters<typeof addToLedger>[0]) => addToLedger(ledger, entry, clocks)
  return {refusal: await changeLedger(handle.session, o.job.spec.application, change, options)}
}

/** What the ledger keeps of an end: whether the restore was done. One that nobody waits for any longer, or could tell apart, may go on. */
export function outcomeOf({status}: Pick<Observed, 'status'>): 'Succeeded' | 'Failed' | 'Unknown' {
  const reason = status.conclusion?.reason
  if (reason === 'Succeeded' || reason === 'RestoredNotRebuilt') return 'Succeeded'
  return reason === 'DeadlineExceeded' || reason === 'Ambiguous' ? 'Unknown' : 'Failed'
}

/** Writes down how the request ended; may be repeated at will. */
export async function settleRequest(o: Observed, handle: ModelHandle, options: ConfirmOptions): Promise<LedgerChange> {
  await mustBeOurs(handle, options)
  const outcome = outcomeOf(o)
  const change = (ledger: Parameters<typeof settleInLedger>[0]) => settleInLedger(ledger, keyOf(o.job), {outcome})
  return {refusal: await changeLedger(handle.session, o.job.spec.application, change, options)}
}

const keyOf = ({spec, metadata}: BackupJob): LedgerKey => ({
  id: spec.restore?.requestID ?? '',
  uid: metadata.uid ?? '',
})

/** @throws Error when the model is somebody else's now */
async function mustBeOurs(handle: ModelHandle, {signal}: ConfirmOptions): Promise<void> {
  const claim = await handle.checkClaim(signal)
  if (!claim.ok) throw new Error(`the model is claimed by ${claim.owner || 'nobody'} now`)
}
