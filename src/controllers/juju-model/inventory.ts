import type {JujuModelDatabase} from '../../api/juju-model.ts'
import {profileFor} from '../../charms/profiles.ts'
import type {ApplicationStatus, FullStatus} from '../../juju/status.ts'

/** The bound of api.md rule 8. */
const mostDatabases = 200

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
