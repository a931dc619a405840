import {
  backupScheduleResource,
  type BackupSchedule,
  type BackupScheduleStatus,
  type RetentionIntent,
  type ScheduleRetention,
} from '../../api/backup-schedule.ts'
import type {BackupCapability} from '../../charms/profile.ts'
import type {ModelSnapshot} from '../../juju/snapshot.ts'
import type {KubeClient} from '../../kube/client.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock} from '../../time/clock.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {daysOf, expiryOption} from '../../charms/expiry.ts'
import {profileOf} from '../backup-job/gather.ts'
import {findIntegrator} from '../backup-storage/integrator-check.ts'
import type {Listings} from '../inventory/listings.ts'
import type {ModelDirectory, ModelHandle} from '../juju-model/directory.ts'
import {expiringBackups} from './expiring.ts'
import {
  decideRetention,
  type RetainingSchedule,
  type RetentionDecision,
  type RetentionQuestion,
  type RetentionSaid,
} from './retention.ts'
import {readExpiry} from './retention-effect.ts'
import {behindIntegrator, retainingSchedule} from './retention-view.ts'

export interface RetentionGatheringDeps {
  readonly client: KubeClient
  /** with the index `byApplication` */
  readonly schedules: Store<BackupSchedule>
  /** with the index `byApplication` */
  readonly jobs: Store<CachedBackupJob>
  readonly models: ModelDirectory
  readonly listings: Listings
  readonly clock: Clock
}

/** What has to be done about the retention of a schedule. `said` undefined: what was said stays. */
export type RetentionStep =
  | {
      readonly do: 'Say'
      readonly said?: RetentionSaid | undefined
      readonly retention?: ScheduleRetention | undefined
      readonly expiring?: BackupScheduleStatus['expiring']
      /** ms until it has to be looked at again; undefined: as usual */
      readonly againMs?: number
    }
  | {
      readonly do: 'Set'
      readonly handle: ModelHandle
      readonly intent: Omit<RetentionIntent, 'time'>
      /** the option was not set, for example: the rest of a sentence that begins with `it` */
      readonly why: string
      /** as it is before */
      readonly retention: ScheduleRetention
      readonly question: RetentionQuestion
      readonly maxAgeSeconds: number
    }

const pageSize = 500
/** Lists of backups are read one after the other once a model is Connected, ms. */
const unlistedAgainMs = 120_000

/** Gathers what decides about retention, and decides. It reads of Juju what is needed for that, and changes nothing. */
export class RetentionGathering {
  readonly #deps: RetentionGatheringDeps

  constructor(deps: RetentionGatheringDeps) {
    this.#deps = deps
  }

  /** The way to the model of a schedule, while it is Connected and may be written. */
  handleOf({metadata, spec}: BackupSchedule): ModelHandle | undefined {
    const model = this.#deps.models.lookup(metadata.namespace ?? '', spec.jobTemplate.spec.modelRef.name)
    return model.found && model.ready && model.handle.access !== 'read' ? model.handle : undefined
  }

