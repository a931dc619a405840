import {pythonValue} from '../python.ts'
import {compareText, idOfLabel, idOfSeconds, timelineOfWal} from './pgbackrest-info.ts'
import type {InfoBackup, TimelineStart} from './pgbackrest-info.ts'
import type {S3Parameters} from '../s3-parameters.ts'

const widths = [20, 19, 8, 20, 23, 20, 20, 8, 0]
const header = [
  'backup-id',
  'action',
  'status',
  'reference-backup-id',
  'LSN start/stop',
  'start-time',
  'finish-time',
  'timeline',
  'backup-path',
]
const actions = {full: 'full backup', diff: 'differential backup', incr: 'incremental backup'} as const

/**
 * The text of `list-backups`, byte for byte. Cells are padded to the columns' widths but never cut, so that a long
 * status pushes the rest of its row to the right.
 *
 * @param stanza the charm's own stanza: the paths carry it even when the rows belong to another
 */
export function formatListing(
  s3: S3Parameters,
  stanza: string,
  backups: readonly InfoBackup[],
  timelines: readonly TimelineStart[],
): string {
  const title = row(header)
  const rows = [...backups.map(backup => backupRow(backup, stanza)), ...timelines.map(restoreRow)]
  rows.sort((one, other) => compareText(one[0] ?? '', other[0] ?? ''))
  return [
    `Storage bucket name: ${s3.bucket}`,
    `Backups base path: ${s3.path}/backup/`,
    '',
    title,
    '-'.repeat(title.length),
    ...rows.map(row),
  ].join('\n')
}

function backupRow(backup: InfoBackup, stanza: string): readonly string[] {
  const reference = backup.reference?.at(-1)
  return [
    idOfLabel(backup.label),
    actions[backup.type],
    backup.error === true || typeof backup.error === 'string' ? `failed: ${pythonValue(backup.error)}` : 'finished',
    reference === undefined ? 'None' : idOfLabel(reference),
    `${backup.lsn.start} / ${backup.lsn.stop}`,
    idOfSeconds(backup.timestamp.start),
    idOfSeconds(backup.timestamp.stop),
    timelineOfWal(backup.archive.start),
    `/${stanza}/${backup.label}`,
  ]
}

function restoreRow({id, timeline}: TimelineStart): readonly string[] {
  return [id, 'restore', 'finished', 'None', 'n/a', id, 'n/a', timeline, 'n/a']
}

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')
}
