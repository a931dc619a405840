import type {ActionSpec, JsonSchema} from '../../charms/charm.ts'
import {JujuFault} from '../juju-fault.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Holds parameters against the charm's schema and fills in defaults, as Juju 3 does at enqueue. Of JSON schema it knows
 * what actions.yaml files use: type, enum, minimum, maximum, required; extra keys are refused. The wording of a refusal is
 * ours in detail; clients must not match it.
 *
 * @throws JujuFault `validation failed: ...`
 */
export function checkParameters({parameters, required = []}: ActionSpec, given: Values): Values {
  const problems = [
    ...required
      .filter(name => !(name in given))
      .map(name => `(root) : "${name}" property is missing and required, given ${JSON.stringify(given)}`),
    ...Object.keys(given)
      .filter(name => !(name in parameters))
      .map(name => `(root) : additional property "${name}" is not allowed, given ${JSON.stringify(given)}`),
    ...Object.entries(given).flatMap(([name, value]) => valueProblems(name, value, parameters[name])),
  ]
  if (problems.length > 0) throw new JujuFault(`validation failed: ${problems.join('; ')}`)
  return {...defaults(parameters), ...given}
}

function valueProblems(name: string, value: unknown, schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return []
  const {type, enum: choices, minimum, maximum} = schema
  const shown = JSON.stringify(value)
  const at = `(root).${name} :`
  if (typeof type === 'string' && !isOfType(value, type)) return [`${at} must be of type ${type}, given ${shown}`]
  if (Array.isArray(choices) && !choices.includes(value))
    return [`${at} must match one of the enum values ${JSON.stringify(choices)}, given ${shown}`]
  if (typeof value !== 'number') return []
  if (typeof minimum === 'number' && value < minimum) return [`${at} must be greater than or equal to ${minimum}`]
  if (typeof maximum === 'number' && value > maximum) return [`${at} must be less than or equal to ${maximum}`]
  return []
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}

function defaults(parameters: Readonly<Record<string, JsonSchema>>): Values {
  const preset = Object.entries(parameters).filter(([, schema]) => schema['default'] !== undefined)
  return Object.fromEntries(preset.map(([name, schema]) => [name, schema['default']]))
}
