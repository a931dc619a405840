import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {test} from 'node:test'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {readInfoFile, type InfoLine} from '../../../src/storage/layouts/pgbackrest-file.ts'
import {readRecording} from '../../fixtures/pgbackrest/recorded.ts'
import {MemoryStore} from './memory-store.ts'
import {signed} from './signed.ts'

/** One object, byte for byte. */
class Bytes extends MemoryStore {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }

  override async *read(): AsyncGenerator<Buffer, void> {
    for (let at = 0; at < this.#bytes.length; at += 4096) yield this.#bytes.subarray(at, at + 4096)
  }
}

async function read(content: string | Buffer) {
  const lines: InfoLine[] = []
  const store = new Bytes(Buffer.from(content))
  const state = await readInfoFile(store, 'file', {onLine: line => void lines.push(line), signal: undefined})
  return {state, lines}
}

test('every file that a real pgBackRest wrote has the checksum that is computed for it, also by other means', async () => {
  for (const name of ['repository', 'plain'] as const) {
    const texts = Object.entries(readRecording(name).objects).flatMap(([key, {text}]) =>
      /\.(info|manifest)(\.copy)?$/.test(key) && text !== undefined ? [{key, text}] : [],
    )
    assert.equal(texts.length, 10)
    for (const {key, text} of texts) {
      assert.deepEqual((await read(text)).state, {kind: 'whole'}, key)
      assert.equal(signed(text), text, key)
    }
  }
})

const head = '[backrest]\nbackrest-format=5\nbackrest-version="2.45"\n'

test('a key may hold equals signs, quotes and letters beyond ASCII; its value begins where JSON does', async () => {
  const odd = 'pg_data/a=b "c" =ö'
  const own = '"backrest":{"backrest-format":5,"backrest-version":"2.45"}'
  const json = `{${own},"target:file":{"pg_data/a=b \\"c\\" =ö":{"size":1}}}`
  const checksum = createHash('sha1').update(json).digest('hex')
  const end = `[backrest]\nbackrest-checksum="${checksum}"\n`
  const {state, lines} = await read(`${head}\n[target:file]\n${odd}={"size":1}\n\n${end}`)
  assert.deepEqual(state, {kind: 'whole'})
  assert.equal(Buffer.from(lines[0]?.key ?? '', 'latin1').toString(), odd)
  assert.deepEqual(lines[0]?.value, {size: 1})
})

const damaged: readonly [what: string, content: string | Buffer, why: RegExp][] = [
  ['nothing', '', /^is empty$/],
  ['no section', 'a=1\n', /^cannot be read from line 1 on$/],
  ['half a name of a section', `${head}\n[db}\na=1\n`, /^cannot be read from line 5 on$/],
  ['no value', `${head}[db]\nnonsense\n`, /^cannot be read from line 5 on$/],
  ['a value that is no JSON', `${head}[db]\na=nonsense\n`, /^cannot be read from line 5 on$/],
  ['another format', signed(head.replace('=5', '=6')), /^has format 6, of which nothing is known$/],
  ['no checksum', head, /^was cut off: its checksum is not at its end$/],
  [
    'a line too much',
    signed(head).replace('2.45', '2.46'),
    /^has a wrong checksum: [0-9a-f]{40} is written in it, its/,
  ],
  ['a cipher', 'Salted__12345678', /^is encrypted: nothing in it can be checked from here$/],
  ['gzip', gzipSync(signed(head)), /^is compressed with gzip: nothing in it can be checked from here$/],
  ['zstd', zstdCompressSync(signed(head)), /^is compressed with zstd: nothing/],
  ['lz4', Buffer.from('04224d186440', 'hex'), /^is compressed with lz4: nothing/],
  ['bzip2', 'BZh91', /^is compressed with bzip2/],
]
for (const [what, content, why] of damaged)
  test(`not whole: ${what}`, async () => {
    const {state} = await read(content)
    assert(state.kind === 'damaged')
    assert.match(state.why, why)
  })

test('a file that is not there is missing, not damaged', async () => {
  const state = await readInfoFile(new MemoryStore(), 'file', {onLine: () => undefined, signal: undefined})
  assert.deepEqual(state, {kind: 'missing'})
})
