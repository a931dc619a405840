import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {parseAllDocuments} from 'yaml'
import {
  parseBackupJob,
  parseBackupSchedule,
  parseBackupStorage,
  parseJujuModel,
  type Parsed,
} from '../../../src/api/index.ts'

const parsers: Readonly<Record<string, (raw: unknown) => Parsed<unknown>>> = {
  JujuModel: parseJujuModel,
  BackupStorage: parseBackupStorage,
  BackupJob: parseBackupJob,
  BackupSchedule: parseBackupSchedule,
}

const root = join(import.meta.dirname, '../../..')
const refused = join(root, 'test/apiserver/refused')

/** What only the API server can check: a change needs the object before it, and it drops unknown fields by itself. */
const serverOnly = /cannot be changed|may only go upwards|unknown field|Duplicate value/

test('our own check refuses what the API server refuses, with the same message at the same place', async () => {
  let checked = 0
  for (const file of await readdir(refused)) {
    const text = await readFile(join(refused, file), 'utf8')
    const [, field = '', message = ''] = /^# field: ?(.*)\n# message: (.*)$/m.exec(text) ?? []
    if (serverOnly.test(message) || text.includes('\n# checked by: the API server only\n')) continue
    const object = parseAllDocuments(text).at(-1)?.toJS() as {kind: string}
    const parsed = parsers[object.kind]?.(object)
    assert(parsed?.ok === false, `${file} was taken`)
    assert.equal(parsed.path, field, file)
    // What zod says for a missing value, a pattern or an enum in its own words.
    if (!/^(Required value|should match|should be at least|Unsupported value|must be of type)/.test(message)) {
      assert.equal(parsed.message, message, file)
    }
    checked++
  }
  assert(checked > 60)
})

test('our own check takes the examples', async () => {
  const files = (await readdir(join(root, 'examples'))).filter(file => file.endsWith('.yaml'))
  const objects = await Promise.all(
    files.map(async file => parseAllDocuments(await readFile(join(root, 'examples', file), 'utf8')).map(d => d.toJS())),
  )
  const ours = (objects.flat() as {kind: string}[]).filter(({kind}) => kind in parsers)
  assert(ours.length >= 9)
  for (const object of ours) assert.deepEqual(parsers[object.kind]?.(object).ok, true, object.kind)
})

test('the README names every example', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const files = (await readdir(join(root, 'examples'))).filter(file => file.endsWith('.yaml'))
  const unnamed = files.filter(file => !readme.includes(`](examples/${file})`))
  assert.deepEqual(unnamed, [])
})

test('metadata and status pass through as they are; unknown fields of spec are dropped', () => {
  const raw = {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {name: 'a', labels: {x: 'y'}, annotations: {'charmkeeper.dev/ignore-task': '7'}},
    spec: {modelRef: {name: 'prod'}, application: 'postgresql', fromTheFuture: {}},
    status: {observedGeneration: 3, fromTheFuture: true},
  }
  const parsed = parseBackupJob(raw)
  assert(parsed.ok)
  assert.deepEqual(parsed.value.metadata, raw.metadata)
  assert.deepEqual(parsed.value.status, raw.status)
  assert.equal('fromTheFuture' in parsed.value.spec, false)
  assert.equal(parsed.value.spec.backup.type, 'Full')
})

test('property: whatever is read from the API server, the check answers and does not throw', () => {
  const spec = fc.oneof(
    fc.anything(),
    fc.record({modelRef: fc.anything(), application: fc.anything(), backup: fc.anything()}),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(parsers)),
      fc.oneof(
        fc.anything(),
        spec.map(s => ({metadata: {name: 'x'}, spec: s})),
      ),
      (parse, raw) => {
        const parsed = parse(raw)
        assert(parsed.ok || (typeof parsed.path === 'string' && parsed.message !== ''))
      },
    ),
  )
})