  /** @throws JujuError, ConnectionLost, ApiError: nothing is known, so do nothing */
  async stepFor(schedule: BackupSchedule, signal: AbortSignal): Promise<RetentionStep> {
    const {application} = schedule.spec.jobTemplate.spec
    const handle = this.handleOf(schedule)
    const snapshot = handle?.snapshots.latest
    if (handle === undefined || snapshot === undefined)
      return unlessSaid(schedule, 'the JujuModel is not Connected, or its user may only read')
    const seen = snapshot.status.applications.get(application)
    if (seen === undefined) return waiting(`the model has no application ${application}`)
    const profile = profileOf(seen)
    if (profile?.backup.expiry !== 'ByIntegrator') return unsupported(profile?.engine ?? `charm ${seen.charmName}`)
    const found = findIntegrator(snapshot, application, profile.backup.storageEndpoint)
    if (schedule.spec.retention?.mode === 'Plan')
      return this.#planned(schedule, handle, found.ok ? this.#cached(schedule, snapshot, found.integrator) : [])
    if (!found.ok) return waiting(found.message)
    return await this.#enforced(
      schedule,
      handle,
      {snapshot, integrator: found.integrator, backup: profile.backup},
      signal,
    )
  }

  /** What is said when the option has just been set. */
  inForce({question, intent, maxAgeSeconds}: RetentionStep & {do: 'Set'}): {
    readonly said?: RetentionSaid
    readonly retention: ScheduleRetention
  } {
    const decision = decideRetention({...question, current: intent.days})
    const retention = {integrator: intent.application, days: intent.days, maxAgeSeconds}
    return decision.do === 'Say' ? {said: decision.said, retention} : {retention}
  }

  async #enforced(
    schedule: BackupSchedule,
    handle: ModelHandle,
    {snapshot, integrator, backup}: {snapshot: ModelSnapshot; integrator: string; backup: BackupCapability},
    signal: AbortSignal,
  ): Promise<RetentionStep> {
    const setting = await readExpiry(handle, integrator, signal)
    if (setting.kind === 'missing') return unsupported(`${integrator}, which has no option ${expiryOption},`)
    const current = setting.days
    let question = questionOf(schedule, snapshot, integrator, this.#cached(schedule, snapshot, integrator), current)
    let decision = decideRetention(question)
    let controllerTime = snapshot.controllerTime
    if (decision.do === 'Set' && decision.shortens) {
      // Backups may go by this: what is decided on is read where it is, not where it was copied to.
      const fresh = await handle.snapshots.refreshNow(signal)
      const {application} = schedule.spec.jobTemplate.spec
      const still = findIntegrator(fresh, application, backup.storageEndpoint)
      if (!still.ok || still.integrator !== integrator) return waiting(`the integrator of ${application} has changed`)
      const listed = await this.#listed(schedule, fresh, integrator, signal)
      question = questionOf(schedule, fresh, integrator, listed, current)
      decision = decideRetention(question)
      controllerTime = fresh.controllerTime
    }
    return this.#stepOf(schedule, handle, {decision, question, controllerTime, text: setting.text})
  }

  #stepOf(
    {spec, status}: BackupSchedule,
    handle: ModelHandle,
    {decision, question, controllerTime, text}: Decided,
  ): RetentionStep {
    const {integrator, current} = question
    const maxAgeSeconds = spec.retention?.maxAgeSeconds ?? 0
    const handled = status?.retention?.integrator === integrator ? status.retention.maxAgeSeconds : undefined
    const before = {
      integrator,
      ...(current === undefined ? {} : {days: current}),
      ...(handled === undefined ? {} : {maxAgeSeconds: handled}),
    }
    if (decision.do === 'Say')
      return {do: 'Say', said: decision.said, retention: decision.isInForce ? {...before, maxAgeSeconds} : before}
    const intent = {
      application: integrator,
      days: decision.days,
      ...(text === undefined ? {} : {before: text}),
      ...(controllerTime === undefined ? {} : {controllerTime}),
    }
    return {do: 'Set', handle, intent, why: decision.why, retention: before, question, maxAgeSeconds}
  }

  #planned(schedule: BackupSchedule, {modelUUID}: ModelHandle, others: readonly RetainingSchedule[]): RetentionStep {
    const {metadata, spec} = schedule
    const {application, modelRef} = spec.jobTemplate.spec
    const listing = this.#deps.listings.of(modelUUID, application)?.listing
    const ages = [spec.retention?.maxAgeSeconds, ...others.map(({maxAgeSeconds}) => maxAgeSeconds)]
    const days = Math.max(...ages.flatMap(age => (age === undefined ? [] : [daysOf(age)])))
    if (listing === undefined) {
      const message = 'the backups are not listed yet; nothing is deleted'
      return {do: 'Say', said: planned(message), expiring: schedule.status?.expiring, againMs: unlistedAgainMs}
    }
    const jobs = this.#deps.jobs.byIndex('byApplication', `${metadata.namespace}/${modelRef.name}/${application}`)
    const names = new Map(jobs.map(job => [job.status?.backupID, job.metadata.name]))
    const {shown, count} = expiringBackups({
      ...listing,
      days,
      now: this.#deps.clock.now(),
      jobOf: backupID => names.get(backupID),
    })
    const message = `with mode Enforce, ${count} of ${listing.finished.length} listed backups would go after the next one, as they are older than ${days} days and nothing that stays needs them; nothing is deleted`
    return {do: 'Say', said: planned(message), expiring: [...shown]}
  }

  /** All schedules of the applications behind the integrator, as this process has seen them. */
  #cached(schedule: BackupSchedule, {status}: ModelSnapshot, integrator: string): readonly RetainingSchedule[] {
    const {namespace} = schedule.metadata
    const {modelRef, application} = schedule.spec.jobTemplate.spec
    const model = modelRef.name
    return behindIntegrator(status, integrator, application)
      .applications.flatMap(name => this.#deps.schedules.byIndex('byApplication', `${namespace}/${model}/${name}`))
      .map(one => retainingSchedule(one, integrator))
  }

  /** The same, as the API server has them now. */
  async #listed(
    {metadata: {namespace}, spec}: BackupSchedule,
    {status}: ModelSnapshot,
    integrator: string,
    signal: AbortSignal,
  ): Promise<readonly RetainingSchedule[]> {
    const {modelRef, application} = spec.jobTemplate.spec
    const behind = new Set(behindIntegrator(status, integrator, application).applications)
    const found: BackupSchedule[] = []
    let next: string | undefined
    do {
      const options = {namespace, limit: pageSize, continue: next, signal}
      const page = await this.#deps.client.listPage<BackupSchedule>(backupScheduleResource, options)
      found.push(...page.items)
      next = page.continue
    } while (next !== undefined && next !== '')
    return found
      .filter(one => one.spec?.jobTemplate?.spec?.modelRef?.name === modelRef.name)
      .map(one => retainingSchedule(one, integrator))
      .filter(one => behind.has(one.application))
  }
}

interface Decided {
  readonly decision: RetentionDecision
  readonly question: RetentionQuestion
  readonly controllerTime: string | undefined
  readonly text: string | undefined
}

function questionOf(
  {metadata: {name}, spec}: BackupSchedule,
  {status}: ModelSnapshot,
  integrator: string,
  schedules: readonly RetainingSchedule[],
  current: number | undefined,
): RetentionQuestion {
  return {
    name,
    integrator,
    ...behindIntegrator(status, integrator, spec.jobTemplate.spec.application),
    schedules,
    current,
  }
}

const planned = (message: string): RetentionSaid => ({status: 'True', reason: 'RetentionPlanned', message})

function waiting(message: string): RetentionStep {
  return {do: 'Say', said: {status: 'Unknown', reason: 'RetentionWaiting', message}}
}

/** While the model is away, what was said of this spec stays. */
function unlessSaid({metadata, status}: BackupSchedule, message: string): RetentionStep {
  const said = getCondition(status?.conditions, 'Retention')
  const isSaid = said !== undefined && said.observedGeneration === metadata.generation
  return isSaid ? {do: 'Say', expiring: status?.expiring} : waiting(message)
}

function unsupported(who: string): RetentionStep {
  const message = `${who} cannot expire backups by age, and nobody else deletes data: expire them in the store, or by hand`
  return {do: 'Say', said: {status: 'False', reason: 'RetentionUnsupported', message}}
}
