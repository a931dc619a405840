import assert from 'node:assert/strict'
import {test} from 'node:test'
import {JobsWorld} from './support/jobs-world.ts'

const minute = 60_000

/** What the operator wrote into its own objects, by path. */
function writes(world: JobsWorld, since: number): readonly string[] {
  return world.kube.server.calls
    .slice(since)
    .filter(({method, path}) => method !== 'GET' && path.includes('/charmkeeper.dev/'))
    .map(({method, path}) => `${method} ${path}`)
}

for (const state of ['finished', 'running', 'queued'] as const) {
  test(`while nothing happens nothing is written, although every call takes time: a ${state} BackupJob`, async t => {
    const world = await JobsWorld.start({durations: {full: state === 'finished' ? minute : 12 * 60 * minute}})
    world.endWith(t)
    world.storage()
    world.apply('job')
    if (state === 'finished') await world.untilFinished('job')
    else await world.untilReason('job', 'Running')
    if (state === 'queued') {
      world.apply('waiting')
      await world.untilReason('waiting', 'Queued')
    }
    await world.pass(5 * minute)
    const before = world.kube.server.calls.length
    const asked = world.juju.calls.all.length
    await world.pass(30 * minute)
    assert.ok(world.juju.calls.all.length >= asked + 30, 'the model was read all the time')
    assert.deepEqual(writes(world, before), [])
  })
}
