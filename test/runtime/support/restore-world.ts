import assert from 'node:assert/strict'
import type {TestContext} from 'node:test'
import type {BackupJobStatus} from '../../../src/api/backup-job.ts'
import {JobsWorld, type JobsWorldOptions} from './jobs-world.ts'
import {confirmed, type AnyWorld} from './restore-spec.ts'

export {units} from './restore-spec.ts'

export const minute = 60_000
export const hour = 60 * minute
export const storageRef = {name: 'backups'}
/** The other units are removed and added again. */
export const rebuild = {replicas: 'Rebuild'}

/** A world with one backup of PostgreSQL, called `first`, that ends with the test. */
export async function withABackup(t: TestContext, options: JobsWorldOptions = {}): Promise<JobsWorld> {
  const world = await JobsWorld.startFor(t, options)
  world.storage()
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  return world
}

/** `spec.restore` of a restore that may be carried out, of the newest backup unless told otherwise. */
export const execute = (world: AnyWorld, restore: Record<string, unknown> = {}): Record<string, unknown> =>
  confirmed(world, 'restore-1', restore)

/** `spec` of such a restore. */
export const restoring = (
  restore: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({type: 'Restore', storageRef, restore, ...more})

/** Names of the steps in the status; those that are not over say so. */
export const steps = (status: BackupJobStatus | undefined): string[] =>
  (status?.restore?.steps ?? []).map(({name, finishedAt}) => `${name}${finishedAt === undefined ? ' open' : ''}`)

/** When the step began, or undefined. */
export const begun = (world: JobsWorld, name: string, step: string): string | undefined =>
  world.job(name)?.status?.restore?.steps?.find(one => one.name === step)?.startedAt
