import type {ObjectStore} from '../object-store.ts'

/** One object of pgBackRest's archive that holds a WAL segment. */
export interface ArchivedSegment {
  readonly name: string
  readonly bytes: number
  /** The rest of a segment that its timeline never filled. */
  readonly partial: boolean
  readonly compressed: boolean
  /** by the store's clock */
  readonly archivedAt: Date
}

/** `<segment>[.partial]-<checksum>` with or without the ending of a compression; `.backup` files are none. */
const archived = /\/([0-9A-F]{24})(\.partial)?-[0-9a-f]{40}(\.\w+)?$/

/**
 * The segments below a prefix in the order of their names, page by page as they are consumed. One that was archived
 * by two primaries comes twice.
 *
 * @throws StorageError when the store cannot be read
 */
export async function* archivedSegments(
  store: ObjectStore,
  prefix: string,
  {after, signal}: {readonly after: string; readonly signal: AbortSignal | undefined},
): AsyncGenerator<ArchivedSegment, void> {
  for await (const {key, size, lastModified} of store.list(prefix, {after, signal})) {
    const [, name, partial, ending] = archived.exec(key) ?? []
    if (name === undefined) continue
    const is = {partial: partial !== undefined, compressed: ending !== undefined}
    yield {name, bytes: size, ...is, archivedAt: lastModified}
  }
}

/** Whether it can be read as a segment of that length; how long a compressed one has to be is nowhere written. */
export function isWhole({bytes, partial, compressed}: ArchivedSegment, segmentBytes: number | undefined): boolean {
  if (partial || bytes === 0) return false
  return compressed || segmentBytes === undefined || bytes === segmentBytes
}
