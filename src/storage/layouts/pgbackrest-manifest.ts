import {z} from 'zod'
import type {ObjectStore} from '../object-store.ts'
import {readInfoFile, type InfoFileState, type InfoLine} from './pgbackrest-file.ts'

/** Names of the objects of one kind of compression end so. */
const endings: Readonly<Record<string, string>> = {
  none: '',
  gz: '.gz',
  lz4: '.lz4',
  zst: '.zst',
  bz2: '.bz2',
  xz: '.xz',
}

const fileSchema = z.object({
  size: z.number(),
  /** Absent: the same as size. */
  'repo-size': z.number().optional(),
  /** The backup that holds it; absent: this one. */
  reference: z.string().optional(),
  /** Number of the bundle, and where in it the file begins. */
  bni: z.number().optional(),
  bno: z.number().optional(),
  /** Stored block by block. */
  bi: z.number().optional(),
})

/** The object that has the content of one file of the database cluster. */
export interface StoredFile {
  /** Label of the backup that holds it. */
  readonly label: string
  /** Key of the object below that backup: a bundle of many files, or one of its own. */
  readonly key: string
  /** bytes that the object has, or reaches at least, where it is a bundle */
  readonly bytes: number
  readonly bundled: boolean
}

/** What a manifest says as a whole. */
export interface Manifest {
  readonly label: string | undefined
  readonly type: string | undefined
  readonly walStart: string | undefined
  readonly walStop: string | undefined
  readonly files: number
  /** bytes of the database cluster */
  readonly size: number
}

/**
 * Reads a manifest and calls `onFile` for each file whose content is in the store: pgBackRest makes empty files
 * without looking there.
 *
 * @throws StorageError when the store cannot be read
 */
export async function readManifest(
  store: ObjectStore,
  key: string,
  {
    onFile,
    signal,
  }: {readonly onFile?: (file: StoredFile) => void | Promise<void>; readonly signal: AbortSignal | undefined},
): Promise<{state: InfoFileState; manifest: Manifest}> {
  const header = new Map<string, unknown>()
  let ending = ''
  let [files, size] = [0, 0]
  let unreadable: string | undefined
  const onLine = (line: InfoLine): void | Promise<void> => {
    if (line.section === 'backup') header.set(line.key, line.value)
    else if (line.section === 'backup:option') ending = endingAfter(line, ending)
    else if (line.section === 'target:file') {
      const parsed = fileSchema.safeParse(line.value)
      if (!parsed.success) return void (unreadable ??= `has a line for ${line.key} that cannot be understood`)
      files += 1
      size += parsed.data.size
      if (parsed.data.size > 0)
        return onFile?.(storedFile(line.key, parsed.data, textOf(header, 'backup-label'), ending))
    }
  }
  const state = await readInfoFile(store, key, {onLine, signal})
  const manifest = {
    label: textOf(header, 'backup-label'),
    type: textOf(header, 'backup-type'),
    walStart: textOf(header, 'backup-archive-start'),
    walStop: textOf(header, 'backup-archive-stop'),
    files,
    size,
  }
  const understood = state.kind !== 'whole' || unreadable === undefined
  return {state: understood ? state : {kind: 'damaged', why: unreadable ?? ''}, manifest}
}

/** `option-compress` is the older of the two, from when there was only gzip, and stands first. */
function endingAfter({key, value}: InfoLine, ending: string): string {
  if (key === 'option-compress') return value === true ? '.gz' : ''
  if (key === 'option-compress-type') return endings[String(value)] ?? `.${String(value)}`
  return ending
}

function storedFile(
  name: string,
  file: z.infer<typeof fileSchema>,
  label: string | undefined,
  ending: string,
): StoredFile {
  const bytes = file['repo-size'] ?? file.size
  const holder = file.reference ?? label ?? ''
  if (file.bni !== undefined)
    return {label: holder, key: `bundle/${file.bni}`, bytes: (file.bno ?? 0) + bytes, bundled: true}
  const path = Buffer.from(name, 'latin1').toString('utf8')
  return {label: holder, key: `${path}${file.bi === undefined ? ending : '.pgbi'}`, bytes, bundled: false}
}

function textOf(header: ReadonlyMap<string, unknown>, key: string): string | undefined {
  const value = header.get(key)
  return typeof value === 'string' ? value : undefined
}
