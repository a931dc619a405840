import assert from 'node:assert/strict'
import type {DatabaseCharmId} from '../charms/memory-database.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'
import {JobsWorld, type DatabaseWorldOptions} from '../runtime/support/jobs-world.ts'
import type {OperatorWorld} from '../runtime/support/operator-world.ts'
import {Trouble, type TroubleKind, type TroublePoint} from './trouble.ts'

export type AnyWorld = JobsWorld<unknown>

/** One thing that a person wants, from the first command to its end, which has to come out the same whatever happens meanwhile. */
export interface Story<Id extends DatabaseCharmId = DatabaseCharmId> {
  readonly name: string
  readonly charm: Id
  readonly profile: Extract<ProfileName, '3.6.14' | '4.0.12'>
  readonly options?: DatabaseWorldOptions<Id>
  /** What has happened before it, without any trouble. */
  readonly prepare?: (world: AnyWorld) => Promise<void>
  /** Sets the story off. @param crashed to be called when it ended, or the process is dead: starts another process then */
  readonly play: (world: AnyWorld, crashed: () => Promise<void>) => Promise<void>
  /** @param where what happened, for the message */
  readonly check: (world: AnyWorld, where: string) => void
}

/** Plays the story with trouble at one point. @returns whether the point was reached */
export async function playWith(story: Story, point: TroublePoint): Promise<boolean> {
  const trouble = new Trouble(point)
  const {charm, profile, options} = story
  const world: AnyWorld = await JobsWorld.open(charm, {...options, profile, transport: trouble.transport})
  try {
    await story.prepare?.(world)
    trouble.begin(world)
    await story.play(world, () => restartIfKilled(world))
    story.check(world, trouble.where)
    return trouble.happened
  } catch (error) {
    throw new Error(`${story.name} with ${charm} on Juju ${profile} (${trouble.where})`, {cause: error})
  } finally {
    await world.stop()
  }
}

export const restartIfKilled = (world: OperatorWorld): Promise<void> =>
  world.operator.isKilled ? world.restartOperator() : Promise.resolve()

/** Plays the story again and again, with trouble at each point in turn. @returns how many points there were */
export async function playWithEach(story: Story, kind: TroubleKind, of: TroublePoint['of']): Promise<number> {
  let nth = 1
  while (await playWith(story, {kind, nth, of})) nth += 1
  return nth - 1
}

/** Lets a job come to its end, and a while pass after it in which something might still be done twice. */
export async function toTheEnd(
  world: OperatorWorld,
  name: string,
  crashed: () => Promise<void>,
  afterwardsMs = 120_000,
): Promise<void> {
  await world.until(
    'the story ends or the process',
    () => world.finished(name) || world.operator.isKilled,
    6 * 3_600_000,
  )
  await crashed()
  await world.untilFinished(name, 6 * 3_600_000)
  await world.pass(afterwardsMs)
}

/** It succeeded, and nothing is held any more. */
export function succeeded(world: OperatorWorld, name: string, where: string): void {
  assert.equal(world.reason(name), 'Succeeded', `${where}: ${world.message(name)}`)
  assert.deepEqual(world.job(name)?.metadata.finalizers ?? [], [], `${where}: finalizers`)
}

/** Each of these actions was run so often. */
export function ran(
  world: {tasks(action: string): readonly unknown[]},
  counts: Readonly<Record<string, number>>,
  where: string,
): void {
  for (const [action, count] of Object.entries(counts))
    assert.equal(world.tasks(action).length, count, `${where}: runs of ${action}`)
}
