import {classifyRestore} from '../classify.ts'
import {charmTime} from '../moment.ts'
import {notInAnyBackup} from '../not-contained.ts'
import type {BackupRow, StatusView, UnitView} from '../profile.ts'
import type {RestoreCapability, RestoreTarget} from '../restore.ts'
import {restoreFailureTexts} from './restore-failures.ts'
import {settlement} from './settlement.ts'
import {anotherCluster, pitrImpossible, restoreFailed, storageComplaints} from './statuses.ts'
import {newestTimeline} from './timeline.ts'

/** @param knowsTime false for a revision whose `restore` has no parameter `restore-to-time` */
export function restoreCapability(passwords: string, knowsTime: boolean): RestoreCapability {
  return {
    action: 'restore',
    completion: 'Status',
    units: 'Single',
    pointInTime: knowsTime ? 'Alone' : 'None',
    timelines: knowsTime,
    notContained: [passwords, ...notInAnyBackup],
    parameters,
    isStandby,
    refusesNow,
    failureTexts: restoreFailureTexts,
    classifyFailure: message => classifyRestore(restoreFailureTexts, message),
    settlement,
    afterwards,
    newestTimeline: (rows: readonly BackupRow[]) => newestTimeline(rows),
  }
}

/** The id of a restore stands for its timeline, in the same parameter as that of a backup. */
function parameters({backupID, moment, timelineID}: RestoreTarget): Record<string, string> {
  const id = timelineID ?? backupID
  // Without a zone the charm takes it for UTC only when it chooses a timeline.
  const time = moment === undefined || moment === 'latest' ? moment : `${charmTime(moment, 6)}+00`
  return {...(id && {'backup-id': id}), ...(time && {'restore-to-time': time})}
}

/** The application says it, or the one member that leads a standby cluster; replicas say nothing. */
function isStandby(application: StatusView, units: readonly UnitView[]): boolean {
  const says = (word: RegExp, {workloadStatus, workloadMessage}: StatusView): boolean =>
    workloadStatus === 'active' && word.test(workloadMessage)
  if (says(/^Standby\b/, application)) return true
  return units.some(unit => says(/^Standby\b/, unit)) && !units.some(unit => says(/^Primary\b/, unit))
}

/** Two texts with which the charm blocks a unit do not keep it from restoring. */
function refusesNow(application: StatusView, units: readonly UnitView[]): string | undefined {
  const allowed: readonly string[] = [anotherCluster, pitrImpossible]
  const blocked = [...units, {...application, name: 'the application'}].find(
    ({workloadStatus, workloadMessage}) => workloadStatus === 'blocked' && !allowed.includes(workloadMessage),
  )
  if (blocked === undefined) return undefined
  const shown = `${blocked.name} is blocked: "${blocked.workloadMessage}"`
  return blocked.workloadMessage === restoreFailed
    ? `${shown}, and stays so for ever. Restore into a new application of one unit, behind the same s3-integrator`
    : shown
}

function afterwards(application: StatusView, units: readonly UnitView[]): string | undefined {
  const shown = [...units, application].filter(({workloadStatus}) => workloadStatus === 'blocked')
  if (shown.some(({workloadMessage}) => workloadMessage === anotherCluster))
    return (
      `${anotherCluster}: the data is restored, but the charm makes no backups into that repository. ` +
      'Set another path in the s3-integrator, then make a full backup; the backups of before stay where they are.'
    )
  const complaint = shown.find(({workloadMessage}) => storageComplaints.includes(workloadMessage))
  return (
    complaint &&
    `${complaint.workloadMessage}: the data is restored, but the charm makes no backups until its store is usable again. Correct the s3-integrator, then make a full backup.`
  )
}
