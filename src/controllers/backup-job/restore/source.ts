import {usableOf, type ListedBackup} from './backups.ts'
import type {Blocker, PlanQuestion} from './plan.ts'
import {namesOf} from './sentences.ts'

/** The backup that restore.source names, or that it leaves the choice to the plan. */
export type Named =
  | {readonly kind: 'Open'}
  | {readonly kind: 'Backup'; readonly backup: ListedBackup; readonly because: string}
  | {readonly kind: 'Refused'; readonly blocker: Blocker}

/** Looks up what restore.source names. A name that leads to no usable backup is refused, with those that are usable. */
export function namedBackup(question: PlanQuestion, backups: readonly ListedBackup[]): Named {
  const {source, spec} = question
  if (source.state === 'missing' || source.state === 'open')
    return refused('BackupNotFound', `${source.message.replace(/\.$/, '')}. ${usableInstead(backups)}`)
  if (source.state === 'found') {
    if (source.application !== question.application || source.modelUUID !== question.modelUUID)
      return refused('BackupNotFound', anotherCluster(question))
    const schedule = spec.source?.scheduleRef?.name
    const made = `BackupJob ${source.job}`
    const because =
      schedule === undefined ? `it is the backup of ${made}` : `it is the newest of schedule ${schedule} (${made})`
    return lookUp(question, backups, source.backupID, {because, called: `${source.backupID}, the backup of ${made},`})
  }
  const id = spec.source?.backupID
  if (id === undefined) return {kind: 'Open'}
  return lookUp(question, backups, id, {
    because: 'it is the one that restore.source.backupID names',
    called: id,
  })
}

function lookUp(
  question: PlanQuestion,
  backups: readonly ListedBackup[],
  id: string,
  words: {readonly because: string; readonly called: string},
): Named {
  const backup = backups.find(one => one.id === id)
  if (backup?.unusable === undefined && backup !== undefined) return {kind: 'Backup', backup, because: words.because}
  const instead = usableInstead(backups, id)
  if (backup !== undefined)
    return refused('BackupNotFound', `Backup ${words.called} cannot be restored: ${backup.unusable}. ${instead}`)
  if (question.rows.some(row => row.id === id))
    return refused(
      'BackupNotFound',
      `${id} is the beginning of a timeline, not a backup. To follow it, remove restore.source and write restore.timeline: ` +
        `"${id}" with restore.pointInTime: a moment, or latest. ${instead}`,
    )
  return refused('BackupNotFound', `The charm does not list a backup ${words.called.replace(/,$/, '')}. ${instead}`)
}

function anotherCluster({source, application, modelUUID}: PlanQuestion): string {
  if (source.state !== 'found') return ''
  return (
    `BackupJob ${source.job} made a backup of ${source.application} in ${source.modelUUID === '' ? 'a model that it does not tell' : `the model ${source.modelUUID}`}, not of ${application} in ` +
    `${modelUUID}. To restore it here all the same, follow docs/restore.md, "From the storage of another cluster".`
  )
}

/** The usable backups that are nearest in age to the id, or what to do if there are none. */
export function usableInstead(backups: readonly ListedBackup[], id?: string): string {
  const ids = usableOf(backups).map(one => one.id)
  if (ids.length === 0) return 'There is no usable backup; make one first, with a BackupJob of type Backup.'
  const later = id === undefined ? -1 : ids.findIndex(one => one > id)
  const place = later === -1 ? ids.length : later
  const near = ids.slice(Math.max(0, Math.min(place - 2, ids.length - 3)), Math.max(place + 2, 3))
  return `${ids.length === near.length ? 'Usable' : 'The nearest usable ones'}: ${namesOf(near)}.`
}

const refused = (reason: Blocker['reason'], message: string): Named => ({kind: 'Refused', blocker: {reason, message}})
