import type {BackupJobReason} from '../../../api/backup-job.ts'
import {longestValidityMs, type LedgerFinding} from '../../../juju/ledger.ts'
import {ledgerAnnotation} from '../../../juju/ledger-annotation.ts'
import {announce, conclude} from '../rules/conclusion.ts'
import type {Observed} from '../observed.ts'
import {needs, needsFresh, readAgain, valueOf} from '../rules/needs.ts'
import {finish, wait, type Finish, type Rule, type Step, type Wait} from '../step.ts'
import {specOf} from './planning.ts'
import {isUnderWay, restorePatch, wasSent} from './story.ts'

/** An outcome that only somebody else can know is looked at again after this, ms. */
const askAgainMs = 300_000

/** Ends a restore before its action was sent; what was removed for it comes back. */
export function endBefore(o: Observed, reason: BackupJobReason, message: string): Wait | Finish {
  return o.status.restore?.ledgerTime === undefined
    ? finish(reason, message, {event: announce(o, reason, message)})
    : conclude(o, reason, message, {scaleUp: true})
}

/** Data is only destroyed where the person who wrote the confirmation knows what it is, and until when. */
export const confirmationMustHold: Rule<Observed> = o => {
  if (wasSent(o)) return undefined
  const {confirmation, mode} = specOf(o)
  if (mode === 'Plan' || confirmation === undefined || o.model.state !== 'ready') return undefined
  const {application, modelUUID} = confirmation
  if (application !== o.job.spec.application)
    return endBefore(
      o,
      'ConfirmationMismatch',
      `restore.confirmation names application ${application}, but spec.application is ${o.job.spec.application}. Nothing was run.`,
    )
  if (modelUUID !== o.model.modelUUID)
    return endBefore(
      o,
      'ConfirmationMismatch',
      `restore.confirmation names model ${modelUUID}, but JujuModel ${o.job.spec.modelRef.name} is ${o.model.modelUUID} (${o.model.modelName}). Nothing was run.`,
    )
  return validity(o, confirmation.validUntil)
}

function validity(o: Observed, validUntil: string): Step | undefined {
  const left = Date.parse(validUntil) - o.now
  if (!(left > 0))
    return endBefore(
      o,
      'ConfirmationExpired',
      `restore.confirmation was valid until ${validUntil}, and the restore had not begun by then. No data was touched.`,
    )
  if (left <= longestValidityMs || isUnderWay(o)) return undefined
  return endBefore(
    o,
    'ConfirmationExpired',
    `restore.confirmation.validUntil is ${validUntil}; it may be at most 30 days ahead. Nothing was run.`,
  )
}

/** What the ledger in Juju knows already never runs again, whoever asks, from whichever cluster (api.md rule 14). */
export const requestMustBeNew: Rule<Observed> = o => {
  if (o.status.restore?.ledgerTime !== undefined || specOf(o).mode === 'Plan') return undefined
  const message = 'Reading the ledger of the application in Juju.'
  const read =
    o.status.grantedAt === undefined ? needs(o, 'Preparing', message, 'ledger') : needsFresh(o, message, 'ledger')
  if (read) return unlessItStaysUnread(o, 'ledger', read)
  const found = valueOf(o, 'ledger')
  return found === undefined ? undefined : knownRequest(o, found)
}

function knownRequest(o: Observed, found: LedgerFinding): Step | undefined {
  if (found.kind === 'None') return undefined
  const {id, at, uid, outcome} = found.entry
  const who = `Request ${id} was made at ${at} by object ${uid}`
  switch (found.kind) {
    case 'AlreadyExecuted':
      return finish('AlreadyExecuted', `${who} and succeeded. Nothing was run.`, {
        event: {type: 'Normal', reason: 'AlreadyExecuted', note: `${who} and succeeded`},
      })
    case 'Failed':
      return finish('Failed', `${who} and failed. Nothing was run; another attempt needs a new requestID.`)
    case 'Own':
      if (outcome === 'Succeeded')
        return finish(
          'Succeeded',
          `This object made request ${id} at ${at}, and it succeeded; its own record of that is lost.`,
        )
      return outcome === 'Failed'
        ? finish(
            'Failed',
            `This object made request ${id} at ${at}, and it failed. Another attempt needs a new requestID.`,
          )
        : unknownOutcome(o, `This object made request ${id} at ${at}, but has no record of how far it came`)
    case 'OutcomeUnknown':
      return unknownOutcome(o, `${who}, and how it ended is not known`)
  }
}

