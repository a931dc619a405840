import type {BackupEntry, BackupInfo} from './pgbackrest-info.ts'
import {isWalSegment, segmentSizesFor} from './wal.ts'

type WalOfBackup = Pick<BackupEntry, 'walStart' | 'walStop' | 'lsnStart' | 'lsnStop'>

/**
 * How long the WAL segments of a backup can be in bytes, as the index tells; most often that is just one. Empty: what it
 * says of this backup makes no sense.
 */
export function segmentSizesOf(backup: BackupEntry, {backups}: BackupInfo): readonly number[] {
  const own = commonSizes([backup])
  if (own.length <= 1) return own
  // All backups of a database have segments of one size.
  const all = [...backups.values()].filter(one => one?.databaseID === backup.databaseID)
  const common = commonSizes(all.filter(one => one !== undefined)).filter(size => own.includes(size))
  return common.length === 0 ? own : common
}

/** The index names places in the WAL and the segments that hold them: so it tells how long a segment is. */
function commonSizes(backups: readonly WalOfBackup[]): readonly number[] {
  const pairs = backups.flatMap(({walStart, walStop, lsnStart, lsnStop}) => [
    [walStart, lsnStart] as const,
    [walStop, lsnStop] as const,
  ])
  const sizes = pairs.flatMap(([segment, lsn]) =>
    segment === undefined || lsn === undefined || !isWalSegment(segment) ? [] : [segmentSizesFor(segment, lsn)],
  )
  const [first = segmentSizesFor('0'.repeat(24), '0/0'), ...others] = sizes
  return first.filter(size => others.every(one => one.includes(size)))
}
