import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {readImports} from './imports.ts'
import {bareWrites, brokenWriteRules, namedImportsIn, type Source} from './writes.ts'

const root = path.resolve(import.meta.dirname, '../../..')

function readSources(): readonly Source[] {
  const src = path.join(root, 'src')
  return globSync('**/*.ts', {cwd: src}).map(file => ({
    file: file.split(path.sep).join('/'),
    text: readFileSync(path.join(src, file), 'utf8'),
  }))
}

test('S1.5 nobody writes into Juju but through the descriptions of juju/writes', () => {
  const sources = readSources()
  assert.ok(bareWrites(sources).length >= 15, 'the reader found the bare writes at all')
  assert.ok(
    readImports(root).some(({to}) => to.startsWith('juju/writes/')),
    'the product uses descriptions',
  )
  assert.deepEqual(brokenWriteRules(sources), [])
})

const wrapper: Source = {
  file: 'juju/writes/cancel.ts',
  text: `import {actions, cancel as sendCancel} from '../actions.ts'`,
}
const refused: readonly [sentence: string, source: Source][] = [
  [
    'a controller that imports a bare write',
    {file: 'controllers/a.ts', text: `import {cancel} from '../juju/actions.ts'`},
  ],
  [
    'the same under another name, among others',
    {file: 'juju/owner.ts', text: `import {actions,\n  cancel as stop} from './actions.ts'`},
  ],
  ['all of its module', {file: 'controllers/a.ts', text: `import * as all from '../juju/actions.ts'`}],
  [
    'a lazy import of its module',
    {file: 'controllers/a.ts', text: `const {cancel} = await import('../juju/actions.ts')`},
  ],
  ['the facades themselves', {file: 'controllers/a.ts', text: `import {run} from '../juju/facades/action.ts'`}],
  ['the client as others use it', {file: 'controllers/a.ts', text: `import {enqueue} from '../juju/index.ts'`}],
  [
    'a session that has bare writes',
    {file: 'controllers/a.ts', text: `import type {ModelSession} from '../juju/model-session.ts'`},
  ],
]
for (const [sentence, source] of refused) {
  test(`refused: ${sentence}`, () => assert.equal(brokenWriteRules([wrapper, source]).length, 1))
}

const accepted: readonly [sentence: string, source: Source][] = [
  ['a read of the same module', {file: 'controllers/a.ts', text: `import {actions} from '../juju/actions.ts'`}],
  ['a description', {file: 'controllers/a.ts', text: `import {cancel} from '../juju/writes/cancel.ts'`}],
  ['types', {file: 'controllers/a.ts', text: `import type {CancelResult} from '../juju/actions.ts'`}],
  [
    'the session that has them for those who use the client alone',
    {file: 'juju/model-session.ts', text: `import * as calls from './actions.ts'`},
  ],
  [
    'the one place that makes sessions',
    {file: 'controllers/juju-model/gateway.ts', text: `import {ModelSession} from '../../juju/model-session.ts'`},
  ],
]
for (const [sentence, source] of accepted) {
  test(`accepted: ${sentence}`, () => assert.deepEqual(brokenWriteRules([wrapper, source]), []))
}

test('named imports are read with their own names, types left out', () => {
  assert.deepEqual(
    namedImportsIn(
      `import {a, type B,\n c as d} from './x.ts'\nexport {e} from './y.ts'\nimport type {F} from './z.ts'`,
    ),
    [
      {specifier: './x.ts', names: ['a', 'c']},
      {specifier: './y.ts', names: ['e']},
    ],
  )
})
