import {applicationGet, type ApplicationSettings, type Setting} from '../applications.ts'
import type {CallOptions, Caller} from '../connection.ts'
import {setConfig as sendConfig, unsetConfig as sendUnset} from '../settings.ts'
import {defineWrite, didNotHappen, happened, unknown, type Verdict} from './write.ts'

export interface SetConfigTarget {
  readonly application: string
  /** option -> text; they may be secrets, so a controller records only what is none */
  readonly values: Readonly<Record<string, string>>
}

export interface UnsetConfigTarget {
  readonly application: string
  readonly names: readonly string[]
}

/** Options as text; undefined: at its default, or not set. */
type Options = Readonly<Record<string, string | undefined>>

/**
 * Sets options, all or none. Not blindly again: what is neither the old nor the wanted text is what somebody else has set since.
 */
export const setConfig = defineWrite({
  name: 'set config',
  repeat: 'WhenProved',
  application: ({application}: SetConfigTarget) => application,
  before: (caller, {application, values}, options): Promise<Options> =>
    readOptions(caller, application, Object.keys(values), options),
  send: (caller, {application, values}, options): Promise<void> => sendConfig(caller, application, values, options),
  read: async (caller, {target: {application, values}}, _status, options): Promise<Options> =>
    readOptions(caller, application, Object.keys(values), options),
  proves: ({target: {values}, before}, seen) => provedByOptions(seen, values, before),
})

/** Puts options back to their defaults. Not blindly again, as above. */
export const unsetConfig = defineWrite({
  name: 'unset config',
  repeat: 'WhenProved',
  application: ({application}: UnsetConfigTarget) => application,
  before: (caller, {application, names}, options): Promise<Options> => readOptions(caller, application, names, options),
  send: (caller, {application, names}, options): Promise<void> => sendUnset(caller, application, names, options),
  read: async (caller, {target: {application, names}}, _status, options): Promise<Options> =>
    readOptions(caller, application, names, options),
  proves: ({target: {names}, before}, seen) =>
    provedByOptions(seen, Object.fromEntries(names.map(name => [name, undefined])), before),
})

function provedByOptions(seen: Options, wanted: Options, before: Options): Verdict<void> {
  if (isSame(seen, wanted)) return happened(undefined)
  return isSame(seen, before) ? didNotHappen : unknown('somebody else has set some of the options meanwhile')
}

async function readOptions(
  caller: Caller,
  application: string,
  names: readonly string[],
  options: CallOptions | undefined,
): Promise<Options> {
  const found = await applicationGet(caller, application, options)
  return Object.fromEntries(names.map(name => [name, name === 'trust' ? String(found.trust) : textOf(found, name)]))
}

/** What a person set; a default that happens to be the wanted text is not it. */
function textOf({settings}: ApplicationSettings, name: string): string | undefined {
  const setting: Setting | undefined = settings.get(name)
  return setting?.source === 'user' ? String(setting.value) : undefined
}

/** Juju shows numbers and booleans as such, whatever way they were written. */
function isSame(seen: Options, wanted: Options): boolean {
  return Object.entries(wanted).every(([name, value]) => seen[name] === value || isSameScalar(seen[name], value))
}

function isSameScalar(seen: string | undefined, wanted: string | undefined): boolean {
  if (seen === undefined || wanted === undefined) return false
  if (/^(true|false)$/.test(seen)) return seen === wanted.toLowerCase()
  return seen.trim() !== '' && wanted.trim() !== '' && Number(seen) === Number(wanted)
}
