import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readCollections, type PbmMetadata, type PbmReplicaSet} from './pbm-metadata.ts'
import {Tally} from './tally.ts'

/** Names of the objects of one kind of compression end so. */
const endings: Readonly<Record<string, string>> = {
  none: '',
  gzip: '.gz',
  pgzip: '.gz',
  snappy: '.snappy',
  lz4: '.lz4',
  s2: '.s2',
  zstd: '.zst',
}

export interface PbmContent {
  readonly problems: readonly string[]
  /** What was not looked at. */
  readonly notes: readonly string[]
  readonly objects: number
  /** of all objects */
  readonly bytes: number
}

interface Place {
  /** Path of the repository in the bucket. */
  readonly path: string
  readonly backupID: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Compares the objects that the metadata of a backup name with the listing of the store, which is read page by page.
 *
 * @throws StorageError when the store cannot be read
 */
export async function checkPbmContent(store: ObjectStore, metadata: PbmMetadata, place: Place): Promise<PbmContent> {
  const directory = `${keyOf(place.path, place.backupID)}/`
  const {objects: expected, roots, problems, notes} = await expect(store, metadata, place)
  const [missing, empty] = [new Tally(), new Tally()]
  let [objects, bytes] = [0, 0]
  const count = ({key, size}: {readonly key: string; readonly size: number}): void => {
    objects += 1
    bytes += size
    if (expected.delete(key) && size === 0) empty.add(key)
    for (const root of roots) if (size > 0 && isIn(root, key)) roots.delete(root)
  }
  for await (const object of store.list(directory, {signal: place.signal})) count(object)
  // Before version 2 the objects of a backup lay beside its metadata.
  for (const key of [...expected, ...roots].filter(one => !one.startsWith(directory))) {
    const object = await store.head(key, {signal: place.signal})
    if (object !== undefined) count(object)
  }
  for (const key of [...expected, ...roots]) missing.add(key)
  return {
    problems: [
      ...problems,
      ...(missing.empty ? [] : [`${missing.text} is not in the store`]),
      ...(empty.empty ? [] : [`truncated or overwritten: ${empty.text} has no content`]),
    ],
    notes,
    objects,
    bytes,
  }
}

interface Expected {
  /** Keys of objects that have content. */
  readonly objects: Set<string>
  /** Keys of objects that have content, or of folders with at least one such object. */
  readonly roots: Set<string>
  readonly problems: string[]
  readonly notes: string[]
}

async function expect(store: ObjectStore, metadata: PbmMetadata, place: Place): Promise<Expected> {
  const expected: Expected = {objects: new Set(), roots: new Set(), problems: [], notes: []}
  const ending = endings[metadata.compression ?? 'none'] ?? ''
  for (const set of metadata.replsets ?? []) {
    const directory = keyOf(place.path, place.backupID, set.name)
    if (metadata.type === 'logical') await expectLogical(store, expected, {set, directory, ending}, place)
    else expectPhysical(expected, {set, directory, ending})
  }
  return expected
}

interface SetPlace {
  readonly set: PbmReplicaSet
  readonly directory: string
  readonly ending: string
}

async function expectLogical(
  store: ObjectStore,
  {objects, roots, problems, notes}: Expected,
  {set, directory, ending}: SetPlace,
  {path, signal}: Place,
): Promise<void> {
  if (set.oplog_name !== undefined) roots.add(keyOf(path, set.oplog_name))
  const list = set.backup_name === undefined ? `${directory}/metadata.json` : keyOf(path, set.backup_name)
  if (!list.endsWith('/metadata.json')) {
    objects.add(list)
    return
  }
  const collections = await readCollections(store, list, signal)
  if (typeof collections === 'string') problems.push(collections)
  else if (collections === undefined) {
    roots.add(directory)
    notes.push(`${list} does not name the collections, so they were not compared`)
  } else for (const collection of collections) objects.add(`${directory}/${collection}${ending}`)
}

function expectPhysical({objects, notes}: Expected, {set, directory, ending}: SetPlace): void {
  for (const {filename, offset = 0, length = 0} of set.files ?? []) {
    const part = length === 0 ? '' : `.${offset}-${length}`
    objects.add(`${directory}/${filename}${ending}${part}`)
  }
  if (set.files !== undefined && set.files !== null) return
  objects.add(`${directory}/filelist.pbm`)
  notes.push(`the files that ${directory}/filelist.pbm names were not compared`)
}

function isIn(root: string, key: string): boolean {
  return key === root || key.startsWith(`${root}/`)
}
