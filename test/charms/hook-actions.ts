import {sleep} from '../../src/time/clock.ts'
import type {ActionSpec} from './charm.ts'
import {completed, failed, UncaughtCharmError} from './machine.ts'
import type {Charm, CharmHost, CharmMachine, CharmTask, TaskOutcome} from './machine.ts'

/** Actions that an application's owner might run around a backup: without parameters, with one, and one that is refused. */
export const hookActionSpecs: Readonly<Record<string, ActionSpec>> = {
  pause: {description: 'Holds the writers back.', parameters: {}},
  resume: {
    description: 'Lets the writers go on.',
    parameters: {mode: {type: 'string', enum: ['fast', 'slow'], description: 'How fast they catch up.'}},
  },
  quiesce: {description: 'Waits until nobody writes, which never happens.', parameters: {}},
}

/** An action that ran. */
export interface PlayedHook {
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** How hook actions go, and which ran. */
export class HookActions {
  /** In the order in which they began. */
  readonly played: PlayedHook[] = []
  /** With which words actions fail; `quiesce` always does. */
  readonly failing = new Map<string, string>([['quiesce', 'clients are still connected']])
  /** What the charm's code raises in actions. */
  readonly raising = new Map<string, string>()
  /** How long actions take, in ms; others end at once. */
  readonly takes = new Map<string, number>()

  /** @throws UncaughtCharmError as told; the signal's reason when the action was killed */
  async play({unit, action, parameters, signal}: CharmTask, host: CharmHost): Promise<TaskOutcome> {
    this.played.push({unit, action, parameters})
    await sleep(host.clock, this.takes.get(action) ?? 0, signal)
    const raised = this.raising.get(action)
    if (raised !== undefined) throw new UncaughtCharmError(raised)
    const words = this.failing.get(action)
    return words === undefined ? completed({state: action}) : failed(words)
  }
}

/** The same charm with hook actions beside its own. */
export function withHookActions<C extends Charm>(charm: C, hooks: HookActions): C {
  const description = {...charm.description, actions: {...charm.description.actions, ...hookActionSpecs}}
  return {...charm, description, deploy: (host: CharmHost) => playing(charm.deploy(host), host, hooks)}
}

function playing(machine: CharmMachine, host: CharmHost, hooks: HookActions): CharmMachine {
  return {
    install: () => machine.install(),
    hook: event => machine.hook(event),
    runAction: task => (task.action in hookActionSpecs ? hooks.play(task, host) : machine.runAction(task)),
  }
}
