import assert from 'node:assert/strict'
import {suite, test, type TestContext} from 'node:test'
import {charmOrigin} from '../../src/juju/charm-origin.ts'
import {addCharm as putIntoModel, resolveCharm} from '../../src/juju/charms.ts'
import type {ModelSession} from '../../src/juju/model-session.ts'
import {setAnnotations} from '../../src/juju/writes/annotations.ts'
import {cancel} from '../../src/juju/writes/cancel.ts'
import {destroyUnits} from '../../src/juju/writes/destroy-units.ts'
import {look} from '../../src/juju/writes/look.ts'
import {send} from '../../src/juju/writes/send.ts'
import {createSecret} from '../../src/juju/writes/secrets.ts'
import {setCharm} from '../../src/juju/writes/set-charm.ts'
import {setConfig, unsetConfig} from '../../src/juju/writes/settings.ts'
import {enqueue, exec} from '../../src/juju/writes/tasks.ts'
import {addUnits, scaleApplication} from '../../src/juju/writes/units.ts'
import type {Verdict, Write, WriteIntent} from '../../src/juju/writes/write.ts'
import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'
import {VirtualClock} from '../support/virtual-clock.ts'
import {advanceUntil} from '../unit/juju/session-world.ts'
import {simulatedSession} from './support/simulated-session.ts'

const callTimeoutMs = 30_000

type Simulated = Awaited<ReturnType<typeof simulatedSession>>

/** Lets virtual time pass until the work is over. */
async function passing<T>({clock}: Simulated, what: string, work: Promise<T>): Promise<T> {
  let over = false
  const done = work.finally(() => (over = true))
  done.catch(() => undefined)
  await advanceUntil(clock, what, () => over)
  return done
}

/** What the first look says that says anything; on the way every look asks for more time. */
async function settled<T, B, S, R>(
  world: Simulated,
  write: Write<T, B, S, R>,
  intent: WriteIntent<T, B>,
): Promise<Verdict<R>> {
  for (;;) {
    const verdict = await passing(world, 'a look', look(world.session, write, intent, {clock: world.clock}))
    if (verdict.kind !== 'NotYet') return verdict
    await passing(world, 'its time', world.clock.advance(Math.max(1, verdict.until - world.clock.now())))
  }
}

/** Sends a write whose reply is lost, after or instead of its effect. @returns what is found out about it */
async function lost<T, B, S, R>(
  world: Simulated,
  call: string,
  when: 'after' | 'before',
  write: Write<T, B, S, R>,
  target: T,
): Promise<{verdict: Verdict<R>; calls: number}> {
  const {session, clock, juju} = world
  const application = write.application(target)
  const before = await write.before(session, target)
  const controllerTime =
    application === undefined ? undefined : (await session.fullStatus([application])).controllerTime
  await clock.advance(1)
  const intent = {target, before, controllerTime, time: clock.now(), callTimeoutMs}
  if (when === 'after') juju.faults.calls.dropReply(call)
  else juju.faults.calls.resetBefore(call)
  const sent = await passing(world, 'the write', send(session, write, intent, {clock}))
  assert.equal(sent.kind, 'Uncertain')
  const verdict = await settled(world, write, intent)
  return {verdict, calls: juju.calls.count(call)}
}

interface Case {
  readonly call: string
  readonly play: (world: Simulated, when: 'after' | 'before') => Promise<{verdict: Verdict<unknown>; calls: number}>
  /** what the result of a write that happened has to hold */
  readonly result?: RegExp
  readonly platform?: 'Kubernetes'
  /** where an absent effect proves nothing */
  readonly absent?: 'Unknown'
}

/** A case of a target that is known beforehand. */
const simple = <T, B, S, R>(call: string, write: Write<T, B, S, R>, target: T, more: Partial<Case> = {}): Case => ({
  call,
  play: (world, when) => lost(world, call, when, write, target),
  ...more,
})

const backup = {unit: 'postgresql/1', action: 'create-backup', parameters: {type: 'full'}}
const integrator = 's3-integrator'

