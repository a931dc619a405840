import {createHash} from 'node:crypto'
import type {ObjectSink} from '../memory-bucket.ts'
import type {BackupOrder} from './engine.ts'
import {historyKey, MemoryArchive} from './memory-archive.ts'
import type {Branch} from './memory-archive.ts'
import type {InfoBackup} from './pgbackrest-info.ts'
import {archiveInfoFile, backupInfoFile, dataObjects, manifestFile, pgbackrestJson} from './pgbackrest-files.ts'
import type {RepositoryFacts} from './pgbackrest-files.ts'
import {lsn, walName} from './wal.ts'

/** What may be left out of the store when a backup ends, to be found by verification. */
export type Omission = 'index' | 'manifest' | 'data' | 'wal'

/** The page sizes that a backup reports. */
const databaseBytes = 24_319_855
const deltaBytes = 8_458
const letters = {full: 'F', diff: 'D', incr: 'I'} as const

/** A pgBackRest repository in memory, optionally mirrored file by file into a store. */
export class MemoryRepository {
  stanza: string | undefined
  readonly backups: InfoBackup[] = []
  readonly archive = new MemoryArchive()
  readonly version: string
  readonly systemId = 7_711_068_585_989_125_620n
  #sink: ObjectSink | undefined
  #prefix = ''

  constructor(version: string) {
    this.version = version
  }

  /** From now on files go to the sink too. */
  mirrorTo(sink: ObjectSink, path: string): void {
    this.#sink = sink
    this.#prefix = path === '/' ? '' : `${path.slice(1)}/`
  }

  /** @param now ms since the epoch */
  async createStanza(stanza: string, now: number): Promise<void> {
    this.stanza = stanza
    await this.#writeIndex()
    await this.#put(`archive/${stanza}/archive.info`, archiveInfoFile(this.#facts()))
    await this.#put(`archive/${stanza}/archive.info.copy`, archiveInfoFile(this.#facts()))
    await this.archiveAll(now)
  }

  /** What the database has written is archived. @param now ms since the epoch */
  async archiveAll(now: number, without: readonly string[] = []): Promise<void> {
    for (const name of this.archive.catchUp(now)) if (!without.includes(name)) await this.#writeSegment(name)
  }

  /** What a backup leaves in the store before it has ended. */
  async begin(type: BackupOrder['type'], seconds: number): Promise<InfoBackup> {
    const backup = this.#plan(type, seconds)
    const {stanza} = this.#facts()
    await this.#put(`backup/${stanza}/${backup.label}/backup.manifest.copy`, manifestFile(this.#facts(), backup))
    return backup
  }

  /** Finishes a planned backup: WAL, manifest, and at last the index. */
  async finish(
    planned: InfoBackup,
    seconds: number,
    error: boolean,
    omissions: readonly Omission[] = [],
  ): Promise<InfoBackup> {
    const stop = Math.max(seconds, planned.timestamp.start + 1)
    const backup: InfoBackup = {...planned, error, timestamp: {start: planned.timestamp.start, stop}}
    const {stanza} = this.#facts()
    await this.archiveAll(stop * 1000, omissions.includes('wal') ? segments(backup) : [])
    if (!omissions.includes('data')) await this.#writeData(backup)
    if (!omissions.includes('manifest'))
      await this.#put(`backup/${stanza}/${backup.label}/backup.manifest`, manifestFile(this.#facts(), backup))
    await this.#put(`backup/${stanza}/${backup.label}/backup.manifest.copy`, manifestFile(this.#facts(), backup))
    this.backups.push(backup)
    if (!omissions.includes('index')) await this.#writeIndex()
    return backup
  }

  /** A restore replays onto a timeline of its own. @param now ms since the epoch */
  async openTimeline(branch: Branch, now: number): Promise<void> {
    const history = this.archive.open(branch, now)
    await this.#put(`archive/${this.stanza}/${this.version}-1/${historyKey(history)}`, history.text)
    await this.archiveAll(now)
  }

