import * as admission from '../rules/admission.ts'
import {finishedJobsStayFinished, releaseWithoutAWay} from '../rules/afterlife.ts'
import {followTheHook, hooksMustBeKnown, runPreHooks} from '../rules/hooks.ts'
import {adoptWhatWasAlreadyEnqueued} from '../rules/intent.ts'
import {needsFresh} from '../rules/needs.ts'
import {believeAPerson} from '../rules/person.ts'
import {verification} from '../rules/state.ts'
import {followTheTask} from '../rules/task.ts'
import type {Observed} from '../observed.ts'
import {finish, firstOf, wait, type Rule} from '../step.ts'
import {endTheRestore} from './ending.ts'
import {planIt} from './planning.ts'
import {confirmationMustHold, endBefore, enterTheLedger, requestMustBeNew} from './request.ts'
import {aDeletedRestoreGoesNoFurther, cancelBeforeTheRestore, runTheRestore} from './running.ts'
import {letTheSafetyBackupGo, takeSafetyBackup} from './safety.ts'
import {scaleDown, settleTheUnitChange} from './scaling.ts'
import {theChosenMustStillBeThere} from './still-there.ts'
import {applicationMustStay, judgeTheTask, settleTheRestore} from './settling.ts'
import {begin, end, hasStarted, isOpen, isUnderWay, wasSent} from './story.ts'

/** What to do next with a restore. The first rule that has an opinion wins; their order is the specification. */
const rules: Rule<Observed> = firstOf(
  finishedJobsStayFinished,
  believeAPerson,
  releaseWithoutAWay,
  applicationMustStay,
  adoptWhatWasAlreadyEnqueued, // three kinds of effects may be uncertain, and each is looked up before anything else
  settleTheUnitChange,
  followTheHook,
  endTheRestore, //               the outcome is known: units, hooks and the ledger are left
  followTheTask,
  letTheSafetyBackupGo,
  aDeletedRestoreGoesNoFurther, // what has begun is brought to its end, as units and data are not left half-way
  judgeTheTask,
  settleTheRestore,
  cancelBeforeTheRestore,
  unlessUnderWay(firstOf(admission.specMustBeValid, admission.startMustNotBeTooLate)),
  admission.waitForTheRetry,
  admission.modelMustBeReady,
  admission.applicationMustExist,
  admission.charmMustBeCapable,
  unlessUnderWay(
    firstOf(
      charmMustRestore,
      proofMustBePossible,
      hooksMustBeKnown,
      admission.storageMustBeReady,
      integrationMustExist,
    ),
  ),
  requestMustBeNew, //            what was done is done, whether or not it could be done again
  confirmationMustHold, //        whatever else is in the way, it ends with the confirmation
  planIt, //                      a restore with mode Plan ends here
  admission.askForTheGrant,
  takeSafetyBackup,
  theChosenMustStillBeThere,
  enterTheLedger, //              the last thing before the first effect
  runThePreHooks,
  scaleDown,
  runTheRestore,
)

/** What is under way keeps its reason, whatever has to be read again for the next step, and undoes what it did when it ends. */
export const decideRestore: Rule<Observed> = o => {
  const step = rules(o)
  if (step === undefined || !('report' in step) || !isUnderWay(o)) return step
  const {reason, message} = step.report
  if (step.do !== 'finish')
    return reason === 'Preparing' ? {...step, report: {...step.report, reason: 'Running'}} : step
  const isDone = o.status.conclusion !== undefined || wasSent(o) || o.answer === 'Abandon'
  const canUndo = o.status.restore?.ledgerConfirmedTime !== undefined && o.application.state === 'present'
  return canUndo && !isDone ? endBefore(o, reason, message) : step
}

function unlessUnderWay(rule: Rule<Observed>): Rule<Observed> {
  return o => (isUnderWay(o) ? undefined : rule(o))
}

function charmMustRestore(o: Observed) {
  if (o.application.state !== 'present' || o.application.profile?.restore !== undefined) return undefined
  const {charmURL} = o.application.view
  return finish('Unsupported', `Nothing was run: ${charmURL} has no action that restores a backup.`)
}

/** How an unknown charm's backups lie in the store is not known, so that none can be proved there. */
function proofMustBePossible(o: Observed) {
  if (o.application.state !== 'present' || o.application.profile?.backup.layout !== 'None') return undefined
  if (verification(o.job.spec) !== 'Store') return undefined
  const {charmURL} = o.application.view
  return finish(
    'Unsupported',
    `Nothing was run: how the backups of ${charmURL} lie in the store is not known; set verify to Listing, or remove storageRef.`,
  )
}

/** Where the charm looks for backups has to be somewhere; that it is the place of storageRef is a matter of the plan. */
function integrationMustExist(o: Observed) {
  const stale =
    o.status.grantedAt === undefined
      ? undefined
      : needsFresh(o, 'Reading where the charm looks for backups.', 'destination')
  const step = stale ?? admission.destinationMustMatch(o)
  return step?.do === 'finish' && step.report.reason === 'StorageMismatch' ? undefined : step
}

function runThePreHooks(o: Observed) {
  if (!isOpen(o, 'PreHooks')) return undefined
  if (!hasStarted(o, 'PreHooks'))
    return wait('Running', 'Running the pre hooks.', {patch: begin(o, 'PreHooks'), afterMs: 0})
  return (
    runPreHooks(o) ??
    wait('Running', 'The pre hooks are over.', {patch: end(o, 'PreHooks', 'all have run'), afterMs: 0})
  )
}
