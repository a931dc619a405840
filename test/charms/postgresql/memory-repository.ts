import {createHash} from 'node:crypto'
import type {ObjectSink} from '../memory-bucket.ts'
import type {BackupOrder} from './engine.ts'
import type {InfoBackup} from './pgbackrest-info.ts'
import {archiveInfoFile, backupInfoFile, dataObjects, manifestFile, pgbackrestJson} from './pgbackrest-files.ts'
import type {RepositoryFacts} from './pgbackrest-files.ts'
import {historyName, lsn, walName} from './wal.ts'

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
  /** Timelines that restores opened, with the time of their history file in seconds. */
  readonly histories: {timeline: number; seconds: number}[] = []
  timeline = 1
  readonly version: string
  readonly systemId = 7_711_068_585_989_125_620n
  #segment = 2
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

  async createStanza(stanza: string): Promise<void> {
    this.stanza = stanza
    await this.#writeIndex()
    await this.#put(`archive/${stanza}/archive.info`, archiveInfoFile(this.#facts()))
    await this.#put(`archive/${stanza}/archive.info.copy`, archiveInfoFile(this.#facts()))
    await this.#writeSegment(walName(this.timeline, 1))
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
    await this.#writeWal(backup, {without: omissions.includes('wal')})
    if (!omissions.includes('data')) await this.#writeData(backup)
    if (!omissions.includes('manifest'))
      await this.#put(`backup/${stanza}/${backup.label}/backup.manifest`, manifestFile(this.#facts(), backup))
    await this.#put(`backup/${stanza}/${backup.label}/backup.manifest.copy`, manifestFile(this.#facts(), backup))
    this.backups.push(backup)
    if (!omissions.includes('index')) await this.#writeIndex()
    return backup
  }

  /** A restore replays onto a timeline of its own. */
  async openTimeline(seconds: number): Promise<void> {
    this.timeline += 1
    this.histories.push({timeline: this.timeline, seconds})
    await this.#put(
      `archive/${this.stanza}/${this.version}-1/${historyName(this.timeline)}`,
      '1\t0/7000050\tno recovery target specified\n',
    )
  }

  /** `pgbackrest info --output=json` */
  info(running: boolean): string {
    if (this.stanza === undefined) return '[]'
    const {stanza, version, systemId} = this.#facts()
    const last = this.#segment - 1
    return pgbackrestJson([
      {
        archive: [
          {
            database: {id: 1, 'repo-key': 1},
            id: `${version}-1`,
            max: walName(this.timeline, last),
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
    const files = this.histories.map(({timeline, seconds}) => [
      `${this.stanza}/${this.version}-1/${historyName(timeline)}`,
      {type: 'file', size: 32, time: seconds},
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
    const first = this.#segment
    const last = kind === 'full' ? first : first + 1
    this.#segment = last + 2
    const delta = kind === 'full' ? databaseBytes : deltaBytes
    return {
      archive: {start: walName(this.timeline, first), stop: walName(this.timeline, last)},
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

  /** The backup's own WAL, and the segment after it: archiving never stops. */
  async #writeWal({archive}: InfoBackup, {without}: {without: boolean}): Promise<void> {
    const names = without ? [] : [archive.start, archive.stop].filter(name => name !== null)
    for (const name of new Set([...names, walName(this.timeline, this.#segment - 1)])) await this.#writeSegment(name)
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

function labelOf(type: BackupOrder['type'], seconds: number, full: InfoBackup | undefined): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().split('T')
  const stamp = `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}${letters[type]}`
  return type === 'full' || full === undefined ? stamp : `${full.label}_${stamp}`
}
