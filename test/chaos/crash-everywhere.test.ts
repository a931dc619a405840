import {test} from 'node:test'
import assert from 'node:assert/strict'
import {JobsWorld} from '../runtime/support/jobs-world.ts'
import {Crash, type CrashPoint} from '../runtime/support/crash.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'

type AnyWorld = JobsWorld<unknown>

interface Story<World extends AnyWorld = AnyWorld> {
  readonly name: string
  readonly profile: '3.6.14' | '4.0.12'
  readonly start: (options: {profile: ProfileName; transport: Crash['transport']}) => Promise<World>
  /** sets the story off, and says when it is over */
  readonly play: (world: World, crashed: () => Promise<void>) => Promise<void>
  readonly check: (world: World, where: string) => void
}

const succeededOnce = (world: AnyWorld, where: string): void => {
  assert.equal(world.reason('first'), 'Succeeded', `${where}: ${world.message('first')}`)
  assert.equal(world.enqueued, 1, `${where}: backups that were run`)
  assert.deepEqual(world.job('first')?.metadata.finalizers ?? [], [], `${where}: finalizers`)
}

const backup: Story['play'] = async (world, crashed) => {
  world.apply('first')
  await world.until('the story ends or the process', () => world.finished('first') || world.operator.isKilled)
  await crashed()
  await world.untilFinished('first')
  await world.pass(120_000)
}

const cancelled: Story<JobsWorld>['play'] = async (world, crashed) => {
  world.engine.durations.full = 3_600_000
  world.apply('first')
  await world.until(
    'the backup runs, or the process is dead',
    () => world.tasks('create-backup')[0]?.status === 'running' || world.operator.isKilled,
  )
  world.apply('first', {cancel: 'Force'})
  await world.until('the story ends or the process', () => world.finished('first') || world.operator.isKilled)
  await crashed()
  await world.untilFinished('first')
  await world.pass(120_000)
}

const postgresql = (options: {profile: ProfileName; transport: Crash['transport']}) => JobsWorld.start(options)
const mysql = (options: {profile: ProfileName; transport: Crash['transport']}) => JobsWorld.startMysql(options)

const forcedCancel: Story<JobsWorld> = {
  name: 'a forced cancel',
  profile: '3.6.14',
  start: postgresql,
  play: cancelled,
  check: (world, where) => {
    assert.equal(world.reason('first'), 'Cancelled', `${where}: ${world.message('first')}`)
    assert.ok(world.enqueued <= 1, `${where}: backups that were run`)
    assert.ok(
      world.tasks('create-backup').every(task => task.status === 'aborted' || task.status === 'cancelled'),
      where,
    )
  },
}

/** Plays the story with the process killed at one point. @returns whether the point was reached */
async function playWith<World extends AnyWorld>(story: Story<World>, point: CrashPoint): Promise<boolean> {
  const crash = new Crash(point)
  const world = await story.start({profile: story.profile, transport: crash.transport})
  crash.watch(world)
  try {
    await story.play(world, () => (crash.happened ? world.restartOperator() : Promise.resolve()))
    story.check(world, `killed ${point.when} effect ${point.effect} (${crash.effects[point.effect - 1]})`)
    return crash.happened
  } finally {
    await world.stop()
  }
}

function survives<World extends AnyWorld>(story: Story<World>): void {
  for (const when of ['before', 'after'] as const)
    test(`S1.5 S2.11 ${story.name} on Juju ${story.profile}: killed ${when} every effect in turn, the story ends the same, once`, async () => {
      let effect = 1
      while (await playWith(story, {effect, when})) effect += 1
      assert.ok(effect > 12, `only ${effect - 1} effects were met; the story has more`)
    })
}

survives({name: 'a backup', profile: '3.6.14', start: postgresql, play: backup, check: succeededOnce})
survives({name: 'a backup', profile: '4.0.12', start: postgresql, play: backup, check: succeededOnce})
survives({name: 'a MySQL backup', profile: '3.6.14', start: mysql, play: backup, check: succeededOnce})
survives({name: 'a MySQL backup', profile: '4.0.12', start: mysql, play: backup, check: succeededOnce})
survives(forcedCancel)
