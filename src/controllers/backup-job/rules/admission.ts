import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {finish, read, wait, type Rule, type Step} from '../step.ts'
import {blind} from './blind.ts'
import {startingDeadlineOf} from './deadline.ts'
import {needs, needsFresh, readAgain, valueOf} from './needs.ts'
import {verification} from './state.ts'

/** Objects that are older than a rule of the schema are told which one they break. */
export const specMustBeValid: Rule<Observed> = o =>
  o.problem && finish('InvalidSpec', `${o.problem.path}: ${o.problem.message}`)

/** Nothing was enqueued yet, so a cancel simply ends the job; whether it is safe does not matter. */
export const cancelBeforeItStarted: Rule<Observed> = o => {
  if (o.job.spec.cancel === 'No' || o.status.intent !== undefined) return undefined
  const tried = o.status.enqueuedAt !== undefined
  const message = tried
    ? 'Cancelled between two attempts; nothing runs in Juju.'
    : 'Cancelled before anything was started in Juju.'
  return finish('Cancelled', message, {event: {type: 'Normal', reason: 'BackupCancelled', note: message}})
}

/** startingDeadlineSeconds runs from the creation of the job to the first enqueue. */
export const startMustNotBeTooLate: Rule<Observed> = o => {
  if (!(o.now > startingDeadlineOf(o))) return undefined
  const seconds = o.job.spec.startingDeadlineSeconds
  const why = o.status.conditions?.find(c => c.type === 'Succeeded')?.message ?? ''
  return finish('DeadlineExceeded', `Not started within ${seconds} s of its creation. It was waiting: ${why}`)
}

/** A retry waits for its time; meanwhile others may have the application. What only Juju put off keeps its reason, and its grant. */
export const waitForTheRetry: Rule<Observed> = o => {
  const at = Date.parse(o.status.retryTime ?? '')
  if (Number.isNaN(at) || at <= o.now) return undefined
  const current = o.status.conditions?.find(({type}) => type === 'Succeeded')
  const reason =
    o.status.grantedAt === undefined ? 'RetryBackoff' : ((current?.reason ?? 'Preparing') as BackupJobReason)
  return wait(reason, current?.message ?? '', {afterMs: at - o.now})
}

/** Before the grant a job waits for its model; after it, the job keeps its reason and says since when it is blind. */
export const modelMustBeReady: Rule<Observed> = o => {
  const {model} = o
  const granted = o.status.grantedAt !== undefined
  const cannotSee = granted ? blind(o) : undefined
  if (cannotSee) return cannotSee
  const reason = granted ? 'Preparing' : 'WaitingForModel'
  if (model.state === 'missing') return wait(reason, model.message)
  if (model.state === 'unready') return wait(reason, `JujuModel is ${model.reason}: ${model.message}`)
  if (model.access !== 'read') return undefined
  return wait(
    reason,
    `The Juju user has only read access to ${model.modelName}; actions need write: juju grant <user> write ${model.modelName}`,
  )
}

/** The application has to be there, with a charm that can do what is asked. */
export const applicationMustExist: Rule<Observed> = o => {
  if (o.application.state === 'waiting')
    return wait(
      o.status.grantedAt === undefined ? 'WaitingForModel' : 'Preparing',
      'Waiting for the first status of the Juju model.',
    )
  if (o.application.state === 'present') return undefined
  const known = o.application.known.length === 0 ? 'it has none' : `it has: ${o.application.known.join(', ')}`
  return finish('ApplicationNotFound', `The model has no application ${o.job.spec.application}; ${known}.`)
}

/** Only charms that we know, and that have the actions in the revision that is deployed. */
export const charmMustBeCapable: Rule<Observed> = o => {
  if (o.application.state !== 'present') return undefined
  const {view} = o.application
  const reading = `Reading the actions of ${view.charmURL}.`
  const pending = needs(o, 'Preparing', reading, 'charm')
  if (pending) return pending
  if (valueOf(o, 'charm')?.url !== view.charmURL) return read('Preparing', reading, 'charm')
  if (!o.application.profile) return finish('Unsupported', `Nothing was run: ${o.application.unsupported}.`)
  return valueOf(o, 'charm')?.actions.size === 0 ? notDownloadedYet(o, view.charmURL) : undefined
}

