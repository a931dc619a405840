import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {broken, nameSome, type Evidence} from './evidence.ts'
import {
  parseArchiveInfo,
  parseBackupInfo,
  type BackupEntry,
  type BackupInfo,
  type DatabaseEntry,
} from './pgbackrest-info.ts'
import {countSegments, isWalSegment, segmentsBetween, timelineOf, walDirectory} from './wal.ts'

/** The index grows by about 1 KiB per backup. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024
/** 16 TiB of WAL: no backup needs that, so the index must be damaged. */
const MAX_SEGMENTS = 1_048_576

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
}>

/**
 * Proves a pgBackRest backup from the store alone (reference/charms.md, 1.1): it is in the index without an error, its
 * manifest and those of the backups that it builds on are there, and so is the WAL that makes it consistent.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyBackup(store: ObjectStore, question: BackupQuestion): Promise<StoreEvidence> {
  const {path, stanza, label, expect = {}, signal} = question
  const directory = keyOf(path, 'backup', stanza)
  const foreign = await checkOwner(store, question)
  if (foreign.problem !== undefined) return broken([foreign.problem])
  const info = await readIndex(store, `${directory}/backup.info`, parseBackupInfo, signal)
  if (info === 'missing')
    return {kind: 'missing', message: `there is no repository: ${directory}/backup.info does not exist`}
  if (info === 'unreadable') return broken([`${directory}/backup.info cannot be read, and its copy neither`])
  if (!info.backups.has(label)) return await explainAbsence(store, directory, label, signal)
  const backup = info.backups.get(label)
  if (backup === undefined) return broken([`the line of ${label} in ${directory}/backup.info cannot be read`])
  const database = info.databases.find(({id}) => id === backup.databaseID)
  const problems = [
    ...checkEntry(backup, info, expect.type),
    ...(await checkManifests(store, directory, [label, ...backup.references], signal)),
    ...(await checkWal(store, question, backup, database)),
  ]
  if (problems.length > 0) return broken(problems)
  const logFound = expect.logPath === undefined ? undefined : (await store.head(expect.logPath, {signal})) !== undefined
  const timeline = backup.walStart === undefined ? undefined : timelineOf(backup.walStart)
  const message = `${describeBackup(backup)}${foreign.note}`
  return {kind: 'complete', message, backup, engineVersion: database?.version ?? '', timeline, logFound}
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
): Promise<{problem?: string; note: string}> {
  if (expect?.modelUUID === undefined) return {note: ''}
  const key = keyOf(path, 'model-uuid.txt')
  const text = await readText(store, key, 4096, signal)
  // Older revisions of the charm leave none; the backup is no worse for it.
  if (text === undefined) return {note: `; ${key} is missing, so whose repository this is was not checked`}
  const owner = text.trim()
  if (owner === expect.modelUUID) return {note: ''}
  return {
    problem: `the repository belongs to model ${owner.slice(0, 64)}, not to ${expect.modelUUID} (${key})`,
    note: '',
  }
}

/** pgBackRest writes its indexes twice, and reads the copy when the first is damaged. */
async function readIndex<T>(
  store: ObjectStore,
  key: string,
  parse: (text: string) => T | undefined,
  signal: AbortSignal | undefined,
): Promise<T | 'missing' | 'unreadable'> {
  const first = await readText(store, key, MAX_INDEX_BYTES, signal)
  const parsed = first === undefined ? undefined : parse(first)
  if (parsed !== undefined) return parsed
  const copy = await readText(store, `${key}.copy`, MAX_INDEX_BYTES, signal)
  const second = copy === undefined ? undefined : parse(copy)
  return second ?? (first === undefined && copy === undefined ? 'missing' : 'unreadable')
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

async function checkManifests(
  store: ObjectStore,
  directory: string,
  labels: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const checks = [...new Set(labels)].map(async label => {
    const key = `${directory}/${label}/backup.manifest`
    const found = await store.head(key, {signal})
    return found !== undefined && found.size > 0 ? [] : [`${key} ${found ? 'is empty' : 'does not exist'}`]
  })
  return (await Promise.all(checks)).flat()
}

/** Without the WAL from its start to its end a backup cannot be made consistent. */
async function checkWal(
  store: ObjectStore,
  {path, stanza, signal}: BackupQuestion,
  {walStart, walStop}: BackupEntry,
  database: DatabaseEntry | undefined,
): Promise<string[]> {
  if (walStart === undefined || walStop === undefined) return ['backup.info does not say which WAL it needs']
  if (!isWalSegment(walStart) || !isWalSegment(walStop)) return [`its WAL (${walStart} to ${walStop}) makes no sense`]
  const directory = keyOf(path, 'archive', stanza)
  const history = await readIndex(store, `${directory}/archive.info`, parseArchiveInfo, signal)
  if (typeof history === 'string') return [`${directory}/archive.info is ${history}`]
  const archive = history.findLast(
    ({systemID, version}) => systemID === database?.systemID && version === database.version,
  )
  if (archive === undefined) return [`${directory}/archive.info does not know the database of the backup`]
  try {
    const count = countSegments(walStart, walStop)
    if (count > MAX_SEGMENTS) return [`its WAL makes no sense: ${count} segments`]
    const missing = await missingSegments(
      store,
      `${directory}/${archive.version}-${archive.id}`,
      walStart,
      walStop,
      signal,
    )
    return missing.length === 0 ? [] : [`WAL ${nameSome(missing)} is not in the archive`]
  } catch (fault) {
    if (fault instanceof RangeError) return [`its WAL makes no sense: ${fault.message}`]
    throw fault
  }
}

async function missingSegments(
  store: ObjectStore,
  archive: string,
  start: string,
  stop: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const missing: string[] = []
  let directory = ''
  let present = new Set<string>()
  for (const segment of segmentsBetween(start, stop)) {
    if (walDirectory(segment) !== directory) {
      directory = walDirectory(segment)
      // A backup in one segment needs one look; a directory has at most 256 of them.
      const prefix = start === stop ? `${directory}/${segment}` : `${directory}/`
      present = await segmentsBelow(store, `${archive}/${prefix}`, signal)
    }
    if (!present.has(segment)) missing.push(segment)
  }
  return missing
}

/** `<segment>-<checksum>` with or without the ending of a compression; `.backup` and `.partial` files are none. */
async function segmentsBelow(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const segments = new Set<string>()
  for await (const {key, size} of store.list(prefix, {signal})) {
    const segment = /\/([0-9A-F]{24})-[0-9a-f]{40}(\.\w+)?$/.exec(key)?.[1]
    if (segment !== undefined && size > 0) segments.add(segment)
  }
  return segments
}

function describeBackup({label, references, walStart, walStop}: BackupEntry): string {
  const parents = references.length === 0 ? '' : `, what it builds on (${references.length})`
  return `backup ${label} is complete in the store: index, manifest${parents} and WAL ${walStart} to ${walStop}`
}
