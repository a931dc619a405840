import type {BackupJob} from '../../api/backup-job.ts'
import {profileFor} from '../../charms/profiles.ts'
import type {BackupCapability} from '../../charms/profile.ts'

/** The repository in which the backup of a job is, as its status says. */
export interface BackupPlace {
  readonly layout: Exclude<BackupCapability['layout'], 'None'>
  readonly endpoint: string | undefined
  readonly bucket: string
  readonly path: string
  readonly stanza: string | undefined
}

/**
 * The places of finished jobs, each kept once, and as long as a job has it: thousands of jobs name the same repository, and a cache
 * that keeps all of them has no memory for thousands of copies.
 */
export class BackupPlaces {
  readonly #known = new Map<string, WeakRef<BackupPlace>>()
  readonly #gone = new FinalizationRegistry<string>(key => {
    // The same place may have come back by then.
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key)
  })

  get size(): number {
    return this.#known.size
  }

  /** @returns undefined where nothing can be looked for in a store: without a storageRef, or in a layout that nobody knows */
  of({spec, status}: BackupJob): BackupPlace | undefined {
    const {artefact, charm, channel = '', backupID} = status ?? {}
    if (spec?.storageRef === undefined || backupID === undefined || artefact === undefined || charm === undefined)
      return undefined
    const {endpoint, bucket, path, stanza} = artefact
    const key = JSON.stringify([charm, channel, endpoint, bucket, path, stanza])
    const known = this.#known.get(key)?.deref()
    if (known !== undefined) return known
    const layout = profileFor({name: charm, channel, charmUrl: '', actions: []})?.backup.layout
    if (layout === undefined || layout === 'None') return undefined
    const place: BackupPlace = {layout, endpoint, bucket, path, stanza}
    this.#known.set(key, new WeakRef(place))
    this.#gone.register(place, key)
    return place
  }
}
