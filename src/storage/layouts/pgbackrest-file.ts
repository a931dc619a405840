import {createHash} from 'node:crypto'
import {StorageError, type ObjectStore} from '../object-store.ts'

/** A line has one value; the longest name thousands of pages with wrong checksums. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024
/** The only format since version 1.0. */
const FORMAT = 5

/** One line of a file, in the section that it stands in. */
export interface InfoLine {
  readonly section: string
  readonly key: string
  /** As it is written; 64-bit numbers are exact only here. */
  readonly json: string
  readonly value: unknown
}

export type InfoFileState =
  | {readonly kind: 'whole'}
  | {readonly kind: 'missing'}
  /** `why` continues a sentence that begins with the name of the file. */
  | {readonly kind: 'damaged'; readonly why: string}

interface ReadOptions {
  /** Called for each line in turn, before it is known whether the file is whole. */
  readonly onLine: (line: InfoLine) => void | Promise<void>
  readonly signal: AbortSignal | undefined
}

/**
 * Reads one of pgBackRest's own files (`backup.info`, `archive.info`, `backup.manifest`) line by line, however long it
 * is, and checks it against the checksum at its end.
 *
 * @throws StorageError when the store cannot be read
 */
export async function readInfoFile(
  store: ObjectStore,
  key: string,
  {onLine, signal}: ReadOptions,
): Promise<InfoFileState> {
  const reader = new InfoFileReader()
  try {
    for await (const text of linesOf(store.read(key, {signal}))) {
      const line = reader.take(text)
      if (line !== undefined) await onLine(line)
    }
    reader.end()
    return {kind: 'whole'}
  } catch (fault) {
    if (fault instanceof Damaged) return {kind: 'damaged', why: fault.message}
    if (fault instanceof StorageError && fault.kind === 'NotFound') return {kind: 'missing'}
    throw fault
  }
}

class Damaged extends Error {}

/**
 * The format: an INI file whose values are JSON, the last of them `backrest-checksum`. That is the SHA-1 of all other
 * lines, written as one JSON object of objects without blanks: `{"section":{"key":value,...},...}`, in their order in
 * the file and with the values as they stand there (src/info/info.c of pgBackRest 2.45 to 2.59). Texts hold one byte a
 * character.
 */
class InfoFileReader {
  readonly #hash = createHash('sha1').update('{')
  #lines = 0
  #section: string | undefined
  #hashedSection: string | undefined
  #expected: string | undefined

  /** Undefined: the line has no value for others. */
  take(text: string): InfoLine | undefined {
    this.#lines += 1
    if (this.#lines === 1) refuseOtherFormats(text)
    if (text === '') return undefined
    const section = /^\[(.+)\]$/.exec(text)?.[1]
    if (section !== undefined) {
      this.#section = section
      return undefined
    }
    const line = this.#section === undefined || text.startsWith('[') ? undefined : split(this.#section, text)
    if (line === undefined) throw new Damaged(`cannot be read from line ${this.#lines} on`)
    return line.section === 'backrest' ? this.#own(line) : this.#hashed(line)
  }

  end(): void {
    if (this.#lines <= 1 && this.#section === undefined) throw new Damaged('is empty')
    const actual = this.#hash.update('}}').digest('hex')
    if (this.#expected === undefined) throw new Damaged('was cut off: its checksum is not at its end')
    if (this.#expected !== actual)
      throw new Damaged(`has a wrong checksum: ${this.#expected} is written in it, its content has ${actual}`)
  }

  #own(line: InfoLine): undefined {
    if (line.key === 'backrest-checksum') this.#expected = String(line.value)
    else this.#hashed(line)
    if (line.key === 'backrest-format' && line.value !== FORMAT)
      throw new Damaged(`has format ${line.json.slice(0, 20)}, of which nothing is known`)
    return undefined
  }

  #hashed(line: InfoLine): InfoLine {
    const {section, key, json} = line
    if (section === this.#hashedSection) this.#hash.update(',')
    else this.#hash.update(`${this.#hashedSection === undefined ? '' : '},'}${JSON.stringify(section)}:{`, 'latin1')
    this.#hash.update(`${JSON.stringify(key)}:${json}`, 'latin1')
    this.#hashedSection = section
    return line
  }
}

/** The key may have equals signs too: the value begins after the first one behind which everything is JSON. */
function split(section: string, text: string): InfoLine | undefined {
  for (let at = text.indexOf('='); at > 0; at = text.indexOf('=', at + 1)) {
    const json = text.slice(at + 1)
    const value = parseJson(json)
    if (value !== undefined) return {section, key: text.slice(0, at), json, value}
  }
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** First bytes of what pgBackRest's ciphers and compressions write. */
const otherFormats: readonly [start: string, name: string][] = [
  ['Salted__', 'encrypted'],
  ['\x1F\x8B', 'compressed with gzip'],
  ['\x28\xB5\x2F\xFD', 'compressed with zstd'],
  ['\x04\x22\x4D\x18', 'compressed with lz4'],
  ['BZh', 'compressed with bzip2'],
]

function refuseOtherFormats(text: string): void {
  const [, name] = otherFormats.find(([start]) => text.startsWith(start)) ?? []
  if (name !== undefined) throw new Damaged(`is ${name}: nothing in it can be checked from here`)
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARACTERS) throw new Damaged('has a line without an end')
    yield* lines
  }
  yield rest
}
