import {Validator, type OutputUnit, type Schema} from '@cfworker/json-schema'

/** What Juju can carry to a charm unharmed: 4.x stores lists and objects as Go text. */
export type Scalar = string | number | boolean

/** What is wrong with one parameter. `path` is its name; '' when it is about all of them. */
export interface ParameterFault {
  readonly path: string
  /** the rule, and what to write instead */
  readonly message: string
}

export type CheckedParameters =
  | {
      readonly ok: true
      /** what was given, as the schema's types */
      readonly parameters: Readonly<Record<string, Scalar>>
      /** what was not given and has a default; to be sent too, as 4.x fills in none */
      readonly defaults: Readonly<Record<string, Scalar>>
    }
  | {readonly ok: false; readonly faults: readonly ParameterFault[]}

/** The part of a charm's action that this is about; `parameters` is a JSON schema, draft 4. */
interface ActionSchema {
  readonly parameters: Readonly<Record<string, unknown>>
}

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Holds the parameters of an action against the charm's own schema and makes them what is to be sent: 4.x does neither, 3.x
 * only at the enqueue.
 *
 * Stricter than the schema in two things, as charms trip over both (reference: executed charms): a parameter that the schema
 * does not have is refused although `additionalProperties` may allow it, because the charm would ignore it in silence; and
 * an empty text is refused.
 *
 * @param given parameters as text; only scalars can be given
 */
export function checkParameters(spec: ActionSchema, given: Readonly<Record<string, string>>): CheckedParameters {
  const properties = propertiesOf(spec)
  const read = Object.entries(given).map(([name, text]) => [name, readParameter(properties, name, text)] as const)
  const unreadable = read.flatMap(([path, result]) => ('fault' in result ? [{path, message: result.fault}] : []))
  if (unreadable.length > 0) return {ok: false, faults: unreadable}
  const parameters = Object.fromEntries(
    read.flatMap(([name, result]) => ('value' in result ? [[name, result.value]] : [])),
  )
  const defaults = scalarDefaults(properties, parameters)
  const faults = schemaFaults(spec, properties, {...defaults, ...parameters})
  return faults.length > 0 ? {ok: false, faults} : {ok: true, parameters, defaults}
}

/** Names of the parameters that an action's schema has. */
export function parameterNames(spec: ActionSchema): readonly string[] {
  return Object.keys(propertiesOf(spec))
}

/** The faults as one sentence for a person. */
export function describeFaults(faults: readonly ParameterFault[]): string {
  return faults.map(({path, message}) => (path === '' ? message : `${path}: ${message}`)).join('; ')
}

type Read = {readonly value: Scalar} | {readonly fault: string}

function readParameter(properties: Properties, name: string, text: string): Read {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (property === undefined)
    return {fault: `this action has no such parameter; it has ${listOf(Object.keys(properties))}`}
  if (text === '') return {fault: 'must not be empty; leave the parameter out instead'}
  return convert(text, typesOf(property))
}

const listOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.toSorted().join(', '))

/** JSON types of a property, by what a text is tried as; without a type they are those of its `enum`, or text. */
function typesOf(property: Readonly<Record<string, unknown>>): readonly string[] {
  const {type, enum: choices} = property
  const named = (Array.isArray(type) ? type : [type]).filter(one => typeof one === 'string')
  if (named.length > 0) return named
  return Array.isArray(choices) && choices.length > 0 ? [...new Set(choices.map(choice => typeof choice))] : ['string']
}

/** One way to read a text as a value of a JSON type. */
interface Reader {
  readonly type: string
  readonly read: (text: string) => Scalar | undefined
  readonly write: string
}

/** In the order in which they are tried where a property allows several types. */
const readers: readonly Reader[] = [
  {type: 'boolean', read: asBoolean, write: 'true or false'},
  {type: 'integer', read: asInteger, write: 'a whole number, for example 3'},
  {type: 'number', read: asNumber, write: 'a number, for example 1.5'},
  {type: 'string', read: text => text, write: 'text'},
]

function convert(text: string, types: readonly string[]): Read {
  const usable = readers.filter(({type}) => types.includes(type))
  if (usable.length === 0)
    return {fault: `its type is ${types.join(' or ')}, and only text, numbers and booleans can be given; leave it out`}
  for (const {read} of usable) {
    const value = read(text)
    if (value !== undefined) return {value}
  }
  return {fault: `must be of type ${types.join(' or ')}; write ${usable.map(({write}) => write).join(', or ')}`}
}

function asBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined
}

function asInteger(text: string): number | undefined {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}

function asNumber(text: string): number | undefined {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/** Lists, objects and empty texts stay out: those are the charm's own business, in its code. */
function scalarDefaults(
  properties: Properties,
  given: Readonly<Record<string, Scalar>>,
): Readonly<Record<string, Scalar>> {
  const missing = Object.entries(properties).filter(([name]) => !Object.hasOwn(given, name))
  const values = missing.flatMap(([name, property]) =>
    isSendable(property['default']) ? [[name, property['default']]] : [],
  )
  return Object.fromEntries(values) as Readonly<Record<string, Scalar>>
}

function isSendable(value: unknown): value is Scalar {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean'
}

/** What the schema itself says of the whole. */
function schemaFaults(
  spec: ActionSchema,
  properties: Properties,
  sent: Readonly<Record<string, Scalar>>,
): ParameterFault[] {
  const required = spec.parameters['required']
  const missing = Array.isArray(required) ? required.filter(name => typeof name === 'string' && !(name in sent)) : []
  if (missing.length > 0) return missing.map(path => ({path: String(path), message: 'is required; set it'}))
  try {
    const {errors} = new Validator(spec.parameters as Schema, '4', false).validate(sent)
    return leaves(errors).map(error => faultOf(error, properties))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [{path: '', message: `the charm's schema of this action cannot be understood: ${why}`}]
  }
}

/** The validator tells of a wrong property at every level above it as well; the deepest place says what is wrong. */
function leaves(errors: readonly OutputUnit[]): readonly OutputUnit[] {
  const isAbove = (one: OutputUnit): boolean =>
    errors.some(other => other !== one && other.keywordLocation.startsWith(`${one.keywordLocation}/`))
  return errors.filter(error => !isAbove(error))
}

/** Values stay out of the words: they may be secrets. */
function faultOf({keyword, instanceLocation, error}: OutputUnit, properties: Properties): ParameterFault {
  const path = instanceLocation.replace(/^#\/?/, '').replaceAll('~1', '/').replaceAll('~0', '~')
  const property = properties[path] ?? {}
  const rule = property[keyword]
  if (keyword === 'enum' && Array.isArray(rule)) return {path, message: `must be one of ${rule.join(', ')}`}
  if (keyword === 'pattern') return {path, message: `must match the pattern ${String(rule)}`}
  if (path !== '' && rule !== undefined)
    return {path, message: `breaks a rule of the charm, ${keyword}: ${JSON.stringify(rule)}`}
  return {path, message: error}
}

function propertiesOf({parameters}: ActionSchema): Properties {
  const entries = Object.entries(asRecord(parameters['properties']))
  return Object.fromEntries(entries.map(([name, property]) => [name, asRecord(property)]))
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
