import type {OptionSpec} from '../../charms/charm.ts'
import {JujuFault} from '../juju-fault.ts'

/** `secret:` with an optional source and twenty characters of base 32. */
const secretUri = /^secret:(?:\/\/)?(?:[0-9a-f-]{36}\/)?[0-9a-v]{20}$/

/** A charm option's value from its text, as Juju reads it. @throws JujuFault when the text is of another type */
export function optionValue(name: string, {type}: OptionSpec, text: string): unknown {
  switch (type) {
    case 'string':
      return text
    case 'int':
      return /^[+-]?\d+$/.test(text) ? Number(text) : wrongType(name, type, text)
    case 'float':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : wrongType(name, type, text)
    case 'boolean':
      return parseBool(text) ?? wrongType(name, type, text)
    case 'secret':
      return secretOf(name, text)
  }
}

/** What Go's `strconv.ParseBool` takes; undefined for anything else. */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  return undefined
}

function secretOf(name: string, text: string): string {
  if (text === '' || secretUri.test(text)) return text
  throw new JujuFault(`invalid secret URI for option "${name}": secret URI "${text}" not valid`, 'not valid')
}

function wrongType(name: string, type: string, text: string): never {
  throw new JujuFault(`option "${name}" expected ${type}, got "${text}"`)
}
