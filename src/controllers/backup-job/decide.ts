import type {Observed} from './observed.ts'
import {firstOf, type Step} from './step.ts'
import {decideRestore} from './restore/decide.ts'
import * as admission from './rules/admission.ts'
import {aDeletedJobStartsNothing, finishedJobsStayFinished, releaseWithoutAWay} from './rules/afterlife.ts'
import {afterItsHooks} from './rules/conclusion.ts'
import {endConcluded, followTheHook, hooksMustBeKnown, runPostHooks, runPreHooks} from './rules/hooks.ts'
import {cancelAnImport, importMustNotBeTooLate, importTheBackup} from './rules/import.ts'
import {adoptWhatWasAlreadyEnqueued} from './rules/intent.ts'
import {believeAPerson} from './rules/person.ts'
import {lookBeforeTheRefusal} from './rules/look-first.ts'
import {enqueueOnce, listBefore, parentMustBeTheNewest} from './rules/preparation.ts'
import {aCancelledTaskMadeNothing} from './rules/cancelled.ts'
import {aRefusalIsNoBackup, findTheBackup, proveIt} from './rules/settlement.ts'
import {followTheTask} from './rules/task.ts'

const decideBackup = afterItsHooks(
  firstOf<Observed>(
    finishedJobsStayFinished,
    believeAPerson,
    releaseWithoutAWay, //          a deleted job whose model cannot be reached any more
    adoptWhatWasAlreadyEnqueued, // an intent without an operation: look it up before anything else, or a running task is lost
    followTheHook,
    runPostHooks, //                the outcome is known: only hooks are left
    endConcluded,
    followTheTask, //               cancel and deadline act on the task, not around it
    aDeletedJobStartsNothing,
    aCancelledTaskMadeNothing,
    aRefusalIsNoBackup,
    cancelAnImport,
    findTheBackup,
    proveIt,
    admission.specMustBeValid,
    admission.cancelBeforeItStarted,
    admission.startMustNotBeTooLate,
    importMustNotBeTooLate,
    admission.waitForTheRetry,
    admission.modelMustBeReady,
    admission.applicationMustExist,
    admission.charmMustBeCapable,
    admission.optionsMustBeSupported,
    hooksMustBeKnown,
    admission.storageMustBeReady,
    admission.applicationMustHaveItsStore,
    admission.destinationMustMatch,
    importTheBackup, //             nothing is run for it, so it needs no grant
    admission.parentMustBeDone,
    admission.askForTheGrant,
    runPreHooks,
    listBefore,
    parentMustBeTheNewest,
    enqueueOnce,
  ),
)

/** What to do next with a BackupJob. The first rule that has an opinion wins; their order is the specification. */
export function decide(observed: Observed): Step {
  const rules = observed.job.spec?.type === 'Restore' ? decideRestore : decideBackup
  const step = rules(observed) ?? {do: 'nothing'}
  return step.do === 'finish' ? (lookBeforeTheRefusal(observed, step) ?? step) : step
}
