import type {RestoreSpec, RestoreStatus} from '../../../api/backup-job.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import {equalJson} from '../../../runtime/equality.ts'
import type {Observed} from '../observed.ts'
import {explained} from '../rules/charm-words.ts'
import {needs, needsFresh, readAgain, valueOf} from '../rules/needs.ts'
import {mustBeListed} from '../rules/preparation.ts'
import {verification} from '../rules/state.ts'
import {finish, read, wait, type Rule, type Step, type StatusPatch} from '../step.ts'
import {chosenArtefact} from './chosen.ts'
import {planRestore, type Blocker, type PlanQuestion, type RestorePlan} from './plan.ts'
import {isUnderWay} from './story.ts'

/** So many units the status can hold. */
const mostUnits = 100
/** A listing that failed so often in a row is not waited for any longer. */
export const listTries = 3
/** The same of the store. */
const tries = listTries
/** A listing that cannot be read is read again after this, ms. */
const listAgainMs = 60_000
/** What cannot be read for so long, ms, is not merely cut off. */
export const listPatienceMs = 10 * 60_000
/** What is in the way for now is looked at again after this at the latest, ms. */
const lookAgainMs = 30_000

/** As the schema fills it in; an object may be older than it. */
const asPlanned = {mode: 'Plan', replicas: 'Refuse', safetyBackup: 'Skip'} as const satisfies RestoreSpec

export const specOf = (o: Observed): RestoreSpec => o.job.spec.restore ?? asPlanned

/** What is restored, and how, is decided and written down before anything is touched; afterwards it stands. */
export const planIt: Rule<Observed> = o => {
  if (isUnderWay(o) || o.application.state !== 'present' || waitsForItsTurn(o)) return undefined
  const tooMany = o.application.view.units.length > mostUnits
  if (tooMany) return finish('Unsupported', `Nothing was run: more than ${mostUnits} units cannot be written down.`)
  // As with a parent: what is on its way is waited for.
  if (o.restore?.source.state === 'open') return wait('Preparing', `Waiting: ${o.restore.source.message}.`)
  const pending = readForThePlan(o)
  if (pending) return pending
  const question = questionOf(o)
  if (question === undefined) return undefined
  const plan = planRestore(question)
  const patch = patchOf(o, plan)
  const said = `${plan.chosenBecause} ${plan.loss}`
  if (!equalJson(patch.restore, o.status.restore)) return wait('Preparing', said, {patch, afterMs: 0})
  const unproved = proveTheChosen(o, plan)
  if (unproved?.step !== undefined) return unproved.step
  const blockers = [...plan.blockers, ...(unproved?.blocker === undefined ? [] : [unproved.blocker])]
  if (specOf(o).mode === 'Plan') return planned(o, plan, blockers)
  const [first] = blockers
  return first === undefined ? undefined : blocked(o, first, blockers)
}

/**
 * A unit lists nothing while it works for somebody else, for hours where it is the only one. The queue tells who that is, and what
 * was granted is planned before anything is touched.
 */
function waitsForItsTurn(o: Observed): boolean {
  if (o.status.grantedAt !== undefined || specOf(o).mode === 'Plan') return false
  return o.readings.before.state === 'failed' && mustBeListed(o) === undefined
}

function readForThePlan(o: Observed): Step | undefined {
  if (o.application.state !== 'present') return undefined
  const refused = mustBeListed(o)
  if (refused) return refused
  const {before} = o.readings
  if (before.state === 'failed' && before.failures >= listTries) {
    const texts = o.application.profile?.backup.failureTexts ?? []
    return finish('Failed', `Nothing was run: the backups could not be listed: ${explained(texts, before.message)}`)
  }
  // Queued jobs do not list again and again; what was granted is planned once more, on what is true then.
  const read = o.status.grantedAt === undefined ? needsAsPreparing : needsFresh
  const pending = read(o, 'Listing the backups that exist.', 'before')
  if (pending) return pending
  const listing = valueOf(o, 'before')
  if (listing?.ok === false) {
    const message = `The list of backups cannot be read: ${listing.message}`
    const since = Date.parse(o.status.grantedAt ?? o.job.metadata.creationTimestamp ?? '')
    if (o.now - since > listPatienceMs)
      return finish('Failed', `Nothing was run: ${message}. Look at juju run <unit> list-backups.`)
    return readAgain(o, {reason: 'Preparing', message}, listAgainMs, 'before')
  }
  return o.storage.state === 'ready' ? readReach(o, read) : undefined
}

/** Without a moment the reach only tells more; with one, nothing is restored that was not seen to be there. */
function readReach(o: Observed, read: typeof needsAsPreparing): Step | undefined {
  const {reach} = o.readings
  if (reach.state !== 'failed' || reach.failures < tries)
    return read(o, 'Looking how far the log in the store reaches.', 'reach')
  return specOf(o).pointInTime === undefined
    ? undefined
    : finish('Failed', `Nothing was run: it cannot be read how far the log in the store reaches: ${reach.message}`)
}

const needsAsPreparing = (o: Observed, message: string, name: 'before' | 'reach'): Step | undefined =>
  needs(o, 'Preparing', message, name)

