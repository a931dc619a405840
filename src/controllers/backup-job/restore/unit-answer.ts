import type {UnitChange} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {passesByItself, wordsOf} from '../refusals.ts'
import {pauseEnd, refusedPauseMs, type Known} from '../rules/outcome.ts'
import {wait, type Finish, type Wait} from '../step.ts'
import {notRebuilt} from './ending.ts'
import {endBefore} from './request.ts'

/** What follows a change of units whose outcome is known; the units themselves tell the rest. */
export function afterUnitChange(o: Observed, sent: Known<unknown>): Wait | Finish {
  const {change, ...restore} = o.status.restore ?? {}
  switch (sent.kind) {
    case 'Done':
      return wait('Running', 'Juju took the change of units.', {
        patch: {restore},
        ...(change === undefined ? {} : {event: {type: 'Normal', reason: 'UnitsChanged', note: sentenceOf(change)}}),
        afterMs: 1000,
      })
    case 'NotSent':
      return wait('Running', `Nothing was sent, because ${sent.why}; preparing again.`, {patch: {restore}, afterMs: 0})
    case 'Refused': {
      const words = wordsOf(sent.error)
      // Somebody else has removed the unit meanwhile.
      const isOvertaken = change?.kind === 'RemoveUnits' && sent.error.code === 'not found'
      if (passesByItself(sent.error) || isOvertaken)
        return wait('Running', `Juju cannot change the units now: ${words}; trying again.`, {
          patch: {restore, retryTime: pauseEnd(o)},
          afterMs: refusedPauseMs,
        })
      return refusedForGood({...o, status: {...o.status, restore}}, words)
    }
  }
}

function sentenceOf({kind, units, count}: UnitChange): string {
  switch (kind) {
    case 'RemoveUnits':
      return `Juju removes ${units.join(', ')}; their storage is kept`
    case 'AddUnits':
      return `Juju adds units: ${count}`
    case 'SetScale':
      return `Juju scales to ${count}`
  }
}

/** Asking again would not help: the restore ends before the data is touched, or without its units. */
function refusedForGood(o: Observed, words: string): Wait | Finish {
  const step =
    o.status.conclusion === undefined
      ? endBefore(o, 'Failed', `Juju refused to remove the other units: ${words}. No data was touched.`)
      : notRebuilt(o, `Juju refused: ${words}`)
  return {...step, report: {...step.report, patch: {restore: o.status.restore, ...step.report.patch}}}
}
