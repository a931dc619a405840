import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {nameOf} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {brokenArrows, findCycle, importsIn, readImports, violation} from './imports.ts'

const root = path.resolve(import.meta.dirname, '../../..')

test('the sources follow the arrows: main, controllers, then charms, storage, juju and runtime, then kube', () => {
  const imports = readImports(root)
  assert.ok(imports.length > 50, 'the reader found the imports at all')
  assert.deepEqual(brokenArrows(imports), [])
})

const refused: readonly [sentence: string, from: string, to: string, typeOnly: boolean][] = [
  ['a lower house does not know a higher one', 'runtime/controller.ts', 'controllers/backup-job/reconciler.ts', true],
  ['the Juju client does not know Kubernetes', 'juju/connection.ts', 'kube/client.ts', true],
  ['charm knowledge does not know the runtime', 'charms/profile.ts', 'runtime/conditions.ts', false],
  ['storage and charms do not know each other', 'storage/probe.ts', 'charms/profile.ts', false],
  ['the API knows nobody, not even the clock', 'api/meta.ts', 'time/clock.ts', false],
  ['the lowest houses know nobody', 'time/clock.ts', 'api/meta.ts', false],
  ['the calendar is arithmetic alone: it knows no clock', 'calendar/slots.ts', 'time/clock.ts', false],
  ['nor the API', 'calendar/windows.ts', 'api/meta.ts', true],
  ['the API does not know the calendar', 'api/meta.ts', 'calendar/index.ts', false],
  ['only main wires the observability', 'juju/connection.ts', 'observability/metrics.ts', true],
  ['the API does not log', 'api/meta.ts', 'observability/log.ts', true],
  ['metrics name the interfaces of others as types only', 'observability/metrics.ts', 'runtime/metrics.ts', false],
  ['a backup removes no units', 'controllers/backup-job/act.ts', 'juju/restore-units.ts', false],
  ['the surface of the client has no way to remove units', 'juju/index.ts', 'juju/restore-units.ts', true],
  ['nor has what repeats writes safely', 'controllers/backup-job/act.ts', 'juju/writes/destroy-units.ts', false],
  ['a session cannot remove units', 'juju/model-session.ts', 'juju/facades/destroy-unit.ts', false],
  ['nobody imports main', 'controllers/backup-job/controller.ts', 'main.ts', true],
  ['a new house needs a row in the table', 'helpers/misc.ts', 'api/meta.ts', false],
]
for (const [sentence, from, to, typeOnly] of refused) {
  test(`refused: ${sentence}`, () => assert.notEqual(violation({from, to, typeOnly}), undefined))
}

const accepted: readonly [sentence: string, from: string, to: string, typeOnly: boolean][] = [
  ['main knows all', 'main.ts', 'observability/metrics.ts', false],
  ['controllers use what is below them', 'controllers/backup-job/gather.ts', 'juju/snapshot.ts', false],
  ['controllers ask the calendar', 'controllers/backup-schedule/decide.ts', 'calendar/index.ts', false],
  ['the page of the calendar is written like the others', 'calendar/generate.ts', 'api/generated-files.ts', false],
  ['the runtime stands on the Kubernetes client', 'runtime/informer.ts', 'kube/client.ts', false],
  ['everybody knows the API', 'charms/profile.ts', 'api/backup-job.ts', false],
  ['everybody has time', 'storage/s3.ts', 'time/clock.ts', false],
  ['everybody may log', 'juju/connection.ts', 'observability/log.ts', false],
  ['a restore may remove units', 'controllers/backup-job/restore/act.ts', 'juju/restore-units.ts', false],
  ['metrics implement what a house asks for', 'observability/metrics.ts', 'runtime/metrics.ts', true],
]
for (const [sentence, from, to, typeOnly] of accepted) {
  test(`accepted: ${sentence}`, () => assert.equal(violation({from, to, typeOnly}), undefined))
}

test('nothing in the client resolves the errors of units, or removes applications, machines, relations or models', () => {
  const methods = allCalls.map(nameOf)
  const destructive = methods.filter(name => /Resolve(?!Charms)|Destroy|Remove|Kill|Force|Detach/.test(name))
  assert.deepEqual(destructive, ['Application.DestroyUnit'])
  const sources = globSync('src/juju/**/*.ts', {cwd: root}).map(file => readFileSync(path.join(root, file), 'utf8'))
  assert.deepEqual(
    sources.filter(source => source.includes('ResolveUnitErrors')),
    [],
  )
  const defined = sources.flatMap(source => source.match(/defineCall\(/g) ?? []).length
  assert.equal(defined, allCalls.length, 'every description is in the list of all calls')
})

test('imports, re-exports, side effects and dynamic imports are seen, comments and strings are not', () => {
  const source = [
    `import type {A} from './a.ts'`,
    `import {b,`,
    `  type C} from './b.ts'`,
    `export * from './c.ts'`,
    `import './d.ts'`,
    `const lazy = await import('./e.ts')`,
    `// import {x} from './commented.ts'`,
    `/* import {y} from './block.ts' */`,
    `const text = 'nothing from here'`,
  ].join('\n')
  assert.deepEqual(importsIn(source), [
    {specifier: './a.ts', typeOnly: true},
    {specifier: './b.ts', typeOnly: false},
    {specifier: './c.ts', typeOnly: false},
    {specifier: './d.ts', typeOnly: false},
    {specifier: './e.ts', typeOnly: false},
  ])
})

test('a circle of imports is found and named', () => {
  const edge = (from: string, to: string) => ({from, to, typeOnly: false})
  assert.deepEqual(findCycle([edge('x.ts', 'a.ts'), edge('a.ts', 'b.ts'), edge('b.ts', 'a.ts')]), [
    'a.ts',
    'b.ts',
    'a.ts',
  ])
  assert.equal(findCycle([edge('a.ts', 'b.ts'), edge('a.ts', 'c.ts'), edge('b.ts', 'c.ts')]), undefined)
  assert.equal(
    findCycle([edge('a.ts', 'b.ts'), {...edge('b.ts', 'a.ts'), typeOnly: true}]),
    undefined,
    'types are erased',
  )
})
