import {mysqlProfile} from './mysql/profile.ts'
import {postgresqlProfile, postgresqlVariants} from './postgresql/profile.ts'
import type {CharmProfile} from './profile.ts'

/** What Juju tells about the charm of an application. */
export interface CharmFacts {
  /** Charm name without namespace: `postgresql`. */
  readonly name: string
  /** `14/stable`; empty for a local charm. */
  readonly channel: string
  /** `ch:amd64/jammy/postgresql-468` */
  readonly charmUrl: string
  /** Action names of the charm's schema; empty while they are unknown. */
  readonly actions: readonly string[]
  /** Parameter names by action, where the schema was read. */
  readonly actionParameters?: Readonly<Record<string, readonly string[]>>
  readonly workloadVersion?: string
}

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

/** One kind of database: the charms that run it, and their tracks. */
interface Family {
  readonly charms: readonly string[]
  readonly tracks: readonly string[]
  /** The track of a local charm whose workload shows no version, as far as its actions tell. */
  readonly trackByActions: (actions: readonly string[]) => string | undefined
  readonly profile: (charm: CharmFacts, track: string) => CharmProfile | undefined
}

const families: readonly Family[] = [
  {
    charms: ['postgresql', 'postgresql-k8s'],
    tracks: ['14', '16'],
    // 16 keeps its passwords in a Juju secret; only 14 has an action for them.
    trackByActions: actions => (actions.includes('set-password') ? '14' : undefined),
    profile: ({name, actionParameters}, track) => {
      const variant = postgresqlVariants.find(({id}) => id === `${name}-${track}`)
      const parameters = actionParameters?.['create-backup']
      return variant && postgresqlProfile(variant, parameters === undefined || parameters.includes('type'))
    },
  },
  {
    charms: ['mysql', 'mysql-k8s'],
    tracks: ['8.0'],
    trackByActions: () => undefined,
    profile: ({name, actions}) =>
      mysqlProfile(
        name === 'mysql' ? 'mysql-8.0' : 'mysql-k8s-8.0',
        actions.length === 0 || actions.includes('get-cluster-status'),
      ),
  },
]

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
  if (!family) return `charm ${charm.name} is not one that Charmkeeper can back up`
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

/** The track of the channel; for a local charm, or a track of one's own, what the workload or the actions show. */
function trackOf(charm: CharmFacts, {tracks, trackByActions}: Family): string | undefined {
  const within = (version: string): string | undefined =>
    tracks.find(track => version === track || (version.startsWith(track) && /^\W/.test(version.slice(track.length))))
  const fromChannel = within(charm.channel.split('/')[0] ?? '')
  if (fromChannel !== undefined) return fromChannel
  const version = charm.workloadVersion ?? ''
  return version === '' ? trackByActions(charm.actions) : within(version)
}
