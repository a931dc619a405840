import type {Clock, Random} from '../../time/clock.ts'
import type {Listing} from './listing.ts'
import {confirmAfterMs} from './looks.ts'

/** Why the list could not be read, and since when. */
export interface ListFailure {
  /** wall clock of the first of the tries that failed in a row, ms */
  readonly since: number
  /** what the first of them said; the others may say the same with other numbers */
  readonly message: string
}

/** What this process knows of one application's list of backups. */
export interface KnownListing {
  /** monotonic ms when this process saw the application first */
  readonly seenAt: number
  /** monotonic ms of the newest listing, or of the last try to make one; undefined: none yet */
  readonly triedAt: number | undefined
  /** the newest listing that could be read, and the one before it */
  readonly listing: Listing | undefined
  readonly before: Listing | undefined
  readonly failure: ListFailure | undefined
  /** 0..1, drawn anew with each try: spreads the next one */
  readonly spread: number
}

/** The lists of backups that were read, by model UUID and application, in memory only. */
export class Listings {
  readonly #clock: Clock
  readonly #random: Random
  readonly #models = new Map<string, Map<string, KnownListing>>()

  constructor({clock, random}: {readonly clock: Clock; readonly random: Random}) {
    this.#clock = clock
    this.#random = random
  }

  of(modelUUID: string, application: string): KnownListing | undefined {
    return this.#models.get(modelUUID)?.get(application)
  }

  /** The application is there. */
  see(modelUUID: string, application: string): KnownListing {
    return this.of(modelUUID, application) ?? this.#set(modelUUID, application, {})
  }

  /** A try to list begins. */
  try(modelUUID: string, application: string): void {
    this.#set(modelUUID, application, {triedAt: this.#clock.monotonic(), spread: this.#random()})
  }

  learn(modelUUID: string, application: string, listing: Listing): void {
    const known = this.of(modelUUID, application)
    if (known?.listing !== undefined && known.listing.askedAt > listing.askedAt) return
    const triedAt = this.#clock.monotonic()
    // Two answers within a moment may share one mistake; they are one look.
    const apart = known?.listing === undefined || listing.askedAt - known.listing.askedAt >= confirmAfterMs
    const before = apart ? known?.listing : known.before
    this.#set(modelUUID, application, {triedAt, listing, before, failure: undefined})
  }

  /** The figures of before stay. */
  fail(modelUUID: string, application: string, message: string): void {
    const failure = this.of(modelUUID, application)?.failure ?? {since: this.#clock.now(), message}
    this.#set(modelUUID, application, {failure})
  }

  /** Forgets what is not among these applications. */
  keep(modelUUID: string, applications: ReadonlySet<string>): void {
    const known = this.#models.get(modelUUID)
    for (const name of known?.keys() ?? []) if (!applications.has(name)) known?.delete(name)
    if (known?.size === 0) this.#models.delete(modelUUID)
  }

  #set(modelUUID: string, application: string, change: Partial<KnownListing>): KnownListing {
    const model = this.#models.get(modelUUID) ?? new Map<string, KnownListing>()
    this.#models.set(modelUUID, model)
    const fresh = {
      seenAt: this.#clock.monotonic(),
      triedAt: undefined,
      listing: undefined,
      before: undefined,
      failure: undefined,
      spread: this.#random(),
    }
    const next = {...(model.get(application) ?? fresh), ...change}
    model.set(application, next)
    return next
  }
}
