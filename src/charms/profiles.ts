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

function find(charm: CharmFacts): CharmProfile | string {
  if (!postgresqlVariants.some(variant => variant.id.replace(/-\d+$/, '') === charm.name)) {
    return `charm ${charm.name} is not one that Charmkeeper can back up`
  }
  const track = trackOf(charm)
  const variant = postgresqlVariants.find(({id}) => id === `${charm.name}-${track}`)
  if (!variant) {
    const version = charm.workloadVersion ? `, version ${charm.workloadVersion}` : ''
    return `charm ${charm.name} (channel ${charm.channel || 'none'}${version}) is of no track that Charmkeeper knows: 14 and 16`
  }
  const missing = ['create-backup', 'list-backups'].filter(action => !charm.actions.includes(action))
  if (charm.actions.length > 0 && missing.length > 0) {
    return `charm ${charm.charmUrl} has no action ${missing.join(' and no ')}`
  }
  const parameters = charm.actionParameters?.['create-backup']
  return postgresqlProfile(variant, parameters === undefined || parameters.includes('type'))
}

/** The track of the channel; for a local charm, or a track of one's own, what the workload or the actions show. */
function trackOf(charm: CharmFacts): string | undefined {
  const known = /^(14|16)\b/
  const [track] = charm.channel.split('/')
  if (track !== undefined && known.test(track)) return known.exec(track)?.[1]
  const version = known.exec(charm.workloadVersion ?? '')?.[1]
  if (version !== undefined) return version
  if ((charm.workloadVersion ?? '') !== '') return undefined
  // 16 keeps its passwords in a Juju secret; only 14 has an action for them.
  return charm.actions.includes('set-password') ? '14' : undefined
}
