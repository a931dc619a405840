import type {JujuModel, JujuModelDatabase, JujuModelReason, JujuModelStatus} from '../../api/juju-model.ts'
import type {Condition} from '../../api/meta.ts'
import type {FullStatus} from '../../juju/status.ts'
import {getCondition, readyConditions, setCondition} from '../../runtime/conditions.ts'
import {modelUUIDOf} from './decide-session.ts'
import {databasesIn, type KnownBackups, withBackups} from './inventory.ts'
import type {LinkView, Outcome} from './observed.ts'
import {protectionOf, type Protection} from './protection.ts'

/** Endpoints are tried in any order and fail in many ways: the text of one trouble is renewed this often at last, in ms. */
export const messageMaxAgeMs = 300_000
/** And not more often than this, in ms: the first words are of the loss, the next ones of why it is not over. */
const messageMinAgeMs = 10_000

const fleeting: ReadonlySet<JujuModelReason> = new Set(['Unreachable', 'CertificateNotTrusted', 'EndpointNotAllowed'])

/** What was read of a model while it is connected. */
export interface SeenModel {
  readonly status: FullStatus
  /** what is known of the backups of an application */
  readonly backupsOf: (application: string) => KnownBackups
}

/** What the status says, whole. What is not known at present stays as it was seen last. */
export function statusOf(
  model: JujuModel,
  outcome: Outcome,
  {resolution, session}: LinkView,
  seen: SeenModel | undefined,
  now: string,
): JujuModelStatus {
  const {generation: observedGeneration = 0} = model.metadata
  const conditions = readyConditions(model.status?.conditions, {...outcome, observedGeneration}, now)
  const databases = seen && databasesOf(seen, model.status?.databases)
  const access = session.kind === 'connected' ? session.access : model.status?.access
  const judged = outcome.reason === 'Connected' ? databases : undefined
  const found = resolution.kind === 'found' ? resolution.uuid : undefined
  const modelUUID = outcome.reason === 'InvalidSpec' ? model.status?.modelUUID : modelUUIDOf(model, found)
  return {
    ...model.status,
    observedGeneration,
    conditions:
      judged === undefined
        ? conditions
        : withProtected(
            conditions,
            protectionOf(judged, {access, now: Date.parse(now), objectiveOf: name => objectiveOf(seen, name)}),
            {observedGeneration, now},
          ),
    ...(modelUUID !== undefined && {modelUUID}),
    ...(session.kind === 'connected' && {
      access: session.access,
      serverVersion: session.serverVersion,
      controllerUUID: session.controllerUUID,
    }),
    ...(seen !== undefined && {modelType: seen.status.model.type, databases}),
  }
}

function databasesOf({status, backupsOf}: SeenModel, before: readonly JujuModelDatabase[] = []): JujuModelDatabase[] {
  const byName = new Map(before.map(one => [one.name, one]))
  return databasesIn(status).map(one => withBackups(one, byName.get(one.name), backupsOf(one.name)))
}

const objectiveOf = (seen: SeenModel | undefined, application: string): number | undefined =>
  seen?.backupsOf(application).schedules?.objectiveSeconds

function withProtected(
  conditions: readonly Condition[],
  protection: Protection,
  {observedGeneration, now}: {observedGeneration: number; now: string},
): Condition[] {
  return setCondition(conditions, {type: 'Protected', ...protection, observedGeneration}, now)
}

/**
 * The outcome as it is worth writing: while one trouble lasts, its text is renewed only now and then, the longer the rarer.
 *
 * @param ageMs how long ago this process wrote the condition; undefined: not yet
 * @param now ms since the epoch
 */
export function worthWriting(model: JujuModel, outcome: Outcome, ageMs: number | undefined, now: number): Outcome {
  const written = getCondition(model.status?.conditions, 'Ready')
  const same = written?.reason === outcome.reason && written.observedGeneration === model.metadata.generation
  const lastedMs = outcome.since === undefined ? Infinity : now - Date.parse(outcome.since)
  const renewAfterMs = Math.min(messageMaxAgeMs, Math.max(messageMinAgeMs, lastedMs / 2))
  const recent = ageMs !== undefined && ageMs < renewAfterMs
  return same && recent && fleeting.has(outcome.reason) ? {...outcome, message: written.message} : outcome
}
