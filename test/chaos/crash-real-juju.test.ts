/** Crashes and lost replies on Juju's own API server, at every effect that goes to it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {RESOLVE_ANNOTATION} from '../../src/api/meta.ts'
import {openIntentTime} from '../../src/controllers/backup-job/calls.ts'
import {confirmedRestore} from '../runtime/support/restore-spec.ts'
import {RealJujuWorld, startRealDatabase, type RealDatabase} from './real-juju/world.ts'
import {ran, restartIfKilled, succeeded, toTheEnd} from './story.ts'
import {everything} from './tell-each.ts'
import {Trouble, type TroubleKind} from './trouble.ts'

const storageRef = {name: 'backups'}
/** Every virtual second costs calls to the server: each look of an agent is one. */
const afterwardsMs = 20_000
const validForMs = 1_200_000

interface Story {
  readonly ids: string
  readonly name: string
  /** In an ordinary run; with `CHARMKEEPER_EVERY_TROUBLE=1` all of them: each point of a story takes seconds. */
  readonly kinds: readonly TroubleKind[]
  /** `spec` of the job */
  readonly spec: (world: RealJujuWorld, run: string) => Record<string, unknown>
  readonly runs: Readonly<Record<string, number>>
  /** A story that met fewer effects in Juju did not take place. */
  readonly fewest: number
}

const backup: Story = {
  ids: 'S1.5 S2.11',
  name: 'a backup that is proved in the store',
  kinds: ['reply lost'],
  spec: () => ({storageRef}),
  runs: {'create-backup': 1},
  fewest: 2,
}

/** The ledger holds 20 requests, each until its confirmation is over. */
function soon({application, clock, juju: {modelUUID}}: RealJujuWorld): Record<string, unknown> {
  const validUntil = new Date(clock.now() + validForMs).toISOString()
  return {confirmation: {application, modelUUID, validUntil}}
}

const restore: Story = {
  ids: 'S1.5 S1.30 S2.11',
  name: 'a restore with scale-down and scale-up',
  kinds: ['killed after'],
  spec: (world, run) => confirmedRestore(world, run, {replicas: 'Rebuild', ...soon(world)}, {storageRef}),
  runs: {restore: 1},
  fewest: 4,
}

/** Plays the story with trouble at one effect in Juju. @returns whether there was such an effect */
async function playWith(database: RealDatabase, story: Story, kind: TroubleKind, nth: number): Promise<boolean> {
  const trouble = new Trouble({kind, nth, of: 'effects in Juju'})
  const world = await RealJujuWorld.open(database, trouble.transport)
  try {
    world.storage()
    trouble.begin(world)
    const run = `${story.runs['restore'] === undefined ? 'backup' : 'restore'}-${kind.replace(' ', '-')}-${nth}`
    const spec = story.spec(world, run)
    world.apply(run, spec)
    const endsOrAsks = () => world.finished(run) || world.reason(run) === 'OutcomeUnknown'
    await world.until('it ends, asks or dies', () => endsOrAsks() || world.operator.isKilled)
    await restartIfKilled(world)
    await world.until('it ends or asks', endsOrAsks)
    if (!world.finished(run)) await tellTheTruth(world, run, spec)
    await toTheEnd(world, run, () => restartIfKilled(world), afterwardsMs)
    const units = await world.look()
    succeeded(world, run, trouble.where)
    ran(world, story.runs, trouble.where)
    assert.equal(units, 2, `${trouble.where}: units`)
    return trouble.happened
  } catch (error) {
    throw new Error(`${story.name} (${trouble.where})\n${await world.situation().catch(String)}`, {cause: error})
  } finally {
    await world.stop()
  }
}

/**
 * Units whose charm has spoken since the intent prove nothing, and the operator asks. The person looks into Juju, and answers with
 * what is there.
 */
async function tellTheTruth(world: RealJujuWorld, name: string, spec: Record<string, unknown>): Promise<void> {
  await world.look()
  const {status} = world.job(name) ?? {}
  const happened = world.tasks(status?.intent?.action ?? '').length > 0
  const answer = `${openIntentTime(status)}=${happened ? 'Happened' : 'DidNotHappen'}`
  world.apply(name, spec, {[RESOLVE_ANNOTATION]: answer})
}

/** Each story has a database of its own, of which a backup is there already. */
for (const story of [backup, restore]) {
  const kinds = process.env['CHARMKEEPER_EVERY_TROUBLE'] === '1' ? everything : story.kinds
  test(`${story.ids} ${story.name} on Juju's own API server: ${kinds.join(', ')} at every effect in Juju in turn, the story ends the same, once`, async t => {
    const database = await startRealDatabase()
    t.after(() => database.stop())
    assert.equal(await playWith(database, backup, 'killed before', Number.POSITIVE_INFINITY), false)
    await database.engine.write()
    for (const kind of kinds) {
      let nth = 1
      while (await playWith(database, story, kind, nth)) nth += 1
      assert.ok(nth > story.fewest, `${kind}: only ${nth - 1} effects were met`)
    }
  })
}
