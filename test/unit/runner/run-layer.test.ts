import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import test, {type TestContext} from 'node:test'
import {selectLayers} from '../../runner/layers.ts'
import {dealOut} from '../../runner/shares.ts'
import {isGreen, summaryTable, type Outcome} from '../../runner/summary.ts'

const runner = path.resolve(import.meta.dirname, '../../runner/run-layer.ts')

const passing = `import test from 'node:test'\ntest('fine', () => {})\n`

/** Runs a layer over the given files, in a process of its own, as Node refuses a runner inside a test. */
function runFiles(
  t: TestContext,
  files: Record<string, string>,
  {deadlineMs = 60_000, followsPromises = false} = {},
): {outcome: Outcome; output: string} {
  const root = mkdtempSync(path.join(os.tmpdir(), 'layer-'))
  t.after(() => rmSync(root, {recursive: true, force: true}))
  mkdirSync(path.join(root, 'test/unit'), {recursive: true})
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, 'test/unit', name), text)
  const script = `
    import {runLayer} from ${JSON.stringify(runner)}
    const layer = {name: 'unit', folder: 'test/unit', concurrency: 1, sharesProcesses: true, followsPromises: ${followsPromises}, longest: [], testTimeoutMs: ${deadlineMs / 4}, deadlineMs: ${deadlineMs}}
    const outcome = await runLayer(layer, ${JSON.stringify(root)}, line => console.error(line))
    console.log(JSON.stringify(outcome))`
  const env = {...process.env}
  delete env['NODE_TEST_CONTEXT']
  // A file, not --eval: the runner hands the flags of its own process on to each test file.
  writeFileSync(path.join(root, 'run.mts'), script)
  const child = spawnSync(process.execPath, [path.join(root, 'run.mts')], {env, encoding: 'utf8'})
  return {outcome: JSON.parse(child.stdout) as Outcome, output: child.stderr}
}

test('passing files are counted and green', t => {
  const {outcome} = runFiles(t, {'a.test.ts': passing, 'b.test.ts': passing})
  assert.equal(isGreen(outcome), true)
  assert.deepEqual([outcome.tests, outcome.passed, outcome.failed, outcome.skipped], [2, 2, 0, 0])
})

const red: readonly [sentence: string, files: Record<string, string>, says: RegExp][] = [
  ['a layer without files is red', {}, /no tests in test\/unit/],
  [
    'a file without a test is red',
    {'a.test.ts': passing, 'b.test.ts': `export {}\n`},
    /files without a test: .*b\.test\.ts/,
  ],
  [
    'a failed test is red, and its error is printed',
    {'a.test.ts': `import test from 'node:test'\ntest('bad', () => { throw new Error('the reason') })\n`},
    /a\.test\.ts: bad[\s\S]*the reason/,
  ],
  [
    'a file that does not load is red, and its output is printed',
    {'a.test.ts': `import './missing.ts'\n`},
    /a\.test\.ts[\s\S]*missing\.ts/,
  ],
  [
    'a process that ends in the middle is red, and the files that it had not come to are named',
    {
      'a.test.ts': `import test from 'node:test'\ntest('ends', () => process.exit(1))\n`,
      ...Object.fromEntries(['b', 'c', 'd'].map(name => [`${name}.test.ts`, passing])),
    },
    /--- test\/unit\/a\.test\.ts, test\/unit\/d\.test\.ts/,
  ],
  [
    'a suite that cannot clean up is red, although all of its tests are well',
    {
      'a.test.ts': `import {after, suite, test} from 'node:test'\nsuite('world', () => { test('fine', () => {}); after(() => { throw new Error('left behind') }) })\n`,
    },
    /suites that failed beside their tests: world/,
  ],
  [
    'a rejection that nobody hears is red',
    {
      'a.test.ts': `import test from 'node:test'\ntest('forgets', async () => { await 1; void Promise.reject(new Error('unheard')); await new Promise(r => setTimeout(r, 50)) })\n`,
    },
    /unheard/,
  ],
  [
    'an exception that nobody catches is red',
    {
      'a.test.ts': `import test from 'node:test'\ntest('forgets', async () => { await 1; setTimeout(() => { throw new Error('uncaught') }, 1); await new Promise(r => setTimeout(r, 50)) })\n`,
    },
    /uncaught/,
  ],
  [
    'a test that fails after it has waited is red, and its suite too',
    {
      'a.test.ts': `import {suite, test} from 'node:test'\nsuite('s', () => { test('waits', async t => { await new Promise(r => setTimeout(r, 5)); await t.test('inner', async () => { await 1; throw new Error('the reason') }) }) })\n`,
    },
    /a\.test\.ts: inner[\s\S]*the reason/,
  ],
  [
    'a skipped test is red, as it may hide a missing part',
    {'a.test.ts': `${passing}test('later', {skip: 'no database here'}, () => {})\n`},
    /skipped without leave: later/,
  ],
]
for (const [sentence, files, says] of red) {
  for (const followsPromises of [true, false])
    test(`${sentence}, ${followsPromises ? 'with' : 'without'} promises followed`, t => {
      const {outcome, output} = runFiles(t, files, {followsPromises})
      assert.equal(isGreen(outcome), false)
      assert.match(`${output}\n${outcome.problem ?? ''}`, says)
    })
}