/** What only somebody else can know keeps nobody from ending this object. */
export function howToEnd({job}: Pick<Observed, 'job'>): string {
  const {namespace, name} = job.metadata
  const command = `kubectl -n ${namespace} patch backupjob ${name} --type=merge -p '{"spec":{"cancel":"IfSafe"}}'`
  return `End this one with: ${command}; to restore again, create a BackupJob with a new requestID.`
}

function unknownOutcome(o: Observed, what: string): Step {
  const message = `${what}. Nothing is run. Look at the application, and at who made the request. ${howToEnd(o)}`
  const step = readAgain(o, {reason: 'OutcomeUnknown', message}, askAgainMs, 'ledger')
  // Others need not wait for what only somebody else can know.
  return o.status.grantedAt === undefined ? step : wait('OutcomeUnknown', message, {patch: {grantedAt: undefined}})
}

/** So often the ledger is read in vain before a person is asked to look at it. */
const tries = 3

/** A ledger that holds what nobody here understands is not overwritten, and does not mend itself. */
function unlessItStaysUnread(o: Observed, name: 'ledger' | 'ledgerEntry', step: Step): Step {
  const reading = o.readings[name]
  if (reading.state !== 'failed' || reading.failures < tries || !('report' in step)) return step
  const message = `The ledger of ${o.job.spec.application} cannot be used: ${reading.message}. It is the annotation ${ledgerAnnotation} of the application in Juju. If a newer operator wrote it, run that one; if somebody has garbled it, see docs/restore.md. Nothing is run meanwhile.`
  return {...step, report: {...step.report, reason: 'ActionRequired', message}}
}

/** The request is in the ledger, for sure, before the first effect. */
export const enterTheLedger: Rule<Observed> = o => {
  const {ledgerTime, ledgerConfirmedTime} = o.status.restore ?? {}
  if (ledgerConfirmedTime !== undefined) return undefined
  const message = `Writing request ${specOf(o).requestID} into the ledger of ${o.job.spec.application} in Juju.`
  if (ledgerTime === undefined)
    return wait('Preparing', message, {
      patch: restorePatch(o, {ledgerTime: new Date(o.now).toISOString()}),
      afterMs: 0,
    })
  const pending = needs(o, 'Preparing', message, 'ledgerEntry')
  if (pending) return unlessItStaysUnread(o, 'ledgerEntry', pending)
  const refusal = valueOf(o, 'ledgerEntry')?.refusal
  if (refusal === undefined) return entered(o)
  return refusal.reason === 'KnownRequest' ? somebodyWasFaster(o) : refused(refusal)
}

/** What was read before the entry was made does not show it, and would be taken for another's word. */
function entered(o: Observed): Step {
  const patch = restorePatch(o, {ledgerConfirmedTime: new Date(o.now).toISOString()})
  const message = `Request ${specOf(o).requestID} is in the ledger.`
  return {do: 'read', readings: ['ledger'], report: {reason: 'Preparing', message, patch}}
}

/** Its entry came after ours was looked for. All is read again, without the grant, and the entry tells what becomes of this one. */
function somebodyWasFaster(o: Observed): Step {
  const patch = {...restorePatch(o, {ledgerTime: undefined}), intent: undefined, grantedAt: undefined}
  return wait('Preparing', `Somebody else has just made request ${specOf(o).requestID}; looking at it.`, {
    patch,
    afterMs: 0,
  })
}

function refused({reason, message}: {reason: string; message: string}): Step {
  if (reason === 'LedgerFull')
    return finish(
      'LedgerFull',
      `Nothing was run: ${message}. Wait until then, then create a BackupJob with a new requestID.`,
    )
  return finish('ConfirmationExpired', `Nothing was run: ${message}.`)
}
