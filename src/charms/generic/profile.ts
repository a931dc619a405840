import {takes, type CharmFacts} from '../family.ts'
import {plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, CharmProfile} from '../profile.ts'
import type {RestoreCapability, SettleQuestion, Settlement} from '../restore.ts'
import {becameActive, hookFails, inError, isAfter, says, unitIsGone} from '../settling.ts'
import {failureTexts, restoreFailureTexts} from './failures.ts'
import {parseListing} from './listing.ts'

const backup: BackupCapability = {
  ...plainBackup,
  method: undefined,
  storageEndpoint: undefined,
  parseListing,
  classifyFailure: () => 'Unknown',
  failureTexts,
  busyWith: () => undefined,
  cancelSafety: {
    safe: false,
    why: 'nothing is known of what this charm does while it makes a backup',
    leaves: 'what a backup that was cut short leaves in the store, or on the unit, is not known.',
  },
  layout: 'None',
}

const restore: RestoreCapability = {
  ...plainRestore,
  failureTexts: restoreFailureTexts,
  classifyFailure: () => ({kind: 'Unknown'}),
  settlement,
  afterwards: () =>
    'Charmkeeper does not know this charm: look at the data, and at what the charm asks for in its status.',
}

/** What a charm without a profile of its own can do at most. */
export const genericProfile: CharmProfile = {
  id: 'generic',
  engine: 'not known',
  backup,
  restore,
  owns: ['create-backup', 'list-backups', 'restore'],
  readOnlyActions: ['list-backups'],
}

/** What this charm can do by its own actions; undefined: it cannot be backed up, or its actions are not known. */
export function genericProfileOf(charm: CharmFacts): CharmProfile | undefined {
  if (charm.actions.length === 0 && genericProfile.owns.includes(charm.ran ?? '')) return genericProfile
  if (!['create-backup', 'list-backups'].every(action => charm.actions.includes(action))) return undefined
  if (charm.actions.includes('restore') && takes(charm, 'restore', 'backup-id')) return genericProfile
  const {restore: _cannot, ...withoutRestore} = genericProfile
  return withoutRestore
}

/** Whether the task only began the restore is not known: it is over when the task is, and every unit is active again. */
function settlement(question: SettleQuestion): Settlement {
  const {units} = question
  const unit = units.find(({name}) => name === question.unit)
  if (unit === undefined) return unitIsGone(question.unit)
  const broken = units.find(hookFails)
  if (broken) return inError(broken)
  const other = units.find(one => one.workloadStatus !== 'active' || one.agentStatus !== 'idle')
  if (other === undefined)
    return isAfter(unit.workloadSince, question)
      ? becameActive(unit)
      : {
          state: 'Done',
          evidence: `the task is completed, and every unit is active and idle; more this charm does not tell`,
        }
  return {
    state: 'Running',
    message: `${says(other)}, agent ${other.agentStatus}.`,
    stuck: `The restore counts as over when every unit is active and idle. See juju debug-log --include ${other.name}`,
  }
}
