import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {fewAtATime} from './few-at-a-time.ts'
import {readIndex} from './pgbackrest-index.ts'
import {backupInfoOf, type BackupEntry, type BackupInfo} from './pgbackrest-info.ts'
import {UnreadableIndex} from './unreadable-index.ts'

/**
 * What `backup.info` says.
 *
 * @param directory key of the folder of the stanza's backups
 * @returns undefined: there is no repository
 * @throws UnreadableIndex when it and its copy are damaged, or encrypted; StorageError when the store cannot be read
 */
export async function readBackupInfo(
  store: ObjectStore,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<BackupInfo | undefined> {
  const index = await readIndex(store, `${directory}/backup.info`, signal)
  if (index.kind === 'unreadable') throw new UnreadableIndex(index.problem)
  return index.kind === 'missing' ? undefined : backupInfoOf(index.lines)
}

/**
 * Those of the backups that are in the index without an error, have a manifest, and build on such ones only; by label.
 * Whether a manifest is whole, and what it names is there, is not looked at.
 *
 * @param labels of the backups that are asked for
 */
export async function finishedBackups(
  store: ObjectStore,
  directory: string,
  {backups}: BackupInfo,
  {labels, signal}: {readonly labels: Iterable<string>; readonly signal: AbortSignal | undefined},
): Promise<ReadonlyMap<string, BackupEntry>> {
  const asked = [...labels].filter(label => backups.has(label))
  const chains = new Set(asked.flatMap(label => [label, ...parentsOf(backups.get(label))]))
  const fine = new Set<string>()
  await fewAtATime(chains, async label => {
    const entry = backups.get(label)
    if (entry === undefined || entry.error) return
    const manifest = await store.head(`${directory}/${label}/backup.manifest`, {signal})
    if (manifest !== undefined && manifest.size > 0) fine.add(label)
  })
  const found = asked.flatMap(label => {
    const entry = backups.get(label)
    const whole = entry !== undefined && [label, ...parentsOf(entry)].every(one => fine.has(one))
    return whole ? [[label, entry] as const] : []
  })
  return new Map(found)
}

/** Sizes are those of the database, in bytes. */
export async function presentPgBackRest(
  store: ObjectStore,
  {path, stanza, signal}: {readonly path: string; readonly stanza: string; readonly signal: AbortSignal | undefined},
): Promise<ReadonlyMap<string, {readonly sizeBytes?: number}>> {
  const directory = keyOf(path, 'backup', stanza)
  const info = await readBackupInfo(store, directory, signal)
  if (info === undefined) return new Map()
  const found = await finishedBackups(store, directory, info, {labels: info.backups.keys(), signal})
  return new Map(
    [...found].flatMap(([label, {size}]) => {
      const id = idOf(label)
      return id === undefined ? [] : [[id, size === undefined ? {} : {sizeBytes: size}] as const]
    }),
  )
}

function parentsOf(entry: BackupEntry | undefined): readonly string[] {
  if (entry === undefined) return []
  return entry.prior === undefined ? entry.references : [...entry.references, entry.prior]
}

/** The charm's id of a backup is the last time in its label, only written differently. */
export function idOf(label: string): string | undefined {
  const [, date, time] = /(\d{8})-(\d{6})[FDI]$/.exec(label) ?? []
  if (date === undefined || time === undefined) return undefined
  return `${date.replace(/^(....)(..)/, '$1-$2-')}T${time.replace(/^(..)(..)/, '$1:$2:')}Z`
}
