import type {JobsWorld} from './jobs-world.ts'

/** How long a confirmation of these holds, ms: longer than any restore that a test plays. */
const validForMs = 14 * 24 * 3_600_000

/** A world, whichever database it has. */
export type AnyWorld = Pick<JobsWorld, 'application' | 'clock' | 'juju'>

/**
 * The spec of a restore that may be carried out: of the newest backup, on the units that there are, unless told otherwise.
 *
 * @param requestID never runs twice in a world
 * @param restore fields of `spec.restore` beside those of a confirmed restore
 * @param more fields of `spec` itself
 */
export function confirmedRestore(
  world: AnyWorld,
  requestID: string,
  restore: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const validUntil = new Date(world.clock.now() + validForMs).toISOString()
  const confirmation = {application: world.application, modelUUID: world.juju.modelUUID, validUntil}
  return {type: 'Restore', restore: {mode: 'Execute', confirmation, requestID, ...restore}, ...more}
}
