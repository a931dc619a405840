import type {Command, ControlOperation} from './control-port.ts'
import type {ServerFaults} from './server-faults.ts'
import type {SimulatedJuju} from './simulator.ts'

type Switch = (faults: ServerFaults, command: Command, juju: SimulatedJuju) => unknown

/** The call that a fault of calls meets; the commonest one when none is named. */
const target = ({call = 'Action.EnqueueOperation'}: Command): string => call
const times = (command: Command): {times?: number} => (command.times === undefined ? {} : {times: command.times})

/** Faults by name, as `op: fault, fault: <name>` switches them on. */
const switches: Readonly<Record<string, Switch>> = {
  refuse: (faults, {on = true}) => faults.refuse(on),
  reset: faults => faults.reset(),
  freeze: (faults, {on = true}) => faults.freeze(on),
  slow: (faults, {ms = 1000}) => faults.slow(ms),
  'expire-logins': faults => faults.expireLogins(),
  upgrade: (faults, {on = true}) => faults.upgrade(on),
  'clock-wrong': (faults, {ms = 0}) => faults.clockWrongBy(ms),
  'juju-2.9': faults => faults.becomeJuju29(),
  'new-certificate': faults => ({caCertificate: faults.newCertificate()}),
  'start-migration': (faults, {model}, juju) => faults.startMigration(model ?? juju.modelUUID),
  'drop-reply': (faults, command) =>
    faults.calls.dropReply(target(command), {...times(command), silent: command.on === true}),
  'answer-twice': (faults, command) =>
    faults.calls.answerTwice(target(command), {...times(command), afterMs: command.ms ?? 0}),
  'reset-before': (faults, command) => faults.calls.resetBefore(target(command), times(command)),
  fail: (faults, command) =>
    faults.calls.fail(target(command), command.message ?? 'try again', command.code ?? '', times(command)),
  delay: (faults, command) => faults.calls.delay(target(command), command.ms ?? 1000, times(command)),
  'garble-listings': (faults, command) =>
    faults.calls.garbleListings(listing => listing.slice(0, listing.length / 2), times(command)),
  'reorder-units': (faults, command) => faults.calls.reorderUnits(times(command)),
}

/** Names of all faults, for help texts. */
export const faultNames: readonly string[] = Object.keys(switches)

export const faultOperations: Readonly<Record<string, ControlOperation>> = {
  fault: async (juju, command) => {
    const name = command.fault ?? ''
    const turnOn = Object.hasOwn(switches, name) ? switches[name] : undefined
    if (turnOn === undefined)
      throw new Error(`unknown fault ${JSON.stringify(name)}; there are ${faultNames.join(', ')}`)
    return (await turnOn(juju.faults, command, juju)) ?? {ok: true}
  },
  'clear-faults': ({faults}) => {
    faults.calls.clear()
    return {ok: true}
  },
}
