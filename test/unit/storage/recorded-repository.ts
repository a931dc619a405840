import assert from 'node:assert/strict'
import {verifyBackup, type BackupQuestion, type StoreEvidence} from '../../../src/storage/index.ts'
import {readRecording} from '../../fixtures/pgbackrest/recorded.ts'
import {MemoryStore} from './memory-store.ts'
import {signed} from './signed.ts'

const types = {full: 'Full', diff: 'Differential', incr: 'Incremental'} as const

/** What a real pgBackRest left in a real S3 server (see record.ts beside the recording), and ways to damage it. */
export class RecordedRepository {
  readonly recording: ReturnType<typeof readRecording>
  readonly directory: string
  readonly archive: string
  readonly logPath: string

  constructor(name: Parameters<typeof readRecording>[0]) {
    this.recording = readRecording(name)
    const {stanza, objects} = this.recording
    this.directory = `pg/backup/${stanza}`
    this.archive = `pg/archive/${stanza}`
    this.logPath = Object.keys(objects).find(key => key.endsWith('/backup.log')) ?? ''
  }

  get full() {
    return this.#backup('full')
  }

  get differential() {
    return this.#backup('diff')
  }

  get incremental() {
    return this.#backup('incr')
  }

  store(): MemoryStore {
    const store = new MemoryStore(this.recording.objects)
    for (const [key, {written}] of Object.entries(this.recording.objects))
      if (written !== undefined) store.written.set(key, new Date(written))
    return store
  }

  /** Asks for the incremental backup. */
  question(change: Partial<BackupQuestion> = {}): BackupQuestion {
    const {modelUUID, stanza} = this.recording
    const {label, type} = this.incremental
    const expect = {modelUUID, type: types[type], logPath: this.logPath}
    return {path: '/pg/', stanza, label, expect, ...change}
  }

  /** Looks at the repository after some damage. */
  verify(damage: (store: MemoryStore) => void, change?: Partial<BackupQuestion>): Promise<StoreEvidence> {
    const store = this.store()
    damage(store)
    return verifyBackup(store, this.question(change))
  }

  /** Changes the index and its copy, as pgBackRest would write it. */
  editIndex(store: MemoryStore, change: (text: string) => string): void {
    for (const key of [`${this.directory}/backup.info`, `${this.directory}/backup.info.copy`])
      store.edit(key, text => signed(change(text)))
  }

  /** Changes what the index says of the incremental backup. */
  editEntry(store: MemoryStore, change: (line: string) => string): void {
    this.editIndex(store, text => text.replace(new RegExp(`^${this.incremental.label}=.*$`, 'm'), change))
  }

  #backup(type: 'full' | 'diff' | 'incr') {
    const backup = this.recording.info.find(one => one.type === type)
    assert(backup)
    return backup
  }
}

/** Keys of the store that the pattern fits; there is at least one. */
export function keysLike(store: MemoryStore, pattern: RegExp): readonly string[] {
  const keys = [...store.objects.keys()].filter(key => pattern.test(key))
  assert(keys.length > 0, String(pattern))
  return keys
}

export function remove(store: MemoryStore, pattern: RegExp): void {
  for (const key of keysLike(store, pattern)) store.objects.delete(key)
}

/** Cuts off the last bytes. */
export function truncate(store: MemoryStore, pattern: RegExp, bytes = 1): void {
  for (const key of keysLike(store, pattern)) {
    const {size = 0, text = ''} = store.objects.get(key) ?? {}
    store.objects.set(key, {size: size - bytes, text: text.slice(0, size - bytes)})
  }
}
