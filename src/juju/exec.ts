import type {Enqueued} from './actions.ts'
import {enqueuedOf} from './actions.ts'
import {concealing} from './conceal.ts'
import type {CallOptions, Caller} from './connection.ts'
import {run} from './facades/action.ts'

export interface ExecRequest {
  /** unit name, or `application/leader` */
  readonly unit: string
  /**
   * a shell command, run in the hook context of the unit; it may hold secrets. What came of it can only be looked up by the whole
   * command, so that a controller runs none that it may not record
   */
  readonly command: string
  /** when Juju kills the command, ms; the wait for the reply is that of the call options */
  readonly timeoutMs: number
  /** tasks of one group run one after the other; of none: beside anything but hooks and actions of the unit */
  readonly executionGroup?: string
}

/**
 * Runs a command on a unit, as `juju exec` does: a task of the action `juju-exec`, to be followed like any other; its output
 * has `stdout`, `stderr` and `return-code`. It runs each time it is called.
 *
 * @throws RangeError for a command that Juju refuses, because it names `juju-exec` or `juju-run`; nothing was sent
 * @throws JujuError `unauthorized access` without admin access to the model, `operation is blocked`; an error does not quote the
 *   command
 */
export async function exec(
  caller: Caller,
  {unit, command, timeoutMs, executionGroup = ''}: ExecRequest,
  options?: CallOptions,
): Promise<Enqueued> {
  const nested = /juju-exec|juju-run/.exec(command)?.[0]
  if (nested !== undefined) throw new RangeError(`Juju refuses to run a command in which "${nested}" occurs`)
  const params = {
    commands: command,
    timeout: timeoutMs * nanosecondsPerMs,
    units: [unit],
    parallel: true,
    'execution-group': executionGroup,
  }
  return concealing([command], async () => enqueuedOf(run, await caller.call(run, params, options)))
}

const nanosecondsPerMs = 1_000_000

export interface RelationSet {
  readonly relationID: number
  /** true: the application's databag, which only the leader may write; false: the unit's own */
  readonly app: boolean
  /** an empty value removes its key */
  readonly values: Readonly<Record<string, string>>
}

/**
 * The command that writes a databag, for `exec`: Juju has no other way. The values reach `relation-set` byte for byte, whatever
 * characters they hold; what is written becomes visible when the command ends with 0.
 *
 * @throws RangeError for a key that `relation-set` cannot take, or a NUL
 */
export function relationSetCommand({relationID, app, values}: RelationSet): string {
  const pairs = Object.entries(values).map(([key, value]) => {
    if (!databagKey.test(key)) throw new RangeError(`"${key}" is no key of a databag`)
    if (value.includes('\0')) throw new RangeError(`the value of "${key}" has a NUL`)
    return shellQuoted(`${key}=${value}`)
  })
  return ['relation-set', '-r', String(relationID), ...(app ? ['--app'] : []), ...pairs].join(' ')
}

/** What `key=value` on a command line leaves for a key: no `=`, no dash in front. */
const databagKey = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** One word for a POSIX shell, whatever is in it. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
