import type {RestoreCapability} from '../../../charms/restore.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import type {UnitsPlan} from './units.ts'

/** What forbids a restore of this application for good, whatever is restored. */
export function forbidden(question: PlanQuestion, {isStandby}: RestoreCapability): readonly Blocker[] {
  const {view, application} = question
  const standby: Blocker = {
    reason: 'StandbyCluster',
    message: `${application} is a standby: it follows another cluster. Restore that one, or promote this one first.`,
  }
  return [...(isStandby(view.status, view.units) ? [standby] : []), ...foreign(question)]
}

/**
 * Backups of another cluster are not taken by default, nor by the name of an object: which of them is meant has to be said, by
 * its id. Then the restore is that of docs/restore.md.
 */
function foreign({foreignStorage, spec}: PlanQuestion): readonly Blocker[] {
  if (foreignStorage === undefined || spec.source?.backupID !== undefined) return []
  return [
    {
      reason: 'StorageMismatch',
      message:
        `${foreignStorage.replace(/\.$/, '')}. Backups of another cluster are restored only by their id: follow docs/restore.md, ` +
        '"From the storage of another cluster", or "The cluster is lost" if it was this one, and write restore.source.backupID.',
    },
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
