import type {JujuModelBackups} from '../../api/juju-model.ts'
import {objectKey, splitKey} from '../../kube/resources.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {ObjectKey} from '../juju-model/directory.ts'
import type {BackupInventory, KnownBackups} from '../juju-model/inventory.ts'
import type {Listing} from './listing.ts'
import {Listings} from './listings.ts'
import {type JobsByApplication, OurBackups} from './our-backups.ts'
import {OurSchedules, type SchedulesByApplication} from './our-schedules.ts'

export interface InventoryOptions {
  readonly jobs: JobsByApplication
  /** absent: nothing is known of schedules */
  readonly schedules?: SchedulesByApplication
  readonly clock: Clock
  readonly random: Random
}

/** What was listed, beside what BackupJobs know: the figures that a JujuModel shows. In memory, never blocking. */
export class Inventory implements BackupInventory {
  readonly listings: Listings
  readonly #ours: OurBackups
  readonly #schedules: OurSchedules | undefined
  readonly #listeners = new Set<(model: ObjectKey) => void>()

  constructor({jobs, schedules, clock, random}: InventoryOptions) {
    this.listings = new Listings({clock, random})
    this.#ours = new OurBackups(jobs)
    this.#schedules = schedules && new OurSchedules(schedules, model => this.changed(model))
  }

  /** Figures that may hold the backup of a job which is not over wait for its end, so that they tell it as ours, once. */
  of(model: ObjectKey, modelUUID: string, application: string): KnownBackups {
    const {listing, failure} = this.listings.of(modelUUID, application) ?? {}
    const key = `${objectKey(model)}/${application}`
    const {ids, lastBackupTime, madeSince} = this.#ours.of(key, modelUUID)
    return {
      schedules: this.#schedules?.of(key),
      backups: listing && !mayHold(listing, madeSince) ? figuresOf(listing, ids) : undefined,
      listed: listing !== undefined,
      listFailure: failure && {since: timeOf(failure.since), message: failure.message},
      lastBackupTime,
    }
  }

  onChange(listener: (model: ObjectKey) => void): void {
    this.#listeners.add(listener)
  }

  /** @param model `namespace/name` of the JujuModel */
  changed(model: string): void {
    const {namespace = '', name} = splitKey(model)
    for (const listener of this.#listeners) listener({namespace, name})
  }
}

const mayHold = ({askedAt}: Listing, madeSince: number | undefined): boolean =>
  madeSince !== undefined && askedAt >= madeSince

/** @param ours ids of the backups that BackupJobs here know */
export function figuresOf({finished, stale}: Listing, ours: ReadonlySet<string>): JujuModelBackups {
  const [oldest, newest] = [finished[0], finished.at(-1)]
  return {
    count: finished.length,
    unmanaged: finished.filter(id => !ours.has(id)).length,
    ...(newest !== undefined && {newest}),
    ...(oldest !== undefined && {oldest}),
    ...(stale.length > 0 && {stale: stale.length}),
  }
}

/** RFC 3339 without fractions, as Kubernetes writes its times. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
