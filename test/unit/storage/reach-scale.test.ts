import assert from 'node:assert/strict'
import {test} from 'node:test'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {recoverableMoments, type ListOptions, type ObjectInfo} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'
import {RecordedRepository} from './recorded-repository.ts'

/** 640 GiB of WAL. */
const SEGMENTS = 40_000
const PAGE = 1000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const {full, archive, recording} = new RecordedRepository('repository')
const begin = full.timestamp.stop * 1000
const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

/** The recorded repository with a long archive, one segment a second, which is made up while it is listed. */
class LongArchive extends MemoryStore {
  pages = 0
  peakBytes = 0
  lost: number | undefined
  readonly #start: number

  constructor() {
    super(recording.objects)
    collectGarbage()
    this.#start = process.memoryUsage().heapUsed
  }

  override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo, void> {
    if (options.shallow === true) return yield* super.list(prefix, options)
    let given = 0
    for (let position = 1; position <= SEGMENTS; position += 1) {
      const name = `00000001${hex(Math.floor(position / 256))}${hex(position % 256)}`
      const key = `${archive}/15-1/${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.zst`
      if (position === this.lost || !key.startsWith(prefix) || key <= (options.after ?? '')) continue
      if (given++ % PAGE === 0) this.#turnPage()
      yield {key, size: 1000, lastModified: new Date(begin + position * 1000)}
    }
  }

  #turnPage(): void {
    this.pages += 1
    if (this.pages % 10 !== 0) return
    collectGarbage()
    this.peakBytes = Math.max(this.peakBytes, process.memoryUsage().heapUsed - this.#start)
  }
}

/** Number of the segment up to which the backup can be replayed. */
async function reached(store: LongArchive): Promise<number> {
  const {signal} = new AbortController()
  const backups = [{backupID: 'full', label: full.label}]
  const [moments] = await recoverableMoments('pgBackRest', store, {
    path: 'pg',
    stanza: recording.stanza,
    backups,
    signal,
  })
  return (Date.parse(moments?.last ?? '') - begin) / 1000
}

test('S1.23 an archive of 40,000 segments is read once, page by page, and never held whole', async () => {
  const store = new LongArchive()
  assert.equal(await reached(store), SEGMENTS)
  assert(store.pages <= SEGMENTS / PAGE, `${store.pages} pages`)
  assert(store.peakBytes < 5 * 2 ** 20, `${store.peakBytes} bytes`)
})

test('S1.23 the one segment of 40,000 that is lost ends the reach', async () => {
  const store = new LongArchive()
  store.lost = 35_555
  assert.equal(await reached(store), 35_554)
})
