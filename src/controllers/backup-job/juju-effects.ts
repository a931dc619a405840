import {cancel} from '../../juju/writes/cancel.ts'
import {send} from '../../juju/writes/send.ts'
import type {TaskTarget} from '../../juju/writes/tasks.ts'
import type {WriteGuard} from '../../kube/client.ts'
import {requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {Clock} from '../../time/clock.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {Call} from './calls.ts'
import {Cancels, type CancelledJob} from './cancels.ts'
import type {Readings} from './readings.ts'
import {passesByItself} from './refusals.ts'
import {afterUnitChange} from './restore/unit-answer.ts'
import {sendUnitChange} from './restore/unit-change.ts'
import {afterEnqueue, afterHook, cancelRefused, cancelWithoutClaim, refusedPauseMs} from './rules/outcome.ts'
import type {Scribe, Writable} from './scribe.ts'
import type {EnqueuePlan, Finish, HookPlan, Report, StatusPatch, UnitChangePlan, Wait} from './step.ts'
import {textsOf, writeIntentOf, writeOf} from './write-intent.ts'

interface JujuEffectsDeps {
  /** asked right before each effect: only the leader may have one */
  readonly guard: WriteGuard
  readonly readings: Readings
  readonly scribe: Scribe
  readonly clock: Clock
}

/** What follows an effect: a step to perform on the job as it is now, or nothing but another look. */
export type AfterEffect = {readonly next: Wait | Finish; readonly o: Writable} | Result

/**
 * The effects of a job in Juju, each at most once per intent: the intent is in the status before the call; if the reply is lost,
 * the next reconcile looks for what came of it before anything is sent again.
 */
export class JujuEffects {
  readonly #deps: JujuEffectsDeps
  readonly #cancels = new Cancels()

  constructor(deps: JujuEffectsDeps) {
    this.#deps = deps
  }

  cancelSent(key: string, job: CancelledJob): boolean {
    return this.#cancels.has(key, job)
  }

  forget(key: string): void {
    this.#cancels.forget(key)
  }

  /** Enqueues the action of the job itself. @throws ConnectionLost: it may have happened */
  async enqueue(
    key: string,
    plan: EnqueuePlan,
    report: Report,
    o: Writable,
    handle: ModelHandle,
  ): Promise<AfterEffect> {
    if (!(await this.#isOurs(key, o, handle))) return requeueAfter(1000)
    const {unit, action, parameters, ...marks} = plan
    const intent = {unit, action, parameters: textsOf(parameters), time: this.#deps.scribe.time(), ...marks}
    const facts: StatusPatch = {
      intent,
      unit,
      attempt: (o.status.attempt ?? 0) + 1,
      retryTime: undefined,
      startTime: undefined,
      completionTime: undefined,
      log: undefined,
      lastMessage: undefined,
    }
    const {sent, answered} = await this.#send(key, {kind: 'Main', intent}, {report, facts, parameters}, o, handle)
    return {next: afterEnqueue(answered, intent, sent), o: answered}
  }

  /** Enqueues the action of a hook. @throws ConnectionLost: it may have happened */
  async hook(key: string, plan: HookPlan, report: Report, o: Writable, handle: ModelHandle): Promise<AfterEffect> {
    if (!(await this.#isOurs(key, o, handle))) return requeueAfter(1000)
    const run = {...plan, time: this.#deps.scribe.time()}
    const facts = {hooks: [...(o.status.hooks ?? []), run], retryTime: undefined}
    const wish = {report, facts, parameters: plan.parameters}
    const {sent, answered} = await this.#send(key, {kind: 'Hook', intent: run}, wish, o, handle)
    return {next: afterHook(answered, run, sent), o: answered}
  }

  async #send(
    key: string,
    call: Call,
    wish: {readonly report: Report; readonly facts: StatusPatch; readonly parameters: TaskTarget['parameters']},
    o: Writable,
    handle: ModelHandle,
  ) {
    const {clock, guard, readings, scribe} = this.#deps
    const {report, facts, parameters} = wish
    const job = await scribe.report({...report, patch: {...report.patch, ...facts}}, o)
    readings.forget(key)
    const {unit, action} = call.intent
    const intent = {...writeIntentOf(call.intent, o.callTimeoutMs), target: {unit, action, parameters}}
    guard.assertMayWrite()
    const sent = await send(handle.session, writeOf(job, call), intent, {clock, signal: o.context.signal})
    if (sent.kind === 'Uncertain') throw sent.error
    if (sent.kind === 'Done') {
      const {operationID, taskID} = sent.result
      o.context.log.info('enqueued in Juju', {action, unit, operationID, taskID})
    }
    if (sent.kind === 'Refused') o.context.log.warn('Juju refused an action', {code: sent.error.code, action})
    return {sent, answered: {...o, job, status: job.status ?? o.status, now: clock.now()}}
  }

  /** Removes or adds units, or sets their number. @throws ConnectionLost: it may have happened */
  async changeUnits(
    key: string,
    plan: UnitChangePlan,
    report: Report,
    o: Writable,
    handle: ModelHandle,
  ): Promise<AfterEffect> {
    if (!(await this.#isOurs(key, o, handle))) return requeueAfter(1000)
    const {clock, guard, readings, scribe} = this.#deps
    const change = {...plan, time: scribe.time()}
    const restore = {...o.status.restore, ...report.patch?.restore, change}
    const job = await scribe.report({...report, patch: {...report.patch, restore, retryTime: undefined}}, o)
    readings.forget(key)
    guard.assertMayWrite()
    const {application} = job.spec
    const circumstances = {application, callTimeoutMs: o.callTimeoutMs, clock, signal: o.context.signal}
    const sent = await sendUnitChange(handle, change, circumstances)
    if (sent.kind === 'Uncertain') throw sent.error
    o.context.log.info('asked Juju to change units', {action: change.kind, count: change.count, outcome: sent.kind})
    handle.snapshots.refreshNow().catch(() => undefined)
    const answered = {...o, job, status: job.status ?? o.status, now: clock.now()}
    return {next: afterUnitChange(answered, sent), o: answered}
  }

  async cancel(key: string, taskID: string, report: Report, o: Writable, handle: ModelHandle): Promise<AfterEffect> {
    const claim = await handle.checkClaim(o.context.signal)
    if (!claim.ok) return {next: cancelWithoutClaim(taskID, claim.owner), o}
    const {clock, guard, scribe} = this.#deps
    const job = await scribe.report(report, o)
    guard.assertMayWrite()
    const intent = {target: {taskID}, before: {}, time: clock.now(), callTimeoutMs: o.callTimeoutMs}
    const sent = await send(handle.session, cancel, intent, {clock, signal: o.context.signal})
    // The task itself shows what came of a cancel that was not answered; asking for it again does no harm.
    if (sent.kind === 'Uncertain') throw sent.error
    if (sent.kind === 'NotSent') return requeueAfter(1000)
    // It is asked for again, at the latest then; the next snapshot of the model may bring the job back before.
    if (sent.kind === 'Refused' && passesByItself(sent.error)) return requeueAfter(refusedPauseMs)
    this.#cancels.sent(key, {metadata: o.job.metadata, status: {taskID}})
    o.context.log.info('asked Juju to cancel a task', {taskID, accepted: sent.kind === 'Done'})
    handle.snapshots.refreshNow().catch(() => undefined)
    if (sent.kind === 'Done') return requeueAfter(1000)
    return {next: cancelRefused(taskID, sent.error), o: {...o, job}}
  }

  /** Right before an effect; if the model is somebody else's now, the facts are read again, and they say whose. */
  async #isOurs(key: string, o: Writable, handle: ModelHandle): Promise<boolean> {
    const {ok} = await handle.checkClaim(o.context.signal)
    if (!ok) this.#deps.readings.forget(key, 'enqueueFacts', 'unitFacts')
    return ok
  }
}
