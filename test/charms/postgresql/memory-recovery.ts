import type {RestoreOrder} from './engine.ts'
import type {Branch, MemoryArchive} from './memory-archive.ts'
import {timelineOfWal} from './pgbackrest-info.ts'
import type {InfoBackup} from './pgbackrest-info.ts'
import {timeOf} from './restore-target.ts'
import {segmentOf} from './wal.ts'

const timelineOf = ({archive}: InfoBackup): number => Number.parseInt(timelineOfWal(archive.start), 16)

/**
 * Where PostgreSQL's recovery ends with the settings of a restore.
 *
 * @returns undefined when it does not reach its target: WAL ends before it, or the base backup does after it
 */
export function recovery(
  {label, toTime, timeline}: Pick<RestoreOrder, 'label' | 'toTime' | 'timeline'>,
  backups: readonly InfoBackup[],
  archive: MemoryArchive,
): Branch | undefined {
  const base = backups.find(backup => backup.label === label)
  if (toTime === undefined || toTime === '')
    return base === undefined
      ? undefined
      : {parent: timelineOf(base), segment: segmentOf(base.archive.stop ?? ''), reason: 'reached consistency'}
  const parent = timeline === undefined ? archive.timeline : Number.parseInt(timeline, 16)
  if (toTime === 'latest') return {parent, segment: undefined, reason: 'no recovery target specified'}
  const moment = timeOf(toTime) ?? Number.NaN
  const ended = ({timestamp}: InfoBackup): boolean => timestamp.stop * 1000 <= moment
  const isBased = base === undefined ? backups.some(ended) : ended(base)
  const end = archive.endOf(parent) ?? Number.NEGATIVE_INFINITY
  return isBased && moment <= end ? {parent, segment: undefined, reason: `before ${toTime}`} : undefined
}
