import {done, ok} from './control-command.ts'
import type {Command, ControlOperations} from './control-command.ts'
import {profiles} from './profiles.ts'
import type {ProfileName} from './profiles.ts'
import type {ServerFaults} from './server-faults.ts'
import type {SimulatedJuju} from './simulator.ts'

interface Switch {
  /** For the help text: what happens, and which fields of the command count. */
  readonly does: string
  readonly turn: (faults: ServerFaults, command: Command, juju: SimulatedJuju) => unknown
}

/** The call that a fault of calls meets; the commonest one when none is named. */
const target = ({call = 'Action.EnqueueOperation'}: Command): string => call
const times = (command: Command): {times?: number} => (command.times === undefined ? {} : {times: command.times})

/** Faults by name, as `op: fault, fault: <name>` switches them on. */
export const faultSwitches: Readonly<Record<string, Switch>> = {
  refuse: {
    does: 'new connections are refused; on: false ends it',
    turn: (faults, {on = true}) => faults.refuse(on),
  },
  reset: {does: 'every connection is cut', turn: faults => faults.reset()},
  freeze: {
    does: 'half-open: nothing comes through, nothing is closed; on: false ends it',
    turn: (faults, {on = true}) => faults.freeze(on),
  },
  slow: {does: 'every call takes ms (1000)', turn: (faults, {ms = 1000}) => faults.slow(ms)},
  restart: {
    does: 'the controller is gone for ms (5000), with all sessions and watchers',
    turn: (faults, {ms = 5000}) => faults.restart(ms),
  },
  'expire-logins': {
    does: 'each call on an open connection fails with "login expired"',
    turn: faults => faults.expireLogins(),
  },
  upgrade: {
    does: 'upgrade in progress: only logins, FullStatus and pings pass; on: false ends it',
    turn: (faults, {on = true}) => faults.upgrade(on),
  },
  maintenance: {
    does: 'logins are refused for maintenance; on: false ends it',
    turn: (faults, {on = true}) => faults.maintenance(on),
  },
  'upgrade-to': {
    does: `the controller restarts as release (${Object.keys(profiles).join(', ')}), gone for ms (5000)`,
    turn: (faults, {release = '', ms = 5000}) => faults.becomes(knownRelease(release), ms),
  },
  'juju-2.9': {does: 'the controller is one of Juju 2.9 from the next login on', turn: faults => faults.becomeJuju29()},
  'clock-wrong': {
    does: 'the controller’s clock is wrong by ms (0: right again)',
    turn: (faults, {ms = 0}) => faults.clockWrongBy(ms),
  },
  'new-certificate': {
    does: 'another authority signs from now on; answers with its certificate',
    turn: faults => ({caCertificate: faults.newCertificate()}),
  },
  'start-migration': {
    does: 'the model is being migrated: writes are refused; on: false gives up',
    turn: (faults, {model, on = true}, juju) =>
      on ? faults.startMigration(model ?? juju.modelUUID) : faults.abortMigration(model ?? juju.modelUUID),
  },
  redirect: {
    does: 'logins to the model are redirected to endpoint, with certificate, controller (UUID) and alias; silent: true tells nothing but on request',
    turn: (faults, command, juju) => faults.redirect(command.model ?? juju.modelUUID, destination(command)),
  },
  'drop-reply': {
    does: 'the work of call is done, the connection is cut instead of a reply; on: true keeps it open and silent; times (1)',
    turn: (faults, command) =>
      faults.calls.dropReply(target(command), {...times(command), silent: command.on === true}),
  },
  'answer-late': {
    does: 'the work of call is done at once, its reply comes after ms (1000); times (1)',
    turn: (faults, command) => faults.calls.answerLate(target(command), command.ms ?? 1000, times(command)),
  },
  'answer-twice': {
    does: 'the reply to call comes a second time after ms (0); times (1)',
    turn: (faults, command) => faults.calls.answerTwice(target(command), {...times(command), afterMs: command.ms ?? 0}),
  },
  'reset-before': {
    does: 'the connection is cut before the work of call is done; times (1)',
    turn: (faults, command) => faults.calls.resetBefore(target(command), times(command)),
  },
  fail: {
    does: 'call fails with message and code; times (1)',
    turn: (faults, command) =>
      faults.calls.fail(target(command), command.message ?? 'try again', command.code ?? '', times(command)),
  },
  delay: {
    does: 'call takes ms (1000); times (always)',
    turn: (faults, command) => faults.calls.delay(target(command), command.ms ?? 1000, times(command)),
  },
  'garble-listings': {
    does: 'listings of backups end in the middle; times (always)',
    turn: (faults, command) =>
      faults.calls.garbleListings(listing => listing.slice(0, listing.length / 2), times(command)),
  },
  'reorder-units': {
    does: 'FullStatus lists units backwards; times (always)',
    turn: (faults, command) => faults.calls.reorderUnits(times(command)),
  },
}

export const faultOperations: ControlOperations = {
  fault: {
    does: 'switches the fault with the name fault on, see below',
    run: async (juju, command) => {
      const name = command.fault ?? ''
      const found = Object.hasOwn(faultSwitches, name) ? faultSwitches[name] : undefined
      if (found === undefined)
        throw new Error(`unknown fault ${JSON.stringify(name)}; there are ${Object.keys(faultSwitches).join(', ')}`)
      return (await found.turn(juju.faults, command, juju)) ?? ok
    },
  },
  'clear-faults': {does: 'faults of calls are off', run: ({faults}) => done(faults.calls.clear())},
}

function knownRelease(release: string): ProfileName {
  if (Object.hasOwn(profiles, release)) return release as ProfileName
  throw new Error(`release is one of ${Object.keys(profiles).join(', ')}, not ${JSON.stringify(release)}`)
}

function destination({endpoint = '', certificate = '', controller = '', alias = '', silent = false}: Command) {
  const {hostname: host, port} = new URL(`https://${endpoint}`)
  const endpoints = [{host, port: Number(port)}]
  return {endpoints, caCertificate: certificate, controllerUUID: controller, alias, silent}
}
