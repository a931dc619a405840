import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {broken, type Evidence} from './evidence.ts'
import {describe, readIndex} from './pgbackrest-index.ts'
import {backupInfoOf, backupTypes, type BackupEntry, type BackupInfo} from './pgbackrest-info.ts'
import {readManifest, type Manifest} from './pgbackrest-manifest.ts'
import {checkWal} from './pgbackrest-wal.ts'
import {StoredFiles} from './stored-files.ts'
import {timelineOf} from './wal.ts'

export interface BackupQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly stanza: string
  readonly label: string
  readonly expect?: {
    /** UUID of the model that has to own the repository. */
    readonly modelUUID?: string
    readonly type?: BackupEntry['type']
    /** Object key of the charm's log. */
    readonly logPath?: string
  }
  readonly signal?: AbortSignal
}

/** What pgBackRest's repository says about one backup. */
export type StoreEvidence = Evidence<{
  readonly backup: BackupEntry
  readonly engineVersion: string
  /** Hexadecimal, without leading zeros. */
  readonly timeline: string | undefined
  /** Whether the log named in the question is there; undefined: none was named. */
  readonly logFound: boolean | undefined
  /** Files of the database cluster in it. */
  readonly files: number
  /** What is not as it should be, or was not looked at, though the backup can be restored; also in the message. */
  readonly notes: readonly string[]
}>

