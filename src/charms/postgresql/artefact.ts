import type {ArtefactQuestion, BackupRow} from '../profile.ts'

const suffix: Readonly<Partial<Record<BackupRow['action'], string>>> = {full: 'F', differential: 'D', incremental: 'I'}

/**
 * pgBackRest's label of a backup. The charm's id is the time in the last part of the label, only written differently,
 * and the label of a dependent backup begins with that of its full one.
 */
export function label(backupID: string, rows: readonly BackupRow[]): string | undefined {
  const row = rows.find(each => each.id === backupID && each.action !== 'restore')
  const fromPath = row?.backupPath?.split('/').findLast(part => part !== '')
  if (fromPath !== undefined) return fromPath
  const kind = row && suffix[row.action]
  if (row === undefined || kind === undefined) return undefined
  if (row.action === 'full') return `${stampOf(backupID)}F`
  const full = fullBelow(row, rows)
  return full && `${stampOf(full.id)}F_${stampOf(backupID)}${kind}`
}

/** Follows the references down to the full backup; undefined if the chain is broken. */
export function fullBelow(row: BackupRow, rows: readonly BackupRow[]): BackupRow | undefined {
  let current: BackupRow | undefined = row
  for (let steps = 0; current !== undefined && current.action !== 'full'; steps++) {
    if (steps > rows.length) return undefined
    const {reference}: BackupRow = current
    current = rows.find(each => each.id === reference && each.action !== 'restore')
  }
  return current
}

/**
 * Where the backup is in the store. Paths are object keys: relative to the bucket, without a slash in front.
 *
 * @param clusterName the charm's own name for its cluster; pgBackRest's stanza is `<model>.<cluster>`
 */
export function artefact(
  question: ArtefactQuestion,
  clusterName: string,
): {stanza: string; label?: string; logPath: string} {
  const row = question.rows.find(each => each.id === question.backupID && each.action !== 'restore')
  const [fromPath] = row?.backupPath?.split('/').filter(part => part !== '') ?? []
  const stanza = fromPath ?? `${question.modelName}.${clusterName}`
  const name = label(question.backupID, question.rows)
  const parts = [...question.path.split('/'), 'backup', stanza, question.backupID, 'backup.log']
  return {stanza, ...(name !== undefined && {label: name}), logPath: parts.filter(part => part !== '').join('/')}
}

/** The time of an id as pgBackRest writes it in a label. */
export function stampOf(backupID: string): string {
  return backupID.replaceAll(/[-:Z]/g, '').replace('T', '-')
}
