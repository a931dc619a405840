import fc from 'fast-check'
import {JujuFault} from '../juju-simulator/juju-fault.ts'
import type {TroubledWorld} from './troubled-world.ts'

/** Something that a person, a stranger, Juju, the API server or the machine does; plain data, so that a counter-example can be read. */
export interface Move {
  readonly does: keyof typeof kinds
  readonly value: unknown
}

interface Kind<Value> {
  readonly value: fc.Arbitrary<Value>
  readonly play: (world: TroubledWorld, value: Value) => Promise<void> | void
  /** how often beside the others; default 1 */
  readonly weight?: number
}

const kind = <Value>(one: Kind<Value>): Kind<Value> => one

const job = fc.constantFrom('a', 'b', 'c')
const seconds = (min: number, max: number) => fc.integer({min, max}).map(each => each * 1000)
/** Calls to Juju whose fate matters most, and all of them. */
const calls = fc.constantFrom(
  'create-backup',
  'Action.EnqueueOperation',
  'Action.ListOperations',
  'Client.FullStatus',
  '',
)
const nothing = fc.constant(null)

/** Every kind of move; one more line here is played in every property. */
const kinds = {
  'time passes': kind({value: seconds(1, 300), play: (world, ms) => world.pass(ms), weight: 6}),
  'a backup is asked for': kind({
    value: fc.record({
      name: job,
      spec: fc.record({
        cancel: fc.constantFrom('No', 'No', 'No', 'IfSafe', 'Force'),
        backoffLimit: fc.constantFrom(0, 0, 1, 2),
        type: fc.constantFrom('Full', 'Full', 'Incremental'),
      }),
      stored: fc.boolean(),
      deadline: fc.constantFrom(undefined, undefined, undefined, 90),
    }),
    play: (world, {name, spec, stored, deadline}) =>
      world.ask(name, {
        backup: {type: spec.type},
        cancel: spec.cancel,
        backoffLimit: spec.backoffLimit,
        ...(stored ? {storageRef: {name: 'backups'}} : {}),
        ...(deadline === undefined ? {} : {activeDeadlineSeconds: deadline}),
      }),
    weight: 5,
  }),
  'a job is cancelled': kind({
    value: fc.record({name: job, how: fc.constantFrom('IfSafe', 'Force')}),
    play: (world, {name, how}) => world.cancel(name, how),
  }),
  'a job is deleted': kind({value: job, play: (world, name) => world.remove(name)}),
  'a stranger runs an action': kind({
    value: fc.record({unit: fc.integer({min: 0, max: 2}), action: fc.constantFrom('create-backup', 'list-backups')}),
    play: ({world}, {unit, action}) => void world.juju.control.model().enqueue(`${world.application}/${unit}`, action),
  }),
  'a backup fails': kind({
    value: fc.constantFrom('an error of pgBackRest', 'one after the backup was made'),
    play: (world, how) =>
      world.scriptFailure({
        run: {rc: 1, stdout: '', stderr: 'pgBackRest is not well'},
        madeAnyway: how === 'one after the backup was made',
      }),
  }),
  'a call is refused': kind({
    value: fc.record({call: calls, code: fc.constantFrom('try again', 'unauthorized access', '')}),
    play: (world, {call, code}) => world.juju.faults.calls.fail(world.matching(call), 'not now', code),
  }),
  'a call is lost': kind({
    value: calls,
    play: (world, call) => world.juju.faults.calls.resetBefore(world.matching(call)),
  }),
  'a reply is lost': kind({
    value: fc.record({call: calls, silent: fc.boolean()}),
    play: (world, {call, silent}) => world.juju.faults.calls.dropReply(world.matching(call), {silent}),
    weight: 2,
  }),
  'a reply is late': kind({
    value: fc.record({call: calls, afterMs: seconds(5, 90)}),
    play: (world, {call, afterMs}) => world.juju.faults.calls.answerLate(world.matching(call), afterMs),
  }),
  'a reply comes twice': kind({
    value: fc.record({call: calls, afterMs: seconds(0, 90)}),
    play: (world, {call, afterMs}) => world.juju.faults.calls.answerTwice(world.matching(call), {afterMs}),
  }),
  'Juju resets all connections': kind({value: nothing, play: world => world.juju.faults.reset()}),
  'Juju freezes': kind({value: fc.boolean(), play: (world, frozen) => world.juju.faults.freeze(frozen)}),
  'Juju takes no connections': kind({value: fc.boolean(), play: (world, refused) => world.juju.faults.refuse(refused)}),
  'logins expire': kind({value: nothing, play: world => world.juju.faults.expireLogins()}),
  'the model migrates': kind({
    value: fc.boolean(),
    play: ({juju}, on) =>
      on ? juju.faults.startMigration(juju.modelUUID) : juju.faults.abortMigration(juju.modelUUID),
  }),
  'the controller is upgraded': kind({value: fc.boolean(), play: ({juju}, on) => juju.faults.upgrade(on)}),
  'Juju forgets what has ended': kind({value: nothing, play: world => world.forgetOperations()}),
  'the clock of Juju is wrong': kind({
    value: fc.constantFrom(-120_000, -3_000, 0, 3_000, 120_000),
    play: ({juju}, ms) => juju.faults.clockWrongBy(ms),
  }),
  'our clock is set': kind({
    value: fc.constantFrom(-60_000, -2_000, 2_000, 60_000),
    play: ({world}, ms) => world.clock.jumpWall(ms),
  }),
  'the API server refuses': kind({
    value: fc.constantFrom('conflict', 'error', 'too many'),
    play: (world, how) => world.troubleAPI(how),
  }),
  'the API server ends all watches': kind({value: nothing, play: ({world}) => world.kube.cutWatches()}),
  'a write to the API server is done, its answer lost': kind({value: nothing, play: world => world.loseAnswer()}),
  'the operator is killed': kind({value: nothing, play: ({world}) => world.operator.kill(), weight: 2}),
  'the operator is started again': kind({value: nothing, play: ({world}) => world.restartOperator(), weight: 2}),
} as const

/** Any moves, in any order. */
export const anyMoves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    ...(Object.keys(kinds) as Move['does'][]).map(does => {
      const {value, weight = 1}: {readonly value: fc.Arbitrary<unknown>; readonly weight?: number} = kinds[does]
      return {weight, arbitrary: value.map(each => ({does, value: each}))}
    }),
  ),
  {minLength: 4, maxLength: 24},
)

/** Plays one move. What Juju itself refuses a stranger is no matter. */
export async function play(world: TroubledWorld, {does, value}: Move): Promise<void> {
  try {
    await kinds[does].play(world, value as never)
  } catch (error) {
    if (!(error instanceof JujuFault)) throw error
  }
}
