import type {BackupCapability} from '../../charms/profile.ts'
import {recoverableMoments, type RecoverableMoments} from '../../storage/layouts/reach.ts'
import {storedBackups} from '../../storage/layouts/stored-backups.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'

/** The repository of one application, and the BackupStorage through which it is looked into. */
export interface ArchivePlace {
  readonly namespace: string
  /** name of the BackupStorage */
  readonly storage: string
  readonly layout: BackupCapability['layout']
  /** in the bucket of the BackupStorage */
  readonly path: string
  readonly stanza: string | undefined
  /** name of the model without its owner */
  readonly modelName: string
  readonly application: string
}

/** Moments that follow each other without a gap, both included; ms since the epoch by the store's clock. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** What one look has seen. */
export interface ArchiveSeen {
  /** finished backups that the repository lists */
  readonly backups: number
  /** the newest moments to which the database can be brought back; undefined: no backup can be replayed */
  readonly span: Span | undefined
  /** monotonic ms when all backups were looked at last, and not the newest alone */
  readonly wholeAt: number
}

/** How far to look: all backups tell where the window begins; the newest ones suffice to see that it goes on. */
export interface ArchiveLookPlan {
  readonly known: ArchiveSeen | undefined
  /** all backups are looked at again after this time, ms; */
  readonly wholeEveryMs: number
  /** and after this time when the newest ones show nothing new: another timeline may be the one that goes on */
  readonly wholeIfIdleMs: number
  /** monotonic ms */
  readonly now: number
  readonly signal: AbortSignal
}

/** So many backups, in case that the newest is damaged. */
const newestBackups = 2

/**
 * Looks how far the archive reaches. A look at the newest backups costs one page of the archive or a few; one at all of them the
 * whole listing.
 *
 * @throws UnreadableIndex, StorageError, and Error when the BackupStorage is not ready: that says nothing about the archive
 */
export async function readArchive(
  storages: StorageDirectory,
  place: ArchivePlace,
  {known, wholeEveryMs, wholeIfIdleMs, now, signal}: ArchiveLookPlan,
): Promise<ArchiveSeen> {
  const found = storages.lookup(place.namespace, place.storage)
  if (!found.found) throw new Error(found.message)
  if (!found.ready) throw new Error(`BackupStorage ${place.storage} is ${found.reason}: ${found.message}`)
  const {layout, path, stanza, modelName, application} = place
  const backups = await storedBackups(layout, found.store, {path, stanza, signal})
  const spanOf = async (some: typeof backups): Promise<Span | undefined> =>
    newestSpan(
      await recoverableMoments(layout, found.store, {path, stanza, modelName, application, backups: some, signal}),
    )
  if (known?.span !== undefined && now - known.wholeAt < wholeEveryMs) {
    const further = extended(known.span, await spanOf(backups.slice(-newestBackups)))
    if (further !== undefined || now - known.wholeAt < wholeIfIdleMs)
      return {...known, backups: backups.length, span: further ?? known.span}
  }
  return {backups: backups.length, span: await spanOf(backups), wholeAt: now}
}

/** Where the window was known to begin, to where the newest backups lead now; undefined: they lead no further. */
function extended(known: Span, seen: Span | undefined): Span | undefined {
  if (seen === undefined || seen.last <= known.last) return undefined
  return {first: seen.first <= known.last ? known.first : seen.first, last: seen.last}
}

/** The newest moments that follow each other without a gap, over all backups. */
export function newestSpan(moments: readonly RecoverableMoments[]): Span | undefined {
  const spans = moments
    .map(({first, last}) => ({first: Date.parse(first), last: Date.parse(last)}))
    .toSorted((a, b) => b.last - a.last)
  const [newest] = spans
  return newest && spans.reduce((whole, span) => joined(whole, span), newest)
}

/** @param span one that ends no later */
const joined = (whole: Span, span: Span): Span =>
  span.last >= whole.first ? {...whole, first: Math.min(whole.first, span.first)} : whole
