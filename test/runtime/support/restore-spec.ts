import type {JobsWorld} from './jobs-world.ts'
import type {OperatorWorld} from './operator-world.ts'

/** How long a confirmation of these holds, ms. */
const validForMs = 24 * 3_600_000

/** A world, whichever database it has. */
export type AnyWorld = Pick<JobsWorld, 'application' | 'clock' | 'juju'>
/** Whose data a confirmation may be about. */
type ConfirmedWorld = Pick<OperatorWorld, 'application' | 'clock'> & {readonly juju: {readonly modelUUID: string}}

/**
 * `spec.restore` of a restore that may be carried out: of the newest backup, on the units that there are, unless told otherwise.
 *
 * @param requestID never runs twice in a world
 */
export function confirmed(
  {application, clock, juju}: ConfirmedWorld,
  requestID: string,
  restore: Record<string, unknown> = {},
): Record<string, unknown> {
  const validUntil = new Date(clock.now() + validForMs).toISOString()
  const confirmation = {application, modelUUID: juju.modelUUID, validUntil}
  return {mode: 'Execute', confirmation, requestID, ...restore}
}

/** `spec` of such a restore. @param more other fields of it */
export const confirmedRestore = (
  world: ConfirmedWorld,
  requestID: string,
  restore: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({type: 'Restore', restore: confirmed(world, requestID, restore), ...more})

/** How many units the application has, with those on their way out. */
export const units = ({juju, application}: AnyWorld): number => juju.control.model().application(application).units.size
