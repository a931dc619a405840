import assert from 'node:assert/strict'
import {HookActions} from '../charms/hook-actions.ts'
import type {PostgresqlCharmId} from '../charms/postgresql/dialect.ts'
import {MemoryPostgresql} from '../charms/postgresql/memory-engine.ts'
import {ran, succeeded, toTheEnd, type AnyWorld, type Story} from './story.ts'

type Where = Pick<Story, 'charm' | 'profile'>
type WherePostgresql = Where & {readonly charm: PostgresqlCharmId}

const storageRef = {name: 'backups'}
const hour = 3_600_000

/** A backup that is proved in the charm's listing. */
export const backup = (where: Where): Story => ({
  ...where,
  name: 'a backup',
  play: async (world, crashed) => {
    world.apply('first')
    await toTheEnd(world, 'first', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'first', what)
    ran(world, {'create-backup': 1}, what)
  },
})

/** A backup that is proved in the store, too. */
export const storedBackup = (where: Where): Story => ({
  ...where,
  name: 'a backup that is proved in the store',
  prepare: async world => world.storage(),
  play: async (world, crashed) => {
    world.apply('first', {storageRef})
    await toTheEnd(world, 'first', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'first', what)
    ran(world, {'create-backup': 1}, what)
    assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInStore', what)
  },
})

/** Where Juju can cancel a running task: 4.x cannot. */
export const forcedCancel = (charm: PostgresqlCharmId): Story<PostgresqlCharmId> => ({
  name: 'a forced cancel',
  charm,
  profile: '3.6.14',
  options: {durations: {full: hour}},
  play: async (world, crashed) => {
    world.apply('first')
    await world.until(
      'the backup runs, or the process is dead',
      () => world.tasks('create-backup')[0]?.status === 'running' || world.operator.isKilled,
    )
    world.apply('first', {cancel: 'Force'})
    await toTheEnd(world, 'first', crashed)
  },
  check: (world, what) => {
    assert.equal(world.reason('first'), 'Cancelled', `${what}: ${world.message('first')}`)
    assert.ok(world.enqueued <= 1, `${what}: backups that were run`)
    const ends = world.tasks('create-backup').map(task => task.status)
    assert.ok(
      ends.every(end => end === 'aborted' || end === 'cancelled'),
      `${what}: ${ends.join(', ')}`,
    )
  },
})

/** A hook before and one after, each of which runs once. */
export const hooked = (where: WherePostgresql): Story<PostgresqlCharmId> => ({
  ...where,
  name: 'a backup between hooks',
  options: {hooks: new HookActions()},
  play: async (world, crashed) => {
    world.apply('first', {hooks: {pre: [{action: 'pause'}], post: [{action: 'resume', params: {mode: 'slow'}}]}})
    await toTheEnd(world, 'first', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'first', what)
    ran(world, {pause: 1, 'create-backup': 1, resume: 1}, what)
  },
})

/** A backup that is there already is adopted. */
export const imported = (where: Where): Story => ({
  ...where,
  name: 'an import',
  prepare: async world => {
    world.storage()
    await backedUp(world)
  },
  play: async (world, crashed) => {
    const importID = world.job('first')?.status?.backupID
    world.apply('adopted', {storageRef, backup: {importID}})
    await toTheEnd(world, 'adopted', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'adopted', what)
    ran(world, {'create-backup': 1}, what)
    assert.equal(world.job('adopted')?.status?.backupID, world.job('first')?.status?.backupID, what)
  },
})

/** Down to the survivor, the restore, and up again. */
export const restore = (where: Where): Story => restoreOf(where, 'a restore with scale-down and scale-up', () => ({}))

/** The same to a moment, where the charm can. */
export const momentRestore = (where: WherePostgresql): Story =>
  restoreOf(where, 'a restore to a moment', world => ({pointInTime: momentAfterTheBackup(world)}))

/** Where the charm restores on however many units there are, and what it has done is told by its listing alone. */
export const restoreInPlace = (where: Where, action = 'restore'): Story => ({
  ...where,
  name: 'a restore on the units that there are',
  prepare: world => backedUp(world, {}),
  play: async (world, crashed) => {
    world.apply('back', {type: 'Restore', restore: {...confirmed(world), replicas: 'Refuse'}})
    await toTheEnd(world, 'back', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'back', what)
    ran(world, {'create-backup': 1, [action]: 1}, what)
    assert.equal(world.juju.control.model().application(world.application).units.size, 3, `${what}: units`)
  },
})

const restoreOf = (where: Where, name: string, source: (world: AnyWorld) => Record<string, unknown>): Story => ({
  ...where,
  name,
  prepare: async world => {
    world.storage()
    await backedUp(world)
    await world.pass(60_000)
    // The archive reaches up to here.
    if (world.engine instanceof MemoryPostgresql) await world.engine.write()
  },
  play: async (world, crashed) => {
    world.apply('back', {type: 'Restore', storageRef, restore: {...confirmed(world), ...source(world)}})
    await toTheEnd(world, 'back', crashed)
  },
  check: (world, what) => {
    succeeded(world, 'back', what)
    ran(world, {'create-backup': 1, restore: 1}, what)
    assert.equal(world.juju.control.model().application(world.application).units.size, 3, `${what}: units`)
  },
})

async function backedUp(world: AnyWorld, spec: Record<string, unknown> = {storageRef}): Promise<void> {
  world.apply('first', spec)
  await world.untilFinished('first', 4 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
}

function confirmed(world: AnyWorld): Record<string, unknown> {
  const {modelUUID} = world.job('first')?.status ?? {}
  const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
  const confirmation = {application: world.application, modelUUID, validUntil}
  return {mode: 'Execute', replicas: 'Rebuild', requestID: 'restore-1', confirmation}
}

function momentAfterTheBackup(world: AnyWorld): string {
  const ended = Date.parse(world.job('first')?.status?.completionTime ?? '')
  return new Date(ended + 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}
