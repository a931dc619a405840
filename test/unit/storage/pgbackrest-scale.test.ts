import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {test} from 'node:test'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import type {ObjectInfo} from '../../../src/storage/index.ts'
import {readManifest} from '../../../src/storage/layouts/pgbackrest-manifest.ts'
import {StoredFiles} from '../../../src/storage/layouts/stored-files.ts'
import {MemoryStore} from './memory-store.ts'

const FILES = 100_000
const PAGE = 1000
const label = '20261122-120000F'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const fileName = (index: number): string => `pg_data/base/16384/${100_000 + index}`

/** A backup of many files, each an object, which are made up while they are read. */
class ManyFiles extends MemoryStore {
  pages = 0
  peakBytes = 0
  lost: number | undefined
  readonly #start: number

  constructor() {
    super()
    collectGarbage()
    this.#start = process.memoryUsage().heapUsed
  }

  override async *read(): AsyncGenerator<Buffer, void> {
    const sections = ['"backrest":{"backrest-format":5}', `"backup":{"backup-label":"${label}"}`]
    const hash = createHash('sha1').update(`{${sections.join(',')},"target:file":{`)
    yield Buffer.from(`[backrest]\nbackrest-format=5\n\n[backup]\nbackup-label="${label}"\n\n[target:file]\n`)
    for (let index = 0; index < FILES; index += 1) {
      const json = `{"checksum":"${'a'.repeat(40)}","size":${8192 + index},"timestamp":1}`
      hash.update(`${index === 0 ? '' : ','}"${fileName(index)}":${json}`)
      yield Buffer.from(`${fileName(index)}=${json}\n`)
    }
    yield Buffer.from(`\n[backrest]\nbackrest-checksum="${hash.update('}}').digest('hex')}"\n`)
  }

  override async *list(prefix: string, {after = ''}: {after?: string} = {}): AsyncGenerator<ObjectInfo, void> {
    collectGarbage()
    this.peakBytes = Math.max(this.peakBytes, process.memoryUsage().heapUsed - this.#start)
    let given = 0
    for (let index = 0; index < FILES; index += 1) {
      const key = `backups/${label}/${fileName(index)}`
      if (index === this.lost || !key.startsWith(prefix) || key <= after) continue
      if (given++ % PAGE === 0) this.pages += 1
      yield {key, size: 8192 + index, lastModified: new Date(0)}
    }
  }
}

async function look(store: ManyFiles): Promise<readonly string[]> {
  const stored = new StoredFiles(store, 'backups', undefined)
  const onFile = ({label: holder, key, bytes}: {label: string; key: string; bytes: number}): Promise<void> =>
    stored.expect(holder, key, bytes)
  const {state, manifest} = await readManifest(store, 'backup.manifest', {onFile, signal: undefined})
  assert.deepEqual(state, {kind: 'whole'})
  assert.equal(manifest.files, FILES)
  return stored.problems()
}

test('a backup of 100,000 objects is compared in bounded memory, and the listing is read once', async () => {
  const store = new ManyFiles()
  assert.deepEqual(await look(store), [])
  assert(store.pages <= FILES / PAGE + 10, `${store.pages} pages`)
  assert(store.peakBytes < 20 * 2 ** 20, `${store.peakBytes} bytes`)
})

test('the one of 100,000 objects that is lost is found and named', async () => {
  const store = new ManyFiles()
  store.lost = 77_777
  assert.deepEqual(await look(store), [`backups/${label}/${fileName(77_777)} is not in the store`])
})
