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
  /** An action that was handed to the application, which it therefore has, whether or not the schema was read since. */
  readonly ran?: string
}

/** One kind of database: the charms that run it, and their tracks. Adding a charm is adding a folder with one of these. */
export interface Family {
  readonly charms: readonly string[]
  readonly tracks: readonly string[]
  /** The track of a local charm whose workload shows no version, as far as its actions tell. */
  readonly trackByActions: (actions: readonly string[]) => string | undefined
  readonly profile: (charm: CharmFacts, track: string) => CharmProfile | undefined
}

/** What the deployed revision itself offers, which wins over what a profile knows; unread, it counts as all of it. */
export const offers = ({actions}: CharmFacts, action: string): boolean =>
  actions.length === 0 || actions.includes(action)

/** As `offers`, for a parameter of an action. */
export const takes = (charm: CharmFacts, action: string, parameter: string): boolean =>
  offers(charm, action) && (charm.actionParameters?.[action]?.includes(parameter) ?? true)
