import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {fewAtATime} from './few-at-a-time.ts'
import {GtidSet} from './gtid-sets.ts'
import type {ReachQuestion, RecoverableMoments} from './reach.ts'
import {checkMetadata, readMetadata} from './xtrabackup.ts'

/** Of each one set of transactions is read. What comes after so many is not looked at, and counts as out of reach. */
const MAX_BINLOGS = 5000
const MAX_SET_BYTES = 1024 * 1024

/** One binary log, as it was collected last: while it is written to, it is collected again and again. */
interface Binlog {
  readonly key: string
  /** of its first event, seconds since the epoch */
  readonly from: number
  /** ms since the epoch by the store's clock */
  readonly collectedAt: number
}

interface Backup {
  readonly backupID: string
  /** ms since the epoch by the store's clock */
  readonly begun: number
  readonly ended: number
}

/**
 * Moments that backups of the MySQL charm can be replayed to; see `recoverableMoments`. A backup needs the binary log
 * that was written to when it began, and all that follow.
 *
 * @throws StorageError when the store cannot be read
 */
export async function xtraBackupReach(
  store: ObjectStore,
  question: ReachQuestion,
): Promise<readonly RecoverableMoments[]> {
  const found = await fewAtATime(question.backups, ({backupID}) => findBackup(store, question, backupID))
  const backups = found.filter(backup => backup !== undefined)
  const [oldest] = backups.map(({begun}) => begun).toSorted((one, other) => one - other)
  if (oldest === undefined) return []
  const chains = await readChains(store, keyOf(question.path, 'binlogs'), oldest, question.signal)
  return backups.flatMap(({backupID, begun, ended}) => {
    const newest = chains.findLast(([first]) => isBegun(first, begun))?.at(-1)
    if (newest === undefined) return []
    const last = new Date(Math.max(ended, newest.collectedAt)).toISOString()
    return [{backupID, first: new Date(ended).toISOString(), last}]
  })
}

function isBegun(binlog: Binlog | undefined, ms: number): boolean {
  return binlog !== undefined && binlog.from * 1000 <= ms
}

async function findBackup(
  store: ObjectStore,
  {path, modelName, application, signal}: ReachQuestion,
  backupID: string,
): Promise<Backup | undefined> {
  const directory = keyOf(path, backupID)
  const [sums, begun, text] = await Promise.all([
    store.head(`${directory}.md5`, {signal}),
    store.head(`${directory}.metadata`, {signal}),
    readMetadata(store, directory, signal),
  ])
  if (sums === undefined || begun === undefined || text === undefined) return undefined
  if (checkMetadata(text, directory, {backupID, expect: {modelName, application}}).length > 0) return undefined
  return {backupID, begun: begun.lastModified.getTime(), ended: sums.lastModified.getTime()}
}

/** Binary logs that follow each other without a gap; the oldest is the one that was written to at `since`, in ms. */
async function readChains(
  store: ObjectStore,
  directory: string,
  since: number,
  signal: AbortSignal,
): Promise<readonly (readonly Binlog[])[]> {
  const binlogs = await readBinlogs(store, directory, signal)
  const start = binlogs.findLastIndex(binlog => isBegun(binlog, since))
  // Nobody knows what was written before the first one that there is.
  const needed = binlogs.slice(Math.max(start, 0), Math.max(start, 0) + MAX_BINLOGS)
  const sets = await fewAtATime(needed, ({key}) => readText(store, `${key}-gtid-set`, MAX_SET_BYTES, signal))
  const seen = new GtidSet()
  const chains: Binlog[][] = []
  for (const [index, binlog] of needed.entries()) {
    const set = sets[index]
    // The charm's tool passes over such a one, too; if something was in it, the next one does not follow.
    if (set === undefined) continue
    if (seen.add(set).follows && chains.length > 0) chains.at(-1)?.push(binlog)
    else chains.push([binlog])
  }
  return chains
}

/** `binlog_<first event>_<number in the server's own name of it>_<MD5 of its set>` */
const binlogName = /\/binlog_(\d+)_(\w+)_[0-9a-f]{32}$/

/** Oldest first. */
async function readBinlogs(store: ObjectStore, directory: string, signal: AbortSignal): Promise<readonly Binlog[]> {
  const newest = new Map<string, Binlog>()
  for await (const {key, size, lastModified} of store.list(`${directory}/binlog_`, {signal})) {
    const [, from, number] = binlogName.exec(key) ?? []
    const name = `${from}_${number}`
    const collectedAt = lastModified.getTime()
    if (from === undefined || size === 0 || (newest.get(name)?.collectedAt ?? 0) > collectedAt) continue
    newest.set(name, {key, from: Number(from), collectedAt})
  }
  return [...newest.values()].toSorted((one, other) => one.from - other.from || one.collectedAt - other.collectedAt)
}
