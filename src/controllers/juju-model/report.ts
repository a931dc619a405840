import type {JujuModel, JujuModelReason, JujuModelStatus} from '../../api/juju-model.ts'
import type {FullStatus} from '../../juju/status.ts'
import {getCondition, readyConditions} from '../../runtime/conditions.ts'
import {modelUUIDOf} from './decide-session.ts'
import {databasesIn} from './inventory.ts'
import type {LinkView, Outcome} from './observed.ts'

/** Endpoints are tried in any order and fail in many ways: the text of one trouble is renewed this often at last, in ms. */
export const messageMaxAgeMs = 300_000
/** And not more often than this, in ms: the first words are of the loss, the next ones of why it is not over. */
const messageMinAgeMs = 10_000

const fleeting: ReadonlySet<JujuModelReason> = new Set(['Unreachable', 'CertificateNotTrusted', 'EndpointNotAllowed'])

/** What the status says, whole. What is not known at present stays as it was seen last. */
export function statusOf(
  model: JujuModel,
  outcome: Outcome,
  {resolution, session}: LinkView,
  seen: FullStatus | undefined,
  now: string,
): JujuModelStatus {
  const {generation: observedGeneration = 0} = model.metadata
  const conditions = readyConditions(model.status?.conditions, {...outcome, observedGeneration}, now)
  const found = resolution.kind === 'found' ? resolution.uuid : undefined
  const modelUUID = outcome.reason === 'InvalidSpec' ? model.status?.modelUUID : modelUUIDOf(model, found)
  return {
    ...model.status,
    observedGeneration,
    conditions,
    ...(modelUUID !== undefined && {modelUUID}),
    ...(session.kind === 'connected' && {
      access: session.access,
      serverVersion: session.serverVersion,
      controllerUUID: session.controllerUUID,
    }),
    ...(seen !== undefined && {modelType: seen.model.type, databases: databasesIn(seen)}),
  }
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
