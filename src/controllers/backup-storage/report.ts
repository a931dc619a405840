import type {BackupStorage, BackupStorageStatus} from '../../api/backup-storage.ts'
import {getCondition, readyConditions} from '../../runtime/conditions.ts'
import type {Outcome, ProbeView} from './observed.ts'

/**
 * What the status says, whole. `lastProbeTime` is that of the last change of Ready; the text of one trouble stays as it was
 * said first.
 *
 * @param probedAt when the store was looked at last, RFC 3339
 */
export function statusOf(
  storage: BackupStorage,
  outcome: Outcome,
  probe: ProbeView | undefined,
  {now, probedAt}: {readonly now: string; readonly probedAt: string | undefined},
): BackupStorageStatus {
  const {generation: observedGeneration = 0} = storage.metadata
  const {lastProbeTime, objectLock, conditions: before} = storage.status ?? {}
  const written = getCondition(before, 'Ready')
  const same = written?.reason === outcome.reason && written.observedGeneration === observedGeneration
  const message = same && probe?.result.ok === false ? written.message : outcome.message
  const conditions = readyConditions(before, {...outcome, message, observedGeneration}, now)
  const time = same ? lastProbeTime : (probedAt ?? lastProbeTime)
  const lock = probe?.result.ok === true ? probe.result.objectLock : objectLock
  return {
    observedGeneration,
    conditions,
    ...(time !== undefined && {lastProbeTime: time}),
    ...(lock !== undefined && {objectLock: {...lock}}),
  }
}
