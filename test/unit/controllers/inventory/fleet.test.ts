import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import type {JujuModel} from '../../../../src/api/juju-model.ts'
import {inventoryController} from '../../../../src/controllers/inventory/controller.ts'
import {Inventory} from '../../../../src/controllers/inventory/inventory.ts'
import type {ReadOnlyAction} from '../../../../src/controllers/juju-actions/action-reader.ts'
import type {ModelDirectory, ModelHandle, ModelLookup} from '../../../../src/controllers/juju-model/directory.ts'
import {silentLogger} from '../../../../src/observability/log.ts'
import {noRuntimeMetrics} from '../../../../src/runtime/metrics.ts'
import type {Store} from '../../../../src/runtime/store.ts'
import {sleep} from '../../../../src/time/clock.ts'
import {settle, VirtualClock} from '../../../support/virtual-clock.ts'

const minute = 60_000
const models = 200
const applications = ['db0', 'db1', 'db2', 'db3', 'db4']

function emptyStore<T>(list: readonly T[] = []): Store<T> {
  return {
    get: () => list[0],
    list: () => list,
    byIndex: () => [],
    invalid: () => undefined,
    listInvalid: () => [],
    size: list.length,
  }
}

/** A model with five databases, as far as the inventory looks at it. */
function handle(name: string, access: 'read' | 'write'): ModelHandle {
  const unit = {life: 'alive', workload: {status: 'active', message: ''}, agent: {status: 'idle'}, leader: true}
  const databases = applications.map(app => {
    const units = [0, 1, 2].map(number => ({...unit, name: `${app}/${number}`}))
    const charm = {charmName: 'postgresql', channel: '16/stable', charmURL: 'ch:postgresql-843', workloadVersion: ''}
    return [app, {name: app, revision: 843, ...charm, units}] as const
  })
  const snapshots = {latest: {status: {applications: new Map(databases)}, unfinished: [], tasks: new Map()}}
  return {namespace: 'fleet', name, modelUUID: name, access, session: {}, snapshots} as unknown as ModelHandle
}

/** A fleet whose listings take two seconds each, with a tick of snapshots every minute. */
function start(
  t: TestContext,
  {figures = false, access = 'write'}: {figures?: boolean; access?: 'read' | 'write'} = {},
) {
  const clock = new VirtualClock()
  const handles = new Map(Array.from({length: models}, (_, index) => [`m${index}`, handle(`m${index}`, access)]))
  const listeners: ((key: {namespace: string; name: string}) => void)[] = []
  const directory: ModelDirectory = {
    lookup: (_, name): ModelLookup => {
      const found = handles.get(name)
      return found ? {found: true, ready: true, handle: found} : {found: false, message: ''}
    },
    byUUID: uuid => handles.get(uuid),
    onChange: listener => {
      listeners.push(listener)
      return () => undefined
    },
    hold: () => () => undefined,
  }
  const asked: {which: ReadOnlyAction; at: number}[] = []
  const running = new Map<string, number>()
  let most = 0
  const read = async (_: unknown, which: ReadOnlyAction) => {
    asked.push({which, at: clock.monotonic()})
    running.set(which.model, (running.get(which.model) ?? 0) + 1)
    assert.equal(running.get(which.model), 1, 'one at a time in a model')
    most = Math.max(
      most,
      [...running.values()].reduce((sum, one) => sum + one, 0),
    )
    await sleep(clock, 2_000)
    running.set(which.model, 0)
    return {}
  }
  const databases = applications.map(name => ({name, charm: 'postgresql', units: 3, backups: {count: 1, unmanaged: 0}}))
  const status = figures ? {databases} : {}
  const common = {clock, random: Math.random}
  const {controller, close} = inventoryController({
    ...common,
    inventory: new Inventory({...common, jobs: {store: emptyStore(), onEvent: () => undefined}}),
    models: directory,
    modelStore: emptyStore([{status} as JujuModel]),
    jobs: emptyStore<BackupJob>(),
    actions: {read, onOutput: () => () => undefined},
    onLearnt: () => undefined,
    log: silentLogger,
    runtimeMetrics: noRuntimeMetrics,
  })
  const stop = new AbortController()
  t.after(() => {
    stop.abort()
    close()
  })
  void controller.run(stop.signal)
  const pass = async (minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed++) {
      for (const name of handles.keys()) for (const listener of listeners) listener({namespace: 'fleet', name})
      // It takes several turns of the event loop to hear of them all, and no time.
      while (controller.backlog > 0) await settle()
      for (let step = 0; step < 30; step++) await clock.advance(2_000)
    }
  }
  return {asked, pass, most: () => most}
}

test('S1.19 the 1,000 databases of 200 models are listed a few at a time, each once, and all before long', async t => {
  const fleet = start(t)
  await fleet.pass(10)
  assert.equal(fleet.most(), 8)
  assert.equal(new Set(fleet.asked.map(({which}) => `${which.model} ${which.application}`)).size, 1000)
  assert.equal(fleet.asked.length, 1000)
  const firstTurn = new Set(fleet.asked.slice(0, models).map(({which}) => which.model))
  assert.equal(firstTurn.size, models, 'every model has had a turn before any has a second one')
})

test('S1.19 an operator that was started anew asks nobody again within a quarter of an hour, and then spreads out', async t => {
  const fleet = start(t, {figures: true})
  await fleet.pass(14)
  assert.equal(fleet.asked.length, 0)
  await fleet.pass(10)
  assert.equal(fleet.asked.length, 1000)
  const times = fleet.asked.map(({at}) => at)
  assert.ok(Math.max(...times) - Math.min(...times) > 2 * minute)
})

test('with read access nothing is asked', async t => {
  const fleet = start(t, {access: 'read'})
  await fleet.pass(20)
  assert.equal(fleet.asked.length, 0)
})
