/** What Juju's status shows of an application, as far as it tells of a refresh. */
export interface RefreshView {
  /** for example `ch:amd64/postgresql-468` */
  readonly charmURL: string
  readonly status: {readonly message: string}
  readonly units: readonly {
    readonly name: string
    /** the unit's own charm; '' proves nothing (Juju 4.x leaves it empty always) */
    readonly charmURL: string
    readonly workload: {readonly message: string}
  }[]
}

/** Texts of the application, of all three generations of refreshes (reference/charms.md, 3.4, 3.8 and 3.9). */
const applicationTexts = /^(Refreshing|Upgrading)\.|^(Refresh|Upgrade|Rollback) incompatible|^Determining if a refresh/
/** Texts that only a unit of an application in a refresh shows. */
const unitTexts =
  /; (Snap rev(ision)? \S+( \(outdated\))?; )?Charm(ed operator)? |^Rollback with `juju refresh`|^Refresh incompatible|^Unhealthy after refresh/

/**
 * Evidence that the charm of the application is being refreshed, in words; undefined if there is none.
 *
 * It can be missed in the first seconds on Juju 4, which does not tell the charms of units: until the charm itself says so.
 */
export function refreshEvidence({charmURL, status, units}: RefreshView): string | undefined {
  if (applicationTexts.test(status.message)) return `the charm says: ${status.message}`
  const behind = units.find(unit => unit.charmURL !== '' && unit.charmURL !== charmURL)
  if (behind !== undefined) return `${behind.name} has the charm ${behind.charmURL}, the application ${charmURL}`
  const telling = units.find(({workload}) => unitTexts.test(workload.message))
  return telling === undefined ? undefined : `${telling.name} says: ${telling.workload.message}`
}
