/** How long the life of units takes, in ms of the world's clock; each time varied by `jitter`. */
export interface Pace {
  /** Until a new unit has its machine or pod. */
  readonly allocate: number
  /** From there until its first hooks have run. */
  readonly install: number
  /** The hooks of a unit that goes, and its pod's end. */
  readonly remove: number
  /** Until the archive of a charm has come that an application was set to. */
  readonly download: number
  /** Unpacking another charm and `upgrade-charm`; on Kubernetes the new pod too. */
  readonly upgrade: number
  /** How long nobody leads after the leader's agent is gone: the lease runs out first. */
  readonly lease: number
  /** How long nobody leads after the leader went in good order: it gave the lease back. */
  readonly succession: number
  /** Until the container of a pod that is to end is killed, whatever runs in it. */
  readonly grace: number
  /** The share by which a time is longer or shorter. */
  readonly jitter: number
}

/** About what a small cloud needs; a lease of Juju runs for a minute, a pod has 30 seconds to end. */
export const usualPace: Pace = {
  allocate: 40_000,
  install: 60_000,
  remove: 15_000,
  download: 700,
  upgrade: 30_000,
  lease: 60_000,
  succession: 5000,
  grace: 30_000,
  jitter: 0.2,
}

/** Units that come and go in moments, where the machine's own clock runs. */
export const quickPace: Partial<Pace> = {allocate: 50, install: 50, remove: 50, lease: 100, succession: 50}
