import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {broken, nameSome, type Evidence} from './evidence.ts'

/** One line of about 80 bytes per chunk of 10 MiB: enough for 8 TiB. */
const MAX_SUMS_BYTES = 64 * 1024 * 1024
const MAX_METADATA_BYTES = 64 * 1024

export interface XtraBackupQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  readonly expect?: {
    /** Name of the model, without its owner, that has to have made the backup. */
    readonly modelName?: string
    readonly application?: string
  }
  readonly signal?: AbortSignal
}

/** What MySQL's repository says about one backup. */
export type XtraBackupEvidence = Evidence<{
  /** bytes of all chunks together */
  readonly repositorySize: number
  readonly chunks: number
  /** Whether the charm's log of the backup is there. */
  readonly logFound: boolean
}>

/**
 * Proves an XtraBackup of the MySQL charm from the store alone (reference/charms.md, 1.2): the charm's description of
 * it, the list of sums that `xbcloud put` writes when everything else is there, and every chunk that this list names.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyXtraBackup(store: ObjectStore, question: XtraBackupQuestion): Promise<XtraBackupEvidence> {
  const {path, backupID, signal} = question
  const directory = keyOf(path, backupID)
  const sums = await readText(store, `${directory}.md5`, MAX_SUMS_BYTES, signal)
  const metadata = await readText(store, `${directory}.metadata`, MAX_METADATA_BYTES, signal)
  const chunks = await chunksBelow(store, `${directory}/`, signal)
  if (sums === undefined && metadata === undefined && chunks.size === 0)
    return {kind: 'missing', message: `there is no backup ${backupID} in ${path === '' ? 'the bucket' : path}`}
  if (sums === undefined)
    return {kind: 'missing', message: `backup ${backupID} was never finished: ${directory}.md5 does not exist`}
  const problems = [...checkMetadata(metadata, directory, question), ...checkChunks(sums, chunks, directory)]
  if (problems.length > 0) return broken(problems)
  const repositorySize = [...chunks.values()].reduce((total, size) => total + size, 0)
  const logFound = (await store.head(`${directory}.backup.log`, {signal})) !== undefined
  const message = `backup ${backupID} is complete in the store: its description, its list of sums and all ${chunks.size} chunks of it`
  return {kind: 'complete', message, repositorySize, chunks: chunks.size, logFound}
}

/** What the evidence adds to the status of a BackupJob. A log that is not there is taken out of the artefact. */
export function xtraBackupStatus(
  {repositorySize, logFound}: Extract<XtraBackupEvidence, {kind: 'complete'}>,
  artefact: BackupJobStatus['artefact'],
): Partial<BackupJobStatus> {
  const size = {repositorySizeBytes: repositorySize}
  if (artefact === undefined) return size
  const {logPath, ...withoutLog} = artefact
  return {...size, artefact: logPath !== undefined && !logFound ? withoutLog : artefact}
}

async function chunksBelow(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const chunks = new Map<string, number>()
  for await (const {key, size} of store.list(prefix, {signal})) chunks.set(key.slice(prefix.length), size)
  return chunks
}

/** The charm lists a backup by its description; without one nobody can choose it for a restore. */
function checkMetadata(
  text: string | undefined,
  directory: string,
  {backupID, expect = {}}: XtraBackupQuestion,
): string[] {
  const key = `${directory}.metadata`
  if (text === undefined) return [`${key} does not exist`]
  const wanted: readonly [field: string, value: string | undefined][] = [
    ['Date Backup Requested', backupID],
    ['Model Name', expect.modelName],
    ['Application Name', expect.application],
  ]
  return wanted.flatMap(([field, value]) => {
    const found = fieldOf(text, field)
    if (value === undefined || found === value) return []
    return [`${key} says ${found === undefined ? 'no' : `"${found.slice(0, 64)}" for`} ${field}, not "${value}"`]
  })
}

function fieldOf(text: string, field: string): string | undefined {
  const prefix = `${field}:`
  return text
    .split(/\r?\n/)
    .find(line => line.startsWith(prefix))
    ?.slice(prefix.length)
    .trim()
}

/** Each line of the list is an MD5 sum, two blanks, and the name of a chunk: `<file>.<20 digits>`. */
const sumLine = /^[0-9a-f]{32} {2}(.+\.\d{20})$/

/** Its name has another ending where it is compressed. */
const lastFile = /^xtrabackup_info(\.\w+)?\.0{20}$/

function checkChunks(sums: string, chunks: ReadonlyMap<string, number>, directory: string): string[] {
  const key = `${directory}.md5`
  if (sums === '') return [`${key} is empty, or too long to be read`]
  if (!sums.endsWith('\n')) return [`${key} was cut off`]
  const names = sums
    .slice(0, -1)
    .split('\n')
    .map(line => sumLine.exec(line)?.[1])
  const unreadable = names.indexOf(undefined)
  if (unreadable >= 0) return [`line ${unreadable + 1} of ${key} cannot be read`]
  const missing = names.filter(name => name !== undefined).filter(name => !chunks.has(name))
  const problems = missing.length === 0 ? [] : [`${nameSome(missing)} of ${key} is not below ${directory}/`]
  // xbcloud itself takes this file for the proof that the stream came to its end.
  if (!names.some(name => name !== undefined && lastFile.test(name))) problems.push('it has no xtrabackup_info')
  if (missing.length === 0 && [...chunks.values()].every(size => size === 0))
    problems.push('all of its chunks are empty')
  return problems
}
