import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {stringify} from 'yaml'

const folder = path.join(import.meta.dirname, 'golden')

/**
 * Holds a value against the committed file of that name; with `UPDATE_GOLDEN=1` in the environment it writes the file instead. Whoever
 * reviews a change reads there what users will read.
 */
export function matchesGolden(name: string, value: unknown): void {
  const file = path.join(folder, `${name}.yaml`)
  const text = stringify(value, {lineWidth: 0, singleQuote: true})
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, {recursive: true})
    writeFileSync(file, text)
    return
  }
  assert.equal(text, readFileSync(file, 'utf8'), `${file} differs; if that is wanted: UPDATE_GOLDEN=1`)
}
