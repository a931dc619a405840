import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf, normalPath} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {broken, type Evidence} from './evidence.ts'
import {checkPbmContent} from './pbm-content.ts'
import {readPbmMetadata, type PbmMetadata} from './pbm-metadata.ts'

/** No chain of incremental backups is as long, so the names in it must go round. */
const MAX_CHAIN = 1000

export interface PbmQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  readonly signal?: AbortSignal
}

/** What PBM's repository says about one backup. */
export type PbmEvidence = Evidence<{
  /** bytes of all objects together */
  readonly repositorySize: number
  /** bytes as PBM counted them */
  readonly size: number | undefined
  readonly objects: number
  readonly engineVersion: string | undefined
}>

/**
 * Proves a backup of Percona Backup for MongoDB from the store alone (reference/charms.md, 1.3), without reading the
 * data itself: its metadata say that it is done, and so is each of its replica sets; the objects that they name are there
 * and not empty, and so are the collections that the list of each replica set names, and its operations; a backup that
 * it builds on is done, too.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyPbm(store: ObjectStore, question: PbmQuestion): Promise<PbmEvidence> {
  const {path, backupID, signal} = question
  const key = keyOf(path, `${backupID}.pbm.json`)
  const read = await readPbmMetadata(store, key, signal)
  if (read.kind === 'missing') return explainAbsence(store, key, question)
  if (read.kind === 'damaged') return broken([read.problem])
  const {metadata} = read
  if (metadata.status !== 'done') {
    const why = metadata.error === undefined ? '' : `: ${metadata.error.slice(0, 200)}`
    return {kind: 'missing', message: `backup ${backupID} was never finished: ${key} says "${metadata.status}"${why}`}
  }
  const content = await checkPbmContent(store, metadata, question)
  const problems = [
    ...(metadata.name === backupID ? [] : [`${key} is that of ${metadata.name.slice(0, 64)}`]),
    ...checkReplicaSets(key, metadata),
    ...content.problems,
    ...(await checkParents(store, metadata, question)),
  ]
  if (problems.length > 0) return broken(problems)
  const {objects, bytes} = content
  const sets = metadata.replsets?.length ?? 0
  const message = [
    `backup ${backupID} is complete in the store: its metadata, ${objects} objects of ${sets} replica set${sets === 1 ? '' : 's'}`,
    ...content.notes,
  ].join('; ')
  const {size, mongodb_version: engineVersion} = metadata
  return {kind: 'complete', message, repositorySize: bytes, size, objects, engineVersion}
}

/** What the evidence adds to the status of a BackupJob. */
export function pbmStatus({
  repositorySize,
  size,
  engineVersion,
}: Extract<PbmEvidence, {kind: 'complete'}>): Partial<BackupJobStatus> {
  return {
    repositorySizeBytes: repositorySize,
    ...(size === undefined ? {} : {sizeBytes: size}),
    ...(engineVersion === undefined ? {} : {engineVersion}),
  }
}

async function explainAbsence(
  store: ObjectStore,
  key: string,
  {path, backupID, signal}: PbmQuestion,
): Promise<PbmEvidence> {
  for await (const _data of store.list(`${keyOf(path, backupID)}/`, {max: 1, signal}))
    return {kind: 'missing', message: `backup ${backupID} was never finished: ${key} does not exist`}
  return {kind: 'missing', message: `there is no backup ${backupID} in ${normalPath(path) || 'the bucket'}`}
}

function checkReplicaSets(key: string, {replsets}: PbmMetadata): string[] {
  const sets = replsets ?? []
  if (sets.length === 0) return [`${key} names no replica set`]
  return sets.flatMap(({name, status, error}) =>
    status === 'done'
      ? []
      : [`${key} says "${status}" of replica set ${name}${error === undefined ? '' : `: ${error}`}`],
  )
}

/** An incremental backup is restored onto the one before. */
async function checkParents(
  store: ObjectStore,
  {src_backup: first}: PbmMetadata,
  {path, signal}: PbmQuestion,
): Promise<string[]> {
  let parent = first
  for (let length = 0; parent !== undefined && parent !== ''; length += 1) {
    const key = keyOf(path, `${parent}.pbm.json`)
    if (length === MAX_CHAIN) return [`it builds on more than ${MAX_CHAIN} backups, ${key} being the last`]
    const read = await readPbmMetadata(store, key, signal)
    if (read.kind === 'damaged') return [read.problem]
    if (read.kind === 'missing') return [`it builds on ${parent}, but ${key} is not in the store`]
    if (read.metadata.status !== 'done') return [`it builds on ${parent}, but ${key} says "${read.metadata.status}"`]
    parent = read.metadata.src_backup
  }
  return []
}
