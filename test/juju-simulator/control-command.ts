import type {SimulatedJuju} from './simulator.ts'

/** A command to the control port; which fields count depends on `op`. */
export interface Command {
  readonly op: string
  /** UUID; absent: the first model. */
  readonly model?: string
  readonly task?: string
  readonly unit?: string
  readonly app?: string
  readonly action?: string
  readonly user?: string
  readonly relation?: number
  readonly ends?: readonly [string, string]
  readonly status?: string
  readonly agent?: string
  readonly message?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly results?: Readonly<Record<string, unknown>>
  readonly data?: Readonly<Record<string, string>>
  readonly log?: readonly string[]
  readonly fault?: string
  readonly call?: string
  readonly code?: string
  readonly ms?: number
  readonly times?: number
  readonly on?: boolean
  readonly release?: string
  readonly endpoint?: string
  readonly certificate?: string
  readonly controller?: string
  readonly alias?: string
  readonly silent?: boolean
  readonly hook?: string
  readonly count?: number
  readonly charm?: string
  readonly every?: number
}

/** What a command to the control port does. */
export interface ControlOperation {
  /** For the help text: what happens, and which fields of the command count. */
  readonly does: string
  /** @throws Error for what is not there */
  readonly run: (juju: SimulatedJuju, command: Command) => unknown
}

export type ControlOperations = Readonly<Record<string, ControlOperation>>

/** The answer to a command that has nothing to say. */
export const ok = {ok: true} as const

export function done(_nothing: undefined | void): typeof ok {
  return ok
}

/** One line per name, for help texts. */
export function helpOf(operations: Readonly<Record<string, {readonly does: string}>>): string {
  return Object.entries(operations)
    .map(([name, {does}]) => `  ${name.padEnd(18)} ${does}`)
    .join('\n')
}
