import {crc32} from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly text: string
  /** Unix permissions. */
  readonly mode: number
}

/** DOS date of 1980-01-01, the earliest: the same entries give the same bytes. */
const date = 0x0021
const madeByUnix = 3 << 8
const version = 20

/** A zip archive of a few small files, stored without compression (APPNOTE.TXT of PKWARE, 4.3). */
export function zipArchive(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const {name, text, mode} of entries) {
    const content = Buffer.from(text)
    const path = Buffer.from(name)
    const common = commonFields(path, content)
    const local = Buffer.concat([word(0x04034b50), short(version), common, path, content])
    directory.push(centralHeader({path, common, mode, offset}))
    files.push(local)
    offset += local.length
  }
  return Buffer.concat([
    ...files,
    ...directory,
    endOfDirectory(entries.length, Buffer.concat(directory).length, offset),
  ])
}

/** Flags, method, time, date, checksum, both sizes, lengths of name and extra field: the same in both headers. */
function commonFields(path: Buffer, content: Buffer): Buffer {
  const size = word(content.length)
  return Buffer.concat([
    short(0),
    short(0),
    short(0),
    short(date),
    word(crc32(content)),
    size,
    size,
    short(path.length),
    short(0),
  ])
}

interface CentralEntry {
  readonly path: Buffer
  readonly common: Buffer
  readonly mode: number
  /** Of the local header. */
  readonly offset: number
}

function centralHeader({path, common, mode, offset}: CentralEntry): Buffer {
  const regularFile = 0o100000
  const attributes = word(((regularFile | mode) << 16) >>> 0)
  const [noComment, firstDisk, noInternals] = [short(0), short(0), short(0)]
  const versions = [short(madeByUnix | version), short(version)]
  const rest = [noComment, firstDisk, noInternals, attributes, word(offset), path]
  return Buffer.concat([word(0x02014b50), ...versions, common, ...rest])
}

function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const [disk, directoryDisk, noComment] = [short(0), short(0), short(0)]
  const counts = [short(count), short(count)]
  return Buffer.concat([word(0x06054b50), disk, directoryDisk, ...counts, word(size), word(offset), noComment])
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