function questionOf(o: Observed): PlanQuestion | undefined {
  const listing = valueOf(o, 'before')
  const {before} = o.readings
  if (o.application.state !== 'present' || !o.application.profile || o.model.state !== 'ready') return undefined
  if (listing?.ok !== true || before.state !== 'ready' || o.restore === undefined) return undefined
  const destination = valueOf(o, 'destination')
  const {source, known, durations} = o.restore
  return {
    application: o.job.spec.application,
    spec: specOf(o),
    hooks: {pre: o.job.spec.hooks?.pre?.length ?? 0, post: o.job.spec.hooks?.post?.length ?? 0},
    profile: o.application.profile,
    view: o.application.view,
    kubernetes: o.model.kubernetes,
    modelUUID: o.model.modelUUID,
    rows: listing.rows,
    source,
    known,
    reach: o.storage.state === 'ready' ? valueOf(o, 'reach') : undefined,
    foreignStorage: destination?.ok === false ? destination.message : undefined,
    durations,
    // The plan is of the listing's moment, so that the same listing has the same plan.
    now: before.at,
  }
}

function patchOf(o: Observed, plan: RestorePlan): StatusPatch & {restore: RestoreStatus} {
  const {target} = plan
  const restore: RestoreStatus = {
    ...(plan.chosenBackupID === undefined ? {} : {chosenBackupID: plan.chosenBackupID}),
    chosenBecause: plan.chosenBecause,
    ...(target.moment === undefined ? {} : {moment: target.moment}),
    ...(target.timelineID === undefined ? {} : {timeline: target.timelineID}),
    ...(plan.window === undefined ? {} : {window: plan.window}),
    loss: plan.loss,
    ...(plan.expectedSeconds === undefined ? {} : {expectedSeconds: plan.expectedSeconds}),
    versions: plan.versions,
    notContained: [...plan.notContained],
    unitsBefore: [...plan.unitsBefore],
    ...(plan.survivor === undefined ? {} : {survivor: plan.survivor}),
    parameters: {...plan.parameters},
    ...(plan.timelineBefore === undefined ? {} : {timelineBefore: plan.timelineBefore}),
    steps: plan.steps.map(({name, plan: what}) => ({name, plan: what})),
  }
  const artefact = plan.chosenBackupID === undefined ? undefined : chosenArtefact(o, plan.chosenBackupID)
  return {restore, artefact}
}

/** Where a BackupStorage is named, the chosen backup is looked at in the store before the data of now is given up for it. */
function proveTheChosen(o: Observed, {chosenBackupID}: RestorePlan): {step?: Step; blocker?: Blocker} | undefined {
  if (chosenBackupID === undefined || verification(o.job.spec) !== 'Store') return undefined
  const message = `Looking for backup ${chosenBackupID} in the store.`
  const {store} = o.readings
  if (store.state === 'failed' && store.failures >= tries)
    return {
      blocker: {
        reason: 'StorageUnavailable',
        message: `Backup ${chosenBackupID} cannot be proved in the store: ${store.message}`,
        passing: true,
      },
    }
  const pending =
    o.status.grantedAt === undefined ? needs(o, 'Preparing', message, 'store') : needsFresh(o, message, 'store')
  if (pending) return {step: pending}
  const evidence = valueOf(o, 'store')
  // What was proved of another choice says nothing of this one.
  if (evidence !== undefined && evidence.of !== chosenBackupID) return {step: read('Preparing', message, 'store')}
  if (evidence === undefined || evidence.kind === 'complete') return undefined
  return {blocker: {reason: 'BackupNotFound', message: `Backup ${chosenBackupID}: ${evidence.message}`}}
}

function planned(o: Observed, plan: RestorePlan, blockers: readonly Blocker[]): Step {
  const what = plan.chosenBackupID ?? plan.target.moment ?? 'nothing'
  const [first, ...more] = blockers
  const others = more.length === 0 ? '' : ` (and ${more.length} more in status.restore.blockers)`
  const message =
    first === undefined
      ? `Would restore ${what} on ${plan.survivor}. ${plan.chosenBecause} ${plan.loss} Nothing was changed.`
      : `Cannot be carried out: ${first.reason}: ${first.message}${others} Nothing was changed.`
  return finish('Planned', message, {
    patch: blockersPatch(o, blockers),
    event: {type: 'Normal', reason: 'RestorePlanned', note: message},
  })
}

function blocked(o: Observed, first: Blocker, blockers: readonly Blocker[]): Step {
  const patch = blockersPatch(o, blockers)
  // Others need not wait meanwhile; the store that could not be read is asked again.
  if (first.passing === true) return stillBlocked(o, first)
  return finish(first.reason, `${first.message} Nothing was changed.`, {
    patch,
    event: {type: 'Warning', reason: first.reason, note: first.message},
  })
}

function stillBlocked(o: Observed, {message}: Blocker): Step {
  const {store} = o.readings
  const report = {reason: 'ActionRequired' as const, message, patch: {grantedAt: undefined}}
  if (store.state === 'failed' && store.retryAt <= o.now) return {do: 'read', readings: ['store'], report}
  return wait('ActionRequired', message, {patch: {grantedAt: undefined}, afterMs: lookAgainMs})
}

const blockersPatch = (o: Observed, blockers: readonly Blocker[]): StatusPatch => ({
  restore: {
    ...o.status.restore,
    ...(blockers.length === 0
      ? {}
      : {blockers: blockers.slice(0, 16).map(({reason, message}) => ({reason, message: trimMessage(message)}))}),
  },
})
