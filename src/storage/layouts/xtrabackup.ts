import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf, normalPath} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {broken, type Evidence} from './evidence.ts'
import {Tally} from './tally.ts'

/** A line of about 60 bytes for each chunk of 10 MiB: enough for 10 TiB. */
const MAX_SUMS_BYTES = 64 * 1024 * 1024
const MAX_METADATA_BYTES = 64 * 1024

export interface XtraBackupQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  readonly expect?: {
    /** Name of the model, without its owner, that has to have made the backup. */
    readonly modelName?: string | undefined
    readonly application?: string | undefined
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
 * Proves an XtraBackup of the MySQL charm from the store alone (reference/charms.md, 1.2), without reading the data
 * itself: the charm's description of it; the list of sums that `xbcloud put` writes when everything else is there; every
 * chunk that this list names; and, where the store tells the MD5 of its objects, the sum of each.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyXtraBackup(store: ObjectStore, question: XtraBackupQuestion): Promise<XtraBackupEvidence> {
  const {path, backupID, signal} = question
  const directory = keyOf(path, backupID)
  const list = await readText(store, `${directory}.md5`, MAX_SUMS_BYTES, signal)
  const metadata = await readMetadata(store, directory, signal)
  if (list === undefined) return explainAbsence(store, directory, metadata !== undefined, question)
  const sums = parseSums(list, `${directory}.md5`)
  if (typeof sums === 'string') return broken([sums])
  const chunks = await compareChunks(store, directory, sums, signal)
  const problems = [...checkMetadata(metadata, directory, question), ...chunks.problems]
  if (problems.length > 0) return broken(problems)
  const logFound = (await store.head(`${directory}.backup.log`, {signal})) !== undefined
  const message = `backup ${backupID} is complete in the store: its description, its list of sums and ${chunks.words}`
  return {kind: 'complete', message, repositorySize: chunks.bytes, chunks: chunks.count, logFound}
}

async function explainAbsence(
  store: ObjectStore,
  directory: string,
  described: boolean,
  {path, backupID, signal}: XtraBackupQuestion,
): Promise<XtraBackupEvidence> {
  let begun = described
  for await (const _chunk of store.list(`${directory}/`, {max: 1, signal})) begun = true
  const message = begun
    ? `backup ${backupID} was never finished: ${directory}.md5 does not exist`
    : `there is no backup ${backupID} in ${normalPath(path) || 'the bucket'}`
  return {kind: 'missing', message}
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

/** The charm's description of a backup; undefined: there is none. @param directory key of the backup's chunks */
export function readMetadata(
  store: ObjectStore,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return readText(store, `${directory}.metadata`, MAX_METADATA_BYTES, signal)
}

/** The charm lists a backup by its description; without one nobody can choose it for a restore. */
export function checkMetadata(
  text: string | undefined,
  directory: string,
  {backupID, expect = {}}: Pick<XtraBackupQuestion, 'backupID' | 'expect'>,
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
const sumLine = /^([0-9a-f]{32}) {2}(.+\.\d{20})$/

/** The sums by the names of the chunks, or what is wrong with the list. */
function parseSums(text: string, key: string): Map<string, string> | string {
  if (text === '') return `${key} is empty, or too long to be read`
  if (!text.endsWith('\n')) return `${key} was cut off`
  const sums = new Map<string, string>()
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    const [, sum, name] = sumLine.exec(line) ?? []
    if (sum === undefined || name === undefined) return `line ${index + 1} of ${key} cannot be read`
    sums.set(name, sum)
  }
  return sums
}

/** xbcloud itself takes this file for the proof that the stream came to its end; compressed, its name has another ending. */
const lastFile = /^xtrabackup_info(\.\w+)?\.0{20}$/

interface Comparison {
  readonly problems: readonly string[]
  readonly count: number
  readonly bytes: number
  readonly words: string
}

/** @param sums used up: what is left in the end is missing */
async function compareChunks(
  store: ObjectStore,
  directory: string,
  sums: Map<string, string>,
  signal: AbortSignal | undefined,
): Promise<Comparison> {
  const prefix = `${directory}/`
  const ended = [...sums.keys()].some(name => lastFile.test(name))
  const [missing, differing] = [new Tally(), new Tally()]
  let [count, bytes, equal] = [0, 0, 0]
  for await (const {key, size, etag} of store.list(prefix, {signal})) {
    const name = key.slice(prefix.length)
    const sum = sums.get(name)
    if (sum === undefined) continue
    sums.delete(name)
    count += 1
    bytes += size
    if (etag === sum) equal += 1
    else if (etag !== undefined && isMd5.test(etag)) differing.add(name)
  }
  for (const name of sums.keys()) missing.add(name)
  const problems = [
    ...(missing.empty ? [] : [`${missing.text} of ${directory}.md5 is not below ${prefix}`]),
    // A store that encrypts gives other numbers for all of them.
    ...(differing.empty || equal === 0 ? [] : [`truncated or overwritten: ${differing.text}`]),
    ...(ended ? [] : ['it has no xtrabackup_info']),
    ...(missing.empty && bytes === 0 ? ['all of its chunks are empty'] : []),
  ]
  return {problems, count, bytes, words: `all ${count} chunks of it; ${agreement(equal, count)}`}
}

function agreement(equal: number, count: number): string {
  if (equal === count) return 'their sums agree'
  const compared =
    equal === 0 ? 'their sums were not compared' : `the sums of ${equal} agree, the others were not compared`
  return `${compared}, as the store does not tell them`
}

const isMd5 = /^[0-9a-f]{32}$/