const cases: readonly Case[] = [
  {
    call: 'Action.EnqueueOperation',
    play: async (world, when) => {
      await world.session.enqueue({unit: 'postgresql/1', action: 'list-backups', parameters: {}})
      await advanceUntil(
        world.clock,
        'the listing ends',
        () => world.juju.control.model().tasks()[0]?.status === 'completed',
      )
      const found = await lost(world, 'Action.EnqueueOperation', when, enqueue, backup)
      return {...found, calls: world.juju.calls.enqueued('create-backup').length}
    },
    result: /"taskID":"\d+","unit":"postgresql\/1"/,
  },
  simple(
    'Action.Run',
    exec(),
    {unit: 'postgresql/0', command: 'is-leader', timeoutMs: 30_000},
    {
      result: /"unit":"postgresql\/0"/,
      absent: 'Unknown',
    },
  ),
  {
    call: 'Action.Cancel',
    play: async (world, when) => {
      const {taskID} = await world.session.enqueue(backup)
      await advanceUntil(world.clock, 'it runs', () => world.juju.control.model().tasks()[0]?.status === 'running')
      return lost(world, 'Action.Cancel', when, cancel, {taskID})
    },
    result: /"status":"(cancelled|aborting|aborted)"/,
  },
  simple('Annotations.Set', setAnnotations, {
    entity: {application: 'postgresql'},
    values: {'charmkeeper-ledger': '{}'},
  }),
  simple('Application.SetConfigs', setConfig, {application: integrator, values: {region: 'eu-west-1'}}),
  simple(
    'Secrets.CreateSecrets',
    createSecret,
    {label: 's3', description: 'keys of a store', content: {'access-key': 'AKIA'}},
    {result: /"secret:\w+"/},
  ),
  simple('Application.UnsetApplicationsConfig', unsetConfig, {application: integrator, names: ['region']}),
  simple(
    'Application.AddUnits',
    addUnits,
    {application: 'postgresql', count: 2},
    {
      result: /\["postgresql\/3","postgresql\/4"\]/,
    },
  ),
  simple('Application.DestroyUnit', destroyUnits, {
    application: 'postgresql',
    units: ['postgresql/2'],
    destroyStorage: false,
  }),
  simple(
    'Application.ScaleApplications',
    scaleApplication,
    {application: 'postgresql-k8s', scale: 4},
    {
      result: /4/,
      platform: 'Kubernetes',
    },
  ),
  {
    call: 'Application.SetCharm',
    play: async (world, when) => lost(world, 'Application.SetCharm', when, setCharm, await newest(world.session)),
  },
]

/** The newest revision that Charmhub has for PostgreSQL, in the model. */
async function newest(session: ModelSession) {
  const {url, origin} = await charmOrigin(session, 'postgresql')
  const found = await resolveCharm(session, {url: url.replace(/-\d+$/, ''), origin, switchCharm: false})
  assert.notEqual(found.url, url)
  return {application: 'postgresql', url: found.url, origin: await putIntoModel(session, found)}
}

function world(t: TestContext, profile: ProfileName, platform: Case['platform']): Promise<Simulated> {
  const clock = new VirtualClock(systemClock.now())
  const charm = platform === 'Kubernetes' ? ('postgresql-k8s-14' as const) : ('postgresql-14' as const)
  const access = {operator: 'admin'} as const
  const durations = {full: 3_600_000}
  const {seed, charm: deployed} = memoryPostgresqlModel({clock, charm, durations, model: {access}})
  const revised = deployed.revised(deployed.description.revision + 10)
  // A Cancel that is refused is no lost write; 4.0 refuses them all.
  const quirks = {cancelFails: false}
  return simulatedSession(t, profile, {clock, models: [seed], charmhub: [deployed, revised], quirks})
}

for (const profile of ['3.6.14', '4.0.12'] as const)
  suite(`writes whose reply is lost, on a simulated Juju ${profile}`, () => {
    for (const {call, play, result = /./s, platform, absent = 'DidNotHappen'} of cases) {
      test(`S1.5 ${call} that happened is found, and was sent once`, async t => {
        const {verdict, calls} = await play(await world(t, profile, platform), 'after')
        assert.equal(verdict.kind, 'Happened', JSON.stringify(verdict))
        assert.match(`${JSON.stringify(verdict.kind === 'Happened' ? verdict.result : '')} `, result)
        assert.equal(calls, 1)
      })

      test(`S1.5 ${call} that did not arrive is known not to have happened, and was not sent again`, async t => {
        const {verdict, calls} = await play(await world(t, profile, platform), 'before')
        assert.equal(verdict.kind, absent, JSON.stringify(verdict))
        assert.equal(calls, 1)
      })
    }
  })