/** Juju 4 shows a charm without any action until it has downloaded it, which it does once an application uses it. */
function notDownloadedYet(o: Observed, charm: string): Step {
  const message = `Juju shows no actions of ${charm} yet: it has not downloaded the charm; waiting for it.`
  return readAgain(o, {reason: 'Preparing', message}, 15_000, 'charm')
}

/** What the charm cannot do is refused before anything runs. */
export const optionsMustBeSupported: Rule<Observed> = o => {
  if (o.application.state !== 'present' || !o.application.profile) return undefined
  const {backup, id} = o.application.profile
  const asked = o.job.spec.backup
  if (!backup.types.includes(asked.type))
    return finish('Unsupported', `${id} has no ${asked.type} backups; it has ${backup.types.join(', ')}.`)
  if (asked.compression === false && backup.compression === 'Always')
    return finish('Unsupported', `${id} always compresses its backups; remove backup.compression.`)
  if (asked.compression !== undefined && backup.compression === 'AsTheCharmDoes')
    return finish('Unsupported', `${id} leaves no choice about compression; remove backup.compression.`)
  if (backup.layout === 'None' && verification(o.job.spec) === 'Store')
    return finish(
      'Unsupported',
      `How the charm ${o.application.view.charm} lays out its backups is not known, so none can be looked for in the store; set verify to Listing.`,
    )
  return undefined
}

/** An application that says that it will not write to its store waits for a person, and holds nothing meanwhile. */
export const applicationMustHaveItsStore: Rule<Observed> = ({application}) => {
  if (application.state !== 'present') return undefined
  const complaint = application.profile?.backup.storageComplaint(application.view.status)
  return complaint === undefined ? undefined : wait('ActionRequired', `The application is blocked: ${complaint}.`)
}

/** Reasons of a BackupStorage that time alone may mend; for all others a person has to change something. */
const passes: ReadonlySet<string> = new Set(['Unreachable'])

/** The store named by storageRef has to be usable, because the evidence is looked for in it. */
export const storageMustBeReady: Rule<Observed> = ({storage}) => {
  if (storage.state === 'missing') return wait('Preparing', storage.message)
  if (storage.state === 'unready')
    return wait(
      passes.has(storage.reason) ? 'Preparing' : 'ActionRequired',
      `BackupStorage is ${storage.reason}: ${storage.message}`,
    )
  return undefined
}

/** The charm writes where its integrator points: that has to be somewhere, and the same place as storageRef. */
export const destinationMustMatch: Rule<Observed> = o => {
  const pending = needs(o, 'Preparing', 'Reading where the charm writes its backups.', 'destination')
  if (pending) return pending
  const check = valueOf(o, 'destination')
  if (!check || check.ok) return undefined
  // Juju may have been away since, for hours.
  return (
    needsFresh(o, `Reading once more where the charm writes its backups: ${check.message}`, 'destination') ??
    finish(check.reason, check.message)
  )
}

/** A declared parent has to have finished well before its child can be made. */
export const parentMustBeDone: Rule<Observed> = o => {
  const name = o.job.spec.backup.parentJobRef?.name
  switch (o.parent.state) {
    case 'none':
      return undefined
    case 'missing':
      return finish('ParentMismatch', `The parent BackupJob ${name} does not exist in this namespace.`)
    case 'open':
      return wait('Preparing', `Waiting for the parent BackupJob ${name} to finish.`)
    case 'failed':
      return finish('ParentMismatch', `The parent BackupJob ${name} did not end with a backup.`)
    case 'succeeded':
      return parentOfAnother(o, name ?? '')
  }
}

function parentOfAnother(o: Observed, name: string): Step | undefined {
  if (o.parent.state !== 'succeeded' || o.model.state !== 'ready') return undefined
  if (o.parent.application === o.job.spec.application && o.parent.modelUUID === o.model.modelUUID) return undefined
  return finish(
    'ParentMismatch',
    `The parent BackupJob ${name} is a backup of ${o.parent.application}, not of this application.`,
  )
}

/** The arbiter decides; a job without a grant touches nothing. */
export const askForTheGrant: Rule<Observed> = o => (o.status.grantedAt === undefined ? {do: 'ask'} : undefined)
