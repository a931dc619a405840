import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {test} from 'node:test'
import {promisify} from 'node:util'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const minute = 60_000
const hour = 60 * minute

/** A day in which everything that is up to chance happens. @returns every frame, byte for byte, and the call log */
async function day(profile: ProfileName, seed: number): Promise<{frames: string; calls: string}> {
  const clock = new VirtualClock()
  const {seed: model, engine} = memoryPostgresqlModel({clock, durations: {full: 10 * minute}})
  const juju = await startSimulatedJuju({profile, clock, models: [model], seed, checksParams: false})
  const {life} = juju.control.model()
  const client = await RawClient.login(juju, `/model/${juju.modelUUID}/api`, juju.username, juju.password)
  const frames: string[] = []
  client.socket.on('message', (data: Buffer) => frames.push(data.toString('utf8')))
  life.stranger({action: 'list-backups', every: 2 * hour})
  const look = async (): Promise<void> => {
    await client.call('Client', 8, 'FullStatus')
    await client.call('Action', 7, 'ListOperations', {
      applications: [],
      units: [],
      machines: [],
      actions: [],
      status: [],
    })
  }
  life.startUnit('postgresql')
  for (let step = 0; step < 4; step++) {
    await clock.advance(30_000)
    await look()
  }
  await client.call('Action', 7, 'EnqueueOperation', {
    actions: [{name: 'create-backup', receiver: 'unit-postgresql-1'}],
  })
  life.refresh('postgresql', postgresqlCharm({engine, revision: 500}))
  await clock.advance(20 * minute)
  await look()
  life.killAgent('postgresql/0')
  await clock.advance(20 * hour)
  await look()
  client.close()
  await juju.stop()
  return {frames: frames.join(''), calls: JSON.stringify(juju.calls.all)}
}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`on ${profile} the same seed gives the same frames and the same call log, byte for byte`, async () => {
    const [one, other] = [await day(profile, 42), await day(profile, 42)]
    assert.equal(other.frames, one.frames)
    assert.equal(other.calls, one.calls)
    assert.ok(one.frames.length > 10_000)
  })

  test(`on ${profile} another seed gives other moments, units and ids`, async () => {
    const [one, other] = [await day(profile, 42), await day(profile, 43)]
    assert.notEqual(other.frames, one.frames)
    const uuids = [one, other].map(({calls}) => /"model":"([^"]+)"/.exec(calls)?.[1])
    assert.notEqual(uuids[0], uuids[1])
  })
}

test('without a seed every Juju is another one, and says its seed', async () => {
  const start = async () => {
    const clock = new VirtualClock()
    const juju = await startSimulatedJuju({profile: '3.6.14', clock, models: [memoryPostgresqlModel({clock}).seed]})
    await juju.stop()
    return juju
  }
  const [one, other] = [await start(), await start()]
  assert.notEqual(one.seed, other.seed)
  assert.notEqual(one.modelUUID, other.modelUUID)
})

test('a test that fails tells the seed, one that passes does not', async t => {
  const folder = await mkdtemp(path.join(tmpdir(), 'seed-'))
  t.after(() => rm(folder, {recursive: true}))
  const file = path.join(folder, 'failing.test.mjs')
  const teller = new URL('../../juju-simulator/seed-on-failure.ts', import.meta.url).href
  const source = `import {test} from 'node:test'
import {tellSeedOnFailure} from ${JSON.stringify(teller)}
test('fails', t => { tellSeedOnFailure(t, {seed: 4711}); throw new Error('no') })
test('passes', t => { tellSeedOnFailure(t, {seed: 4712}) })
`
  await writeFile(file, source)
  const {NODE_TEST_CONTEXT: _inherited, ...env} = process.env
  const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=spec', file], {env})
  const out = await run.then(
    ({stdout}) => stdout,
    (error: {stdout: string}) => error.stdout,
  )
  assert.match(out, /startSimulatedJuju\(\{seed: 4711, \.\.\.\}\)/)
  assert.doesNotMatch(out, /4712/)
})