  /** `pgbackrest info --output=json` */
  info(running: boolean): string {
    if (this.stanza === undefined) return '[]'
    const {stanza, version, systemId} = this.#facts()
    return pgbackrestJson([
      {
        archive: [
          {
            database: {id: 1, 'repo-key': 1},
            id: `${version}-1`,
            max: this.archive.newest,
            min: walName(1, 1),
          },
        ],
        backup: this.backups.map(backup => ({
          ...backup,
          backrest: {format: 5, version: '2.45'},
          database: {id: 1, 'repo-key': 1},
        })),
        cipher: 'none',
        db: [{id: 1, 'repo-key': 1, 'system-id': systemId, version}],
        name: stanza,
        repo: [{cipher: 'none', key: 1, status: {code: 0, message: 'ok'}}],
        status: {code: 0, lock: {backup: {held: running}}, message: 'ok'},
      },
    ])
  }

  /** `pgbackrest repo-ls archive --recurse --output=json` */
  listHistories(): string {
    const files = this.archive.histories.map(history => [
      `${this.stanza}/${this.version}-1/${historyKey(history)}`,
      {type: 'file', size: history.text.length, time: history.seconds},
    ])
    return `${JSON.stringify(Object.fromEntries(files))}\n`
  }

  async put(key: string, text: string): Promise<void> {
    await this.#put(key, text)
  }

  #facts(): RepositoryFacts {
    const {version, systemId, backups} = this
    if (this.stanza === undefined) throw new Error('the stanza was not created')
    return {stanza: this.stanza, version, systemId, backups}
  }

  #plan(type: BackupOrder['type'], seconds: number): InfoBackup {
    const newest = this.backups.at(-1)
    const full = this.backups.findLast(backup => backup.type === 'full' && backup.error !== true)
    const kind = full === undefined ? 'full' : type
    const prior = kind === 'full' ? undefined : kind === 'diff' ? full : newest
    const start = newest === undefined ? seconds : Math.max(seconds, newest.timestamp.stop + 1)
    const {timeline} = this.archive
    const {first, last} = this.archive.reserve(kind === 'full' ? 1 : 2)
    const delta = kind === 'full' ? databaseBytes : deltaBytes
    return {
      archive: {start: walName(timeline, first), stop: walName(timeline, last)},
      error: false,
      info: {delta, repository: {delta, size: databaseBytes}, size: databaseBytes},
      label: labelOf(kind, start, full),
      lsn: {start: lsn(first, 0x28), stop: lsn(last, kind === 'full' ? 0x100 : 0x50)},
      prior: prior?.label ?? null,
      reference: prior === undefined ? null : [...(prior.reference ?? []), prior.label],
      timestamp: {start, stop: start + 1},
      type: kind,
    }
  }

  async #writeIndex(): Promise<void> {
    const file = backupInfoFile(this.#facts())
    await this.#put(`backup/${this.stanza}/backup.info.copy`, file)
    await this.#put(`backup/${this.stanza}/backup.info`, file)
  }

  async #writeData(backup: InfoBackup): Promise<void> {
    for (const [key, bytes] of dataObjects(backup))
      await this.#put(`backup/${this.stanza}/${backup.label}/${key}`, 'x'.repeat(bytes))
  }

  async #writeSegment(name: string): Promise<void> {
    const hash = createHash('sha1').update(name).digest('hex')
    await this.#put(`archive/${this.stanza}/${this.version}-1/${name.slice(0, 16)}/${name}-${hash}.zst`, name)
  }

  async #put(key: string, text: string): Promise<void> {
    await this.#sink?.put(this.#prefix + key, Buffer.from(text))
  }
}

/** The names of the WAL segments without which a backup is not consistent; none of ours spans more than two. */
function segments({archive}: InfoBackup): readonly string[] {
  return [archive.start, archive.stop].filter(name => name !== null)
}

function labelOf(type: BackupOrder['type'], seconds: number, full: InfoBackup | undefined): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().split('T')
  const stamp = `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}${letters[type]}`
  return type === 'full' || full === undefined ? stamp : `${full.label}_${stamp}`
}