/**
 * Proves a pgBackRest backup from the store alone (reference/charms.md, 1.1), without reading the data itself: it is in
 * the index without an error; its manifest and those of the backups that it builds on are whole; every object that its
 * manifest names is there in the size that it has to have; and so is every segment of the WAL that makes it consistent.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyBackup(store: ObjectStore, question: BackupQuestion): Promise<StoreEvidence> {
  const {path, stanza, label, expect = {}, signal} = question
  const directory = keyOf(path, 'backup', stanza)
  const owner = await checkOwner(store, question)
  if (owner.problem !== undefined) return broken([owner.problem])
  const index = await readIndex(store, `${directory}/backup.info`, signal)
  if (index.kind === 'missing')
    return {kind: 'missing', message: `there is no repository: ${directory}/backup.info does not exist`}
  if (index.kind === 'unreadable') return broken([index.problem])
  const info = backupInfoOf(index.lines)
  if (!info.backups.has(label)) return await explainAbsence(store, directory, label, signal)
  const backup = info.backups.get(label)
  if (backup === undefined) return broken([`the line of ${label} in ${directory}/backup.info cannot be understood`])
  const content = await checkContent(store, directory, backup, signal)
  const wal = await checkWal(store, question, backup, info)
  const problems = [
    ...checkEntry(backup, info, expect.type),
    ...content.problems,
    ...(await checkParents(store, directory, backup, signal)),
    ...wal.problems,
  ]
  if (problems.length > 0) return broken(problems)
  const logFound = expect.logPath === undefined ? undefined : (await store.head(expect.logPath, {signal})) !== undefined
  const timeline = backup.walStart === undefined ? undefined : timelineOf(backup.walStart)
  const notes = [...owner.notes, ...index.notes, ...wal.notes]
  const message = [describeBackup(backup, content.files), ...notes].join('; ')
  const engineVersion = info.databases.find(({id}) => id === backup.databaseID)?.version ?? ''
  return {kind: 'complete', message, backup, engineVersion, timeline, logFound, files: content.files, notes}
}

/** What the evidence adds to the status of a BackupJob. A log that is not there is taken out of the artefact. */
export function statusOf(
  evidence: Extract<StoreEvidence, {kind: 'complete'}>,
  artefact: BackupJobStatus['artefact'],
): Partial<BackupJobStatus> {
  const {backup, engineVersion, timeline, logFound} = evidence
  const {logPath, ...withoutLog} = artefact ?? {bucket: '', path: ''}
  const found = {
    timeline,
    lsnStart: backup.lsnStart,
    lsnStop: backup.lsnStop,
    walStart: backup.walStart,
    walStop: backup.walStop,
    sizeBytes: backup.size,
    repositorySizeBytes: backup.repositorySize,
    engineVersion: engineVersion === '' ? undefined : engineVersion,
    artefact: artefact && logPath !== undefined && logFound === false ? withoutLog : artefact,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** The charm writes the UUID of its model beside its repository, and refuses a repository of another one. */
async function checkOwner(
  store: ObjectStore,
  {path, expect, signal}: BackupQuestion,
): Promise<{problem?: string; notes: readonly string[]}> {
  if (expect?.modelUUID === undefined) return {notes: []}
  const key = keyOf(path, 'model-uuid.txt')
  const text = await readText(store, key, 4096, signal)
  // Older revisions of the charm leave none; the backup is no worse for it.
  if (text === undefined) return {notes: [`${key} is missing, so whose repository this is was not checked`]}
  const owner = text.trim()
  if (owner === expect.modelUUID) return {notes: []}
  const problem = `the repository belongs to model ${owner.slice(0, 64)}, not to ${expect.modelUUID} (${key})`
  return {problem, notes: []}
}

/** A run that was cut short leaves only the copy of its manifest, and no line in the index. */
async function explainAbsence(
  store: ObjectStore,
  directory: string,
  label: string,
  signal: AbortSignal | undefined,
): Promise<StoreEvidence> {
  const [manifest, copy] = await Promise.all(
    ['backup.manifest', 'backup.manifest.copy'].map(file => store.head(`${directory}/${label}/${file}`, {signal})),
  )
  const rest = manifest
    ? 'is not in backup.info, though its manifest exists'
    : 'was never finished: only a copy of its manifest exists'
  const message = manifest || copy ? `backup ${label} ${rest}` : `there is no backup ${label} in ${directory}`
  return {kind: 'missing', message}
}

function checkEntry(backup: BackupEntry, info: BackupInfo, type: BackupEntry['type'] | undefined): string[] {
  const problems: string[] = []
  if (backup.error) problems.push('pgBackRest found pages with wrong checksums in it')
  if (type !== undefined && backup.type !== type) problems.push(`it is of type ${backup.type}, not ${type}`)
  if (!(backup.stop >= backup.start && backup.start > 0)) problems.push('its times make no sense')
  const lost = [backup.prior, ...backup.references].filter(label => label !== undefined && !info.backups.has(label))
  if (lost.length > 0) problems.push(`it builds on ${[...new Set(lost)].join(', ')}, which backup.info does not know`)
  if (backup.type !== 'Full' && backup.prior === undefined) problems.push('its parent is not named')
  return problems
}

/** The manifest of the backup, and every object that it names, those of other backups included. */
async function checkContent(
  store: ObjectStore,
  directory: string,
  backup: BackupEntry,
  signal: AbortSignal | undefined,
): Promise<{problems: readonly string[]; files: number}> {
  const key = manifestKey(directory, backup.label)
  const stored = new StoredFiles(store, directory, signal)
  const {state, manifest} = await readManifest(store, key, {
    onFile: ({label, key: file, bytes, bundled}) =>
      bundled ? stored.expectAtLeast(label, file, bytes) : stored.expect(label, file, bytes),
    signal,
  })
  // A copy would do for pgBackRest, but it is never made anew: such a backup is one failure away from being lost.
  if (state.kind !== 'whole') return {problems: [`${key} ${describe(state)}`], files: 0}
  return {problems: [...contradictions(key, manifest, backup), ...(await stored.problems())], files: manifest.files}
}

function contradictions(key: string, manifest: Manifest, backup: BackupEntry): string[] {
  const type = Object.entries(backupTypes).find(([, name]) => name === backup.type)?.[0]
  const pairs: readonly [
    what: string,
    inManifest: string | number | undefined,
    inIndex: string | number | undefined,
  ][] = [
    ['label', manifest.label, backup.label],
    ['type', manifest.type, type],
    ['first WAL', manifest.walStart, backup.walStart],
    ['last WAL', manifest.walStop, backup.walStop],
    ['size', manifest.size, backup.size],
  ]
  return pairs.flatMap(([what, inManifest, inIndex]) =>
    inIndex === undefined || inManifest === inIndex
      ? []
      : [`${key} is not that of the index: its ${what} is ${inManifest ?? 'missing'}, not ${inIndex}`],
  )
}

/** pgBackRest takes a backup without its manifest out of the index, and all that build on it. */
async function checkParents(
  store: ObjectStore,
  directory: string,
  {label, prior, references}: BackupEntry,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const problems: string[] = []
  const parents = new Set([...references, ...(prior === undefined ? [] : [prior])])
  for (const parent of [...parents].filter(one => one !== label)) {
    const key = manifestKey(directory, parent)
    const {state, manifest} = await readManifest(store, key, {signal})
    if (state.kind !== 'whole') problems.push(`${key} ${describe(state)}`)
    else if (manifest.label !== parent) problems.push(`${key} is that of ${manifest.label ?? 'no backup'}`)
  }
  return problems
}

const manifestKey = (directory: string, label: string): string => `${directory}/${label}/backup.manifest`

function describeBackup({label, references, walStart, walStop}: BackupEntry, files: number): string {
  const parents = references.length === 0 ? '' : `, what it builds on (${references.length})`
  return `backup ${label} is complete in the store: index, manifest of ${files} files with all objects of them${parents} and WAL ${walStart} to ${walStop}`
}
