import type {RestoreCapability} from '../../../charms/restore.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import type {UnitsPlan} from './units.ts'

/** What forbids a restore of this application for good, whatever is restored. */
export function forbidden(
  {view, application, foreignStorage}: PlanQuestion,
  {isStandby}: RestoreCapability,
): readonly Blocker[] {
  const standby: Blocker = {
    reason: 'StandbyCluster',
    message: `${application} is a standby: it follows another cluster. Restore that one, or promote this one first.`,
  }
  const elsewhere: Blocker = {
    reason: 'StorageMismatch',
    message: `${foreignStorage?.replace(/\.$/, '')}. How to restore from the storage of another cluster is in docs/restore.md.`,
  }
  return [
    ...(isStandby(view.status, view.units) ? [standby] : []),
    ...(foreignStorage === undefined ? [] : [elsewhere]),
  ]
}

/** What the charm would refuse as things stand; it may pass, or a person may end it. */
export function refusedNow({view}: PlanQuestion, capability: RestoreCapability, units: UnitsPlan): readonly Blocker[] {
  const left = view.units.filter(({name}) => !units.removed.includes(name))
  const why = capability.refusesNow(view.status, left)
  return why === undefined
    ? []
    : [{reason: 'ActionRequired', message: `The charm would refuse the restore now: ${why}`, passing: true}]
}

/** A safety backup that is required, while the application says that it cannot use its store. */
export function noSafety({spec, view, profile}: PlanQuestion): readonly Blocker[] {
  if (spec.safetyBackup !== 'Required') return []
  const complaint = [view.status, ...view.units].map(shown => profile.backup.storageComplaint(shown)).find(Boolean)
  if (complaint === undefined) return []
  const message = `restore.safetyBackup is Required, and no backup can be made as things stand: ${complaint}`
  return [{reason: 'ActionRequired', message, passing: true}]
}
