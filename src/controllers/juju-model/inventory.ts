import type {JujuModelBackups, JujuModelDatabase, JujuModelListFailure} from '../../api/juju-model.ts'
import {profileFor} from '../../charms/profiles.ts'
import type {ApplicationStatus, FullStatus} from '../../juju/status.ts'
import type {ObjectKey} from './directory.ts'

/** The bound of api.md rule 8. */
const mostDatabases = 200
/** The bounds of the schema. */
const longestMessage = 256
const mostSchedules = 10

/** What this process knows of the backups of an application; what is absent it does not know. */
export interface KnownBackups {
  readonly backups?: JujuModelBackups | undefined
  /** the list was read, whether or not it can be told yet */
  readonly listed?: boolean
  /** the last try to read the list failed */
  readonly listFailure?: JujuModelListFailure | undefined
  /** RFC 3339 */
  readonly lastBackupTime?: string | undefined
  readonly schedules?: KnownSchedules | undefined
}

/** The schedules of an application that run. */
export interface KnownSchedules {
  readonly names: readonly string[]
  /** the shortest age that one of them asks for, seconds */
  readonly objectiveSeconds: number | undefined
}

/** Who lists the backups of applications, as the JujuModel controller sees it. */
export interface BackupInventory {
  of(model: ObjectKey, modelUUID: string, application: string): KnownBackups
  /** Lists of this JujuModel were read, or could not be. */
  onChange(listener: (model: ObjectKey) => void): void
}

/** Lists nothing. */
export const noInventory: BackupInventory = Object.freeze({of: () => ({}), onChange: () => undefined})

/** The databases of a model that can be backed up, by name. */
export function databasesIn(status: FullStatus): JujuModelDatabase[] {
  return [...status.applications.values()]
    .flatMap(application => databaseOf(application) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, mostDatabases)
}

function databaseOf(application: ApplicationStatus): JujuModelDatabase | undefined {
  const {name, charmName, charmURL, revision, channel, workloadVersion, units} = application
  const profile = profileFor({name: charmName, channel, charmUrl: charmURL, actions: [], workloadVersion})
  if (profile === undefined) return undefined
  return {
    name,
    charm: charmName,
    revision,
    ...(channel !== '' && {channel}),
    profile: profile.id,
    units: units.length,
  }
}

/** The database with what is known of its backups; what is not known at present stays as it was said last. */
export function withBackups(
  database: JujuModelDatabase,
  before: JujuModelDatabase | undefined,
  known: KnownBackups,
): JujuModelDatabase {
  const backups = known.backups ?? before?.backups
  const lastBackupTime = later(before?.lastBackupTime, known.lastBackupTime)
  const listFailure = failureAfter(before?.listFailure, known)
  const schedules = known.schedules?.names.slice(0, mostSchedules) ?? before?.schedules
  return {
    ...database,
    ...(schedules !== undefined && {schedules}),
    ...(lastBackupTime !== undefined && {lastBackupTime}),
    ...(backups !== undefined && {backups}),
    ...(listFailure !== undefined && {listFailure}),
  }
}

/** While it lasts a failure is told as it began, also by another process. */
function failureAfter(
  before: JujuModelListFailure | undefined,
  {listed = false, listFailure}: KnownBackups,
): JujuModelListFailure | undefined {
  if (listFailure !== undefined)
    return before ?? {...listFailure, message: listFailure.message.slice(0, longestMessage)}
  return listed ? undefined : before
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Date.parse(other) > Date.parse(one) ? other : one
}
