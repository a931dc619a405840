import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import test, {after} from 'node:test'
import fc from 'fast-check'
import {exec, relationSetCommand, shellQuoted} from '../../../src/juju/exec.ts'
import {ScriptedCaller} from './replayed.ts'

const tools = mkdtempSync(path.join(tmpdir(), 'charmkeeper-exec-'))
after(() => rmSync(tools, {recursive: true}))
writeFileSync(path.join(tools, 'relation-set'), `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done\n`, {
  mode: 0o755,
})

/** What a program gets as its arguments when a real shell runs `command`. */
function argumentsOf(command: string): readonly string[] {
  const env = {PATH: `${tools}:${process.env['PATH'] ?? ''}`}
  return execFileSync('/bin/sh', ['-c', command], {encoding: 'utf8', env}).split('\0').slice(0, -1)
}

const awkward = fc.oneof(
  fc.string({unit: 'grapheme'}),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '!', '*', '~', '=', ';', '&', '#', '-', '\r', '\t'),
  }),
)
const value = awkward.filter(text => !text.includes('\0'))
const key = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)

test('what is written to a databag reaches relation-set byte for byte, through a real shell', () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, value, {maxKeys: 5, noNullPrototype: true}),
      fc.boolean(),
      fc.nat(),
      (values, app, relationID) => {
        const pairs = Object.entries(values).map(([name, content]) => `${name}=${content}`)
        const expected = ['-r', String(relationID), ...(app ? ['--app'] : []), ...pairs]
        assert.deepEqual(argumentsOf(relationSetCommand({relationID, app, values})), expected)
      },
    ),
    {numRuns: 100},
  )
})

test('a quoted word is one word for a real shell', () => {
  fc.assert(
    fc.property(value, word => assert.deepEqual(argumentsOf(`relation-set ${shellQuoted(word)}`), [word])),
    {numRuns: 50},
  )
})

for (const name of ['', '-r', '--app', 'a=b', 'a b', "a'b", 'a\nb', 'ä']) {
  test(`${JSON.stringify(name)} is no key of a databag`, () => {
    const command = () => relationSetCommand({relationID: 1, app: false, values: {[name]: 'x'}})
    assert.throws(command, {name: 'RangeError', message: /is no key/})
  })
}

test('a NUL cannot be written, and the value is not quoted', () => {
  const command = () => relationSetCommand({relationID: 1, app: false, values: {k: 'hidden\0part'}})
  assert.throws(command, (error: Error) => error instanceof RangeError && !error.message.includes('hidden'))
})

for (const command of ['juju-exec x', 'true; juju-run y', "relation-set -r 1 'k=juju-execute'"]) {
  test(`Juju would refuse it, so it is not sent: ${command}`, async () => {
    const caller = new ScriptedCaller({})
    await assert.rejects(exec(caller, {unit: 'a/0', command, timeoutMs: 1}), {name: 'RangeError'})
    assert.deepEqual(caller.sent, [])
  })
}
