import type {SettleQuestion, Settlement, TimedUnitView} from '../restore.ts'
import {becameActive, hookFails, inError, isAfter, says, unitIsGone} from '../settling.ts'
import {pitrImpossible, restoreFailed, restoring, storageComplaints} from './statuses.ts'
import {newTimeline} from './timeline.ts'

/**
 * How the restore stands that the task has begun. The charm works it out in `update-status`, and shows it in the status
 * of the unit only (reference/charms.md, 1.1 and 7, #20, #21). A status from before the end of the task says nothing,
 * but for `restoring backup`, which the action itself sets.
 */
export function settlement(question: SettleQuestion): Settlement {
  const unit = question.units.find(({name}) => name === question.unit)
  if (unit === undefined) return unitIsGone(question.unit)
  if (hookFails(unit)) return inError(unit)
  if (unit.workloadMessage.startsWith(restoring)) return goesOn(unit, question)
  return isAfter(unit.workloadSince, question) ? byStatus(unit, question) : byListing(unit, question)
}

function byStatus(unit: TimedUnitView, question: SettleQuestion): Settlement {
  const {workloadStatus, workloadMessage} = unit
  if (workloadStatus === 'blocked') {
    if (workloadMessage === restoreFailed) return failed(unit, question)
    if (workloadMessage === pitrImpossible) return momentNotReached(unit, question)
    // The charm looks at the repository after the restore, and only then.
    if (storageComplaints.includes(workloadMessage)) return becameActive(unit)
  }
  return workloadStatus === 'active' ? becameActive(unit) : byListing(unit, question)
}

function byListing(unit: TimedUnitView, question: SettleQuestion): Settlement {
  const row = rowOfRestore(question)
  if (row) return {state: 'Done', evidence: `the charm lists restore ${row.id} with the new timeline ${row.timeline}`}
  return {
    state: 'Running',
    message: `${says(unit)}, which tells nothing about the restore yet.`,
    stuck: `Neither a new status of ${unit.name} nor a new timeline in list-backups shows the end of the restore. ${look(unit.name)}`,
  }
}

function goesOn(unit: TimedUnitView, question: SettleQuestion): Settlement {
  const row = rowOfRestore(question)
  const stuck = row
    ? `list-backups already shows timeline ${row.timeline}, so the database has come up, but ${unit.name} has not said so yet. ${look(unit.name)}`
    : `${unit.name} can say so for ever if the database does not come up. ${look(unit.name)}`
  return {state: 'Running', message: says(unit), stuck}
}

/** The charm never looks at a blocked unit again, and refuses a restore on it, even if the database works meanwhile. */
function failed(unit: TimedUnitView, question: SettleQuestion): Settlement {
  const row = rowOfRestore(question)
  const works = row
    ? ` But list-backups shows timeline ${row.timeline}, so the database may have come up meanwhile: look at it first.`
    : ''
  return {
    state: 'Failed',
    message:
      `${says(unit)}. The old data is gone, and the charm takes no other restore on this unit, whose status it never clears.${works} ` +
      `The cause is in: juju debug-log --include ${unit.name}. To try again, deploy a new application of one unit, ` +
      'integrate it with the same s3-integrator, and restore into it.',
  }
}

function momentNotReached(unit: TimedUnitView, {target}: SettleQuestion): Settlement {
  return {
    state: 'Failed',
    message:
      `${says(unit)}. The log of changes does not reach ${target.moment ?? 'the moment'}, and the old data is gone. ` +
      'The charm accepts another restore: choose an earlier moment, `latest`, or a backup without a moment.',
  }
}

const rowOfRestore = ({listing, timelineBefore}: SettleQuestion) =>
  listing?.ok ? newTimeline(listing.rows, timelineBefore) : undefined

const look = (unit: string): string =>
  `It is worked out at each update-status (model option update-status-hook-interval, 5 minutes by default); see juju debug-log --include ${unit}, and the database's own log there.`
