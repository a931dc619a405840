import fc from 'fast-check'
import {kind, nothing, seconds, type Kinds} from './move.ts'

/** Calls to Juju whose fate matters most, and all of them. */
const calls = fc.constantFrom(
  'create-backup',
  'restore',
  'pause',
  'resume',
  'Action.EnqueueOperation',
  'Action.ListOperations',
  'Application.DestroyUnit',
  'Application.AddUnits',
  'Annotations.Set',
  'Client.FullStatus',
  '',
)

/** What Juju, the API server, the network and the machine do. */
export const faults: Kinds = {
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
  'the operator is killed at a call': kind({
    value: fc.record({call: calls, when: fc.constantFrom('before', 'after')}),
    play: (world, {call, when}) => world.dieAt(call, when),
    weight: 3,
  }),
  'the operator is started again': kind({value: nothing, play: ({world}) => world.restartOperator(), weight: 3}),
}
