import type {UnitStatus} from '../../charms/machine.ts'

/** A status with the time since which it stands. */
export interface StatusSince {
  readonly status: string
  readonly message: string
  /** ms since the epoch */
  readonly since: number
}

/** A new status, or the old one when nothing changed: Juju keeps `since` then. */
export function changeStatus(old: StatusSince | undefined, next: UnitStatus | StatusSince, now: number): StatusSince {
  if (old !== undefined && old.status === next.status && old.message === next.message) return old
  return {status: next.status, message: next.message, since: now}
}
