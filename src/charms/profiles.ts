import type {CharmFacts, Family} from './family.ts'
import {etcd} from './etcd/family.ts'
import {genericProfileOf} from './generic/profile.ts'
import {mongodb} from './mongodb/family.ts'
import {mysql} from './mysql/family.ts'
import {opensearch} from './opensearch/family.ts'
import {postgresql} from './postgresql/family.ts'
import type {CharmProfile} from './profile.ts'
import {valkey} from './valkey/family.ts'
import {withoutBackups} from './without-backups.ts'
import {zookeeper} from './zookeeper/family.ts'

export type {CharmFacts} from './family.ts'

/** The profile of a charm, or undefined if Charmkeeper cannot back it up; `whyUnsupported` says why. */
export function profileFor(charm: CharmFacts): CharmProfile | undefined {
  const found = find(charm)
  return typeof found === 'string' ? undefined : found
}

/** A sentence for the user when `profileFor` found nothing; undefined when it did. */
export function whyUnsupported(charm: CharmFacts): string | undefined {
  const found = find(charm)
  return typeof found === 'string' ? found : undefined
}

const families: readonly Family[] = [postgresql, mysql, mongodb, opensearch, zookeeper, etcd, valkey]

/** A charm in one of its tracks, with what Charmkeeper can do with it. */
export interface SupportedCharm {
  readonly charm: string
  readonly track: string
  readonly profile: CharmProfile
}

/** Every charm and track that has a profile, with what its newest revisions can do. */
export const supportedCharms: readonly SupportedCharm[] = families.flatMap(({charms, tracks, profile}) =>
  charms.flatMap(charm =>
    tracks.flatMap(track => {
      const found = profile({name: charm, channel: `${track}/stable`, charmUrl: '', actions: []}, track)
      return found === undefined ? [] : [{charm, track, profile: found}]
    }),
  ),
)

function find(charm: CharmFacts): CharmProfile | string {
  const family = families.find(({charms}) => charms.includes(charm.name))
  if (!family) return generic(charm)
  const track = trackOf(charm, family)
  const profile = track === undefined ? undefined : family.profile(charm, track)
  if (!profile) {
    const version = charm.workloadVersion ? `, version ${charm.workloadVersion}` : ''
    const known = family.tracks.join(' and ')
    return `charm ${charm.name} (channel ${charm.channel || 'none'}${version}) is of no track that Charmkeeper knows: ${known}`
  }
  const missing = ['create-backup', 'list-backups'].filter(action => !charm.actions.includes(action))
  if (charm.actions.length > 0 && missing.length > 0) {
    return `charm ${charm.charmUrl} has no action ${missing.join(' and no ')}`
  }
  return profile
}

/** Holds for any charm that has the actions: an unfinished task of one of these keeps its application. */
const lockingActions: readonly string[] = ['create-backup', 'restore']

/**
 * Actions whose unfinished tasks hold an application of the charm. Also of a charm whose actions have not been read: one
 * that has no such actions has no such tasks either.
 */
export const lockingActionsOf = (charm: CharmFacts): readonly string[] =>
  profileFor(charm)?.backup.lockingActions ?? lockingActions

/** A charm without a profile of its own is served with care if it has the actions. */
function generic(charm: CharmFacts): CharmProfile | string {
  const known = withoutBackups[charm.name]
  if (known !== undefined) return `charm ${charm.name} has no backups: ${known}`
  const found = genericProfileOf(charm)
  return (
    found ??
    `charm ${charm.name} is not one that Charmkeeper can back up: it has not both actions, create-backup and list-backups`
  )
}

/** The track of the channel; for a local charm, or a track of one's own, what the workload or the actions show. */
function trackOf(charm: CharmFacts, {tracks, trackByActions}: Family): string | undefined {
  const within = (version: string): string | undefined =>
    tracks.find(track => version === track || (version.startsWith(track) && /^\W/.test(version.slice(track.length))))
  const fromChannel = within(charm.channel.split('/')[0] ?? '')
  if (fromChannel !== undefined) return fromChannel
  const version = charm.workloadVersion ?? ''
  return version === '' ? trackByActions(charm.actions) : within(version)
}
