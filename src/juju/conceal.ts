import {JujuError} from './errors.ts'

/** Shorter ones are not searched for: they would be found in words that say something else. */
const shortest = 4

/**
 * Makes a call whose error may quote what was sent: none of `values` is left in what is thrown, line by line, plain or as
 * Juju prints text in quotes.
 */
export async function concealing<T>(values: readonly string[], call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof JujuError ? concealed(error, values) : error
  }
}

/** Every text in a value of JSON, keys not included. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function concealed(error: JujuError, values: readonly string[]): JujuError {
  const hidden = values
    .flatMap(value => [value, ...value.split('\n')])
    .flatMap(text => [text, JSON.stringify(text).slice(1, -1)])
    .filter(text => text.length >= shortest)
    .sort((a, b) => b.length - a.length)
  const message = hidden.reduce((text, value) => text.replaceAll(value, '<hidden>'), error.message)
  return message === error.message ? error : new JujuError(error.method, message, error.code)
}