test('a test that never ends is red, and the layer goes on when its deadline is over', t => {
  const hangs = `import test from 'node:test'\ntest('hangs', () => new Promise(r => setTimeout(r, 600_000)))\n`
  const {outcome, output} = runFiles(t, {'a.test.ts': hangs}, {deadlineMs: 6_000})
  assert.equal(isGreen(outcome), false)
  assert.match(output, /hangs[\s\S]*timed out/)
})

test('only the comparison with unpublished schemas may be skipped', t => {
  const {outcome} = runFiles(t, {
    'a.test.ts': `${passing}test('schemas', {skip: 'JUJU_REFERENCE_DIR is not set'}, () => {})\n`,
  })
  assert.equal(isGreen(outcome), true)
  assert.equal(outcome.skipped, 1)
})

test('layers keep their order whatever the arguments say, and a wrong name lists the right ones', () => {
  assert.deepEqual(
    selectLayers(['ship', 'unit']).map(layer => layer.name),
    ['unit', 'ship'],
  )
  assert.throws(() => selectLayers(['unti']), /no layer "unti"; the layers are unit, runtime, apiserver/)
})

test('every file is run once: each alone, the longest first, or dealt out to some processes', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map(name => `/test/${name}.test.ts`)
  const alone = dealOut(files, {concurrency: 1, sharesProcesses: false, longest: ['d.test.ts', 'b.test.ts']})
  assert.deepEqual(alone, [[files[3]], [files[1]], [files[0]], [files[2]], [files[4]]])
  const shared = dealOut(files, {concurrency: 1, sharesProcesses: true, longest: []})
  assert.deepEqual(shared, [[files[0], files[3]], [files[1], files[4]], [files[2]]])
  assert.deepEqual(dealOut([], {concurrency: 2, sharesProcesses: true, longest: []}), [])
})

test('a file that is named among the longest of its layer exists', () => {
  const root = path.resolve(import.meta.dirname, '../../..')
  for (const {folder, longest} of selectLayers([]))
    for (const file of longest) assert.ok(existsSync(path.join(root, folder, file)), `${folder}/${file}`)
})

test('the table adds up and shows what is red', () => {
  const row = {tests: 2, passed: 2, failed: 0, skipped: 0, seconds: 1.25}
  const table = summaryTable([
    {name: 'unit', ...row},
    {name: 'ship', ...row, tests: 0, passed: 0, problem: 'no tests in test/ship'},
  ])
  assert.match(table, /^unit +2 +2 +0 +0 +1\.3 +ok$/m)
  assert.match(table, /^ship +0 +0 +0 +0 +1\.3 +FAILED$/m)
  assert.match(table, /^total +2 +2 +0 +0 +2\.5 +FAILED$/m)
  assert.match(table, /^ship: no tests in test\/ship$/m)
})
