import type {BackupSchedule} from '../../api/backup-schedule.ts'
import {keyOf} from '../../kube/resources.ts'
import type {Clock} from '../../time/clock.ts'
import {normalPath} from '../../storage/location.ts'
import {profileOf} from '../backup-job/gather.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import type {ArchiveLooks} from './archive-looks.ts'
import type {ArchivePlace} from './archive-read.ts'
import {archiving, type ArchiveLook, type ArchivingVerdict} from './archiving.ts'

export interface ArchivesDeps {
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
  readonly looks: ArchiveLooks
  readonly clock: Clock
}

export interface ArchiveView extends ArchivingVerdict {
  /** ms until the schedule has to be looked at again for this; undefined: nothing is looked into */
  readonly againMs: number | undefined
}

/** The archives behind schedules: what is said of them now, from memory, with the next look under way where it is due. */
export class Archives {
  readonly #deps: ArchivesDeps

  constructor(deps: ArchivesDeps) {
    this.#deps = deps
  }

  view(schedule: BackupSchedule): ArchiveView {
    const {looks, clock} = this.#deps
    const key = keyOf(schedule)
    const maxLagSeconds = schedule.spec.objective?.maxArchiveLagSeconds
    const place = this.#placeOf(schedule)
    if (place === 'NotApplicable') looks.forget(key)
    const againMs =
      typeof place === 'string'
        ? undefined
        : looks.ask(key, place, maxLagSeconds === undefined ? undefined : maxLagSeconds * 1000)
    const look: ArchiveLook = place === 'NotApplicable' ? {kind: place} : looks.of(key)
    const said = place === 'NotApplicable' ? undefined : schedule.status?.recoverability
    const now = clock.now()
    const verdict = archiving({maxLagSeconds, look, said, now})
    const turnsInMs = verdict.changesAt === undefined ? undefined : Math.max(0, verdict.changesAt - now)
    return {...verdict, againMs: soonest(againMs, turnsInMs)}
  }

  /** When the newest change was archived, as the last look of this process has seen it, ms since the epoch. */
  lastArchived(key: string): number | undefined {
    const look = this.#deps.looks.of(key)
    return look.kind === 'unread' ? undefined : look.span?.last
  }

  /** The schedule is gone. */
  forget(key: string): void {
    this.#deps.looks.forget(key)
  }

  /** `Unknown`: while the model cannot be seen, what was known stays. */
  #placeOf({metadata: {namespace = ''}, spec}: BackupSchedule): ArchivePlace | 'NotApplicable' | 'Unknown' {
    const {modelRef, application, storageRef} = spec.jobTemplate.spec
    if (storageRef === undefined) return 'NotApplicable'
    const model = this.#deps.models.lookup(namespace, modelRef.name)
    const handle = model.found ? model.handle : undefined
    const seen = handle?.snapshots.latest?.status.applications.get(application)
    const storage = this.#deps.storages.lookup(namespace, storageRef.name)
    if (handle === undefined || seen === undefined || !storage.found) return 'Unknown'
    if (!storage.ready && storage.expected) return 'Unknown'
    const profile = profileOf(seen)
    if ((profile?.restore?.pointInTime ?? 'None') === 'None' || profile === undefined) return 'NotApplicable'
    const path = normalPath(storage.spec.s3.path)
    const modelName = handle.modelName.split('/').at(-1) ?? ''
    const {stanza} = profile.backup.artefact({backupID: '', rows: [], path, modelName, application})
    const {layout} = profile.backup
    return {namespace, storage: storageRef.name, layout, path, stanza, modelName, application}
  }
}

function soonest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
