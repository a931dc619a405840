import {classifyRestore} from '../classify.ts'
import {charmTime} from '../moment.ts'
import {notInAnyBackup} from '../not-contained.ts'
import type {StatusView} from '../profile.ts'
import type {RestoreCapability, RestoreTarget, SettleQuestion, Settlement} from '../restore.ts'
import {restoreFailureTexts} from './restore-failures.ts'
import {storageComplaint} from './statuses.ts'

/** @param knowsTime false for a revision whose `restore` has no parameter `restore-to-time` */
export function restoreCapability(knowsTime: boolean): RestoreCapability {
  return {
    action: 'restore',
    completion: 'Task',
    units: 'Single',
    pointInTime: knowsTime ? 'WithBackup' : 'None',
    timelines: false,
    notContained: [
      "The passwords of the charm's own users. Before a restore of another cluster's backup, set that cluster's with the action set-password.",
      ...notInAnyBackup,
    ],
    parameters,
    isStandby: ({workloadMessage}, units) =>
      /^Standby\b/.test(workloadMessage) || units.some(unit => /^Standby\b/.test(unit.workloadMessage)),
    // The charm looks at MySQL itself, never at a status.
    refusesNow: () => undefined,
    failureTexts: restoreFailureTexts,
    classifyFailure: message => classifyRestore(restoreFailureTexts, message),
    settlement,
    afterwards: (application: StatusView) => {
      const complaint = storageComplaint(application)
      return complaint && `${complaint}. The data is restored; until then the charm makes no backups.`
    },
    newestTimeline: () => undefined,
  }
}

/** The charm compares the time with its binary logs by the second, and takes neither a fraction nor a zone. */
function parameters({backupID, moment}: RestoreTarget): Record<string, string> {
  const time = moment && charmTime(moment, 0)
  return {...(backupID && {'backup-id': backupID}), ...(time && {'restore-to-time': time})}
}

/** The action blocks until the cluster is made anew; that it completed is the evidence, whatever a status still says. */
function settlement({output, unit}: SettleQuestion): Settlement {
  if (output['completed'] === 'ok') return {state: 'Done', evidence: `the task on ${unit} says completed: ok`}
  return {
    state: 'Failed',
    message: `The task on ${unit} is completed, but does not say \`completed: ok\`, as the charm does at the end of a restore. Look at juju debug-log --include ${unit} and at the data before another restore.`,
  }
}
