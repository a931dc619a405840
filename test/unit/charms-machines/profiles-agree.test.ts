import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {CharmProfile, RestoreCapability, SettleQuestion, TimedUnitView} from '../../../src/charms/index.ts'
import type {TaskInfo} from '../../../src/juju/index.ts'
import {databaseCharmIds} from '../../charms/memory-database.ts'
import type {DatabaseCharmId} from '../../charms/memory-database.ts'
import {knownProfile} from './known-profile.ts'
import {played} from './new-charms-play.ts'
import type {Played} from './new-charms-play.ts'

const minute = 60_000

function unitsOf({control, unit}: Played<DatabaseCharmId>): readonly TimedUnitView[] {
  const application = control.application(unit(0).replace('/0', ''))
  return [...application.units.values()].map(({name, workload, agent}) => ({
    name,
    workloadStatus: workload.status,
    workloadMessage: workload.message,
    workloadSince: workload.since,
    agentStatus: agent.status,
    leader: application.leader === name,
  }))
}

/** A backup as the operator makes it. @returns its id */
async function backedUp(world: Played<DatabaseCharmId>, {backup}: CharmProfile): Promise<string> {
  const {story, clock} = world
  const units = unitsOf(world)
  const primary = backup.primaryByStatus(units)
  const choice = backup.chooseUnit({units, primary, tls: false, unsuitable: []})
  assert.ok(choice.ok, JSON.stringify(choice))
  const parameters = backup.parameters({type: 'Full'})
  const made = await story.run(choice.unit, backup.createAction, parameters)
  assert.equal(made.status, 'completed', made.message)
  await clock.advance(10 * minute)
  const listed = await story.run(world.unit(0), backup.listAction, backup.listParameters)
  const listing = backup.parseListing(listed.output)
  assert.ok(listing.ok, JSON.stringify(listing))
  assert.deepEqual(
    listing.rows.map(({finished}) => finished),
    [true],
  )
  const id = listing.rows[0]?.id ?? ''
  if (backup.reportedID !== undefined) assert.equal(backup.reportedID(made.output) ?? id, id)
  return id
}

function question(world: Played<DatabaseCharmId>, task: TaskInfo, target: SettleQuestion['target']): SettleQuestion {
  const application = world.control.application(world.unit(0).replace('/0', ''))
  const {status, message, since} = application.status(world.clock.now())
  return {
    target,
    unit: world.unit(0),
    taskEndedAt: Date.parse(String(task.completed)),
    output: task.output,
    units: unitsOf(world),
    application: {workloadStatus: status, workloadMessage: message, since},
  }
}

async function scaledDown({control, clock, unit}: Played<DatabaseCharmId>): Promise<void> {
  for (const number of [2, 1]) await control.removeUnit(unit(number))
  await clock.advance(minute)
}

/** A restore of the backup as the operator makes it, until its profile says that it is over. */
async function restored(world: Played<DatabaseCharmId>, restore: RestoreCapability, id: string): Promise<string> {
  if (restore.units === 'Single') await scaledDown(world)
  const {story, clock} = world
  const task = await story.run(world.unit(0), restore.action, restore.parameters({backupID: id}))
  assert.equal(task.status, 'completed', task.message)
  for (let passed = 0; passed < 30; passed++) {
    const {state} = restore.settlement(question(world, task, {backupID: id}))
    if (state !== 'Running') return state
    await clock.advance(minute)
  }
  return 'never'
}

for (const id of databaseCharmIds)
  test(`the profile of ${id} understands its machine: unit, backup, listing, restore and its end`, async t => {
    const world = (await played(t, id)) as unknown as Played<DatabaseCharmId>
    const profile = knownProfile(world.charm)
    const backup = await backedUp(world, profile)
    if (profile.restore !== undefined) assert.equal(await restored(world, profile.restore, backup), 'Done')
  })
