import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {cp, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {crdOf, schemaOf, type SchemaNode} from '../../../src/api/crd.ts'
import {generatedFiles, outdated} from '../../../src/api/generate.ts'
import {kinds} from '../../../src/api/kinds.ts'

const root = join(import.meta.dirname, '../../..')

test('the CRDs and docs/api.md on disk are what the schemas say', async () => {
  assert.deepEqual(await outdated(root), [])
})

test('generate --check ends with 1 and names the file that differs', async t => {
  const copy = await mkdtemp(join(tmpdir(), 'ck-generate-'))
  t.after(() => rm(copy, {recursive: true}))
  for (const [path, content] of generatedFiles()) {
    await mkdir(join(copy, path, '..'), {recursive: true})
    await writeFile(join(copy, path), content)
  }
  await mkdir(join(copy, 'src'))
  await cp(join(root, 'src/api'), join(copy, 'src/api'), {recursive: true})
  await cp(join(root, 'package.json'), join(copy, 'package.json'))
  await linkModules(copy)
  assert.deepEqual(await check(copy), {code: 0, stderr: ''})
  await writeFile(join(copy, 'docs/api.md'), 'edited by hand')
  const changed = await check(copy)
  assert.equal(changed.code, 1)
  assert.match(changed.stderr, /docs\/api\.md is not what src\/api says: run npm run generate/)
})

async function linkModules(copy: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
}

function check(directory: string): Promise<{code: number; stderr: string}> {
  return new Promise(resolve => {
    execFile(process.execPath, [join(directory, 'src/api/generate.ts'), '--check'], (fault, _, stderr) => {
      resolve({code: fault === null ? 0 : Number(fault.code), stderr})
    })
  })
}

function* nodes(path: string, node: SchemaNode): Generator<[string, SchemaNode]> {
  yield [path, node]
  for (const [key, child] of Object.entries(node.properties ?? {})) yield* nodes(`${path}.${key}`, child)
  if (node.items) yield* nodes(`${path}[]`, node.items)
  if (node.additionalProperties) yield* nodes(`${path}{}`, node.additionalProperties)
}

/** An example of an object is one of its fields, too. */
function withoutExample(path: string, node: SchemaNode): string[] {
  if (node.example !== undefined) return []
  const children = Object.entries((node.items ?? node).properties ?? {})
  if (children.length === 0) return [path]
  return children.flatMap(([key, child]) => withoutExample(`${path}${node.items ? '[]' : ''}.${key}`, child))
}

for (const kind of kinds) {
  const all = [...nodes('spec', schemaOf(kind.spec)), ...nodes('status', schemaOf(kind.status))]

  test(`${kind.resource.kind}: every field has a description, every text and list a bound`, () => {
    const fields = all.filter(([path]) => /\.\w+$/.test(path))
    assert(fields.length > 10)
    const silent = fields.filter(([, node]) => !(node.description ?? '').endsWith('.'))
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    )
    const unbounded = all.filter(
      ([, {type, maxLength, maxItems, maxProperties, enum: words, additionalProperties}]) =>
        (type === 'string' && maxLength === undefined && words === undefined) ||
        (type === 'array' && maxItems === undefined) ||
        (additionalProperties !== undefined && maxProperties === undefined),
    )
    assert.deepEqual(
      unbounded.map(([path]) => path),
      [],
    )
  })

  test(`${kind.resource.kind}: every field of spec that holds no other fields has an example`, () => {
    assert.deepEqual(withoutExample('spec', schemaOf(kind.spec)), [])
  })

  test(`${kind.resource.kind}: every parent of a default has a default itself, so that it is filled in`, () => {
    const lost = all.filter(
      ([path, node]) =>
        path !== 'spec' &&
        node.type === 'object' &&
        path.startsWith('spec.') &&
        node.default === undefined &&
        Object.values(node.properties ?? {}).some(child => child.default !== undefined) &&
        // an object that is mandatory, or that says something by being there, is written by its user
        !/(^spec\.s3|caCertificateRef|^spec\.(restore|retention|jobTemplate|jobTemplate\.spec)|\[\])$/.test(path),
    )
    assert.deepEqual(
      lost.map(([path]) => path),
      [],
    )
  })

  test(`${kind.resource.kind}: patterns and rules mean the same to the API server (RE2) and to us`, () => {
    const patterns = all.map(([, node]) => node.pattern).filter(pattern => pattern !== undefined)
    for (const pattern of patterns) assert.doesNotMatch(pattern, /\(\?[=!<]|\\[1-9]/)
    for (const [path, node] of all) {
      for (const {rule, message} of node['x-kubernetes-validations'] ?? []) {
        assert.doesNotMatch(rule, /\(\?[=!<]/, path)
        assert(message.length > 10 && !message.includes('\n'), path)
        assert.doesNotMatch(rule, /oldSelf/, `${path}: rules over changes belong to the kind`)
      }
    }
  })

  test(`${kind.resource.kind}: reasons are CamelCase and say in a sentence what they mean`, () => {
    const own = Object.values(kind.conditions).map(({reasons = {}}) => reasons)
    for (const reasons of [kind.outcome.reasons, ...own]) {
      for (const [reason, meaning] of Object.entries(reasons)) {
        assert.match(reason, /^[A-Z][A-Za-z]+$/)
        assert.match(meaning, /\.$/, reason)
      }
    }
  })

  test(`${kind.resource.kind}: rules over changes compare values where they stand, and none sits at the root`, () => {
    const {versions} = crdOf(kind)['spec'] as {versions: {schema: {openAPIV3Schema: SchemaNode}}[]}
    const root = versions[0]?.schema.openAPIV3Schema
    assert.equal(root?.['x-kubernetes-validations'], undefined)
    const fields = [...kind.immutable.fields, ...kind.transitions.map(({field}) => field)]
    const spec = root?.properties?.['spec']
    const over = (node: SchemaNode | undefined): string[] =>
      (node?.['x-kubernetes-validations'] ?? []).map(({rule}) => rule).filter(rule => rule.includes('oldSelf'))
    for (const field of fields) assert.equal(over(spec?.properties?.[field]).length, 1, field)
    for (const rule of over(spec)) assert.match(rule, /^has\(self\.(\w+)\) == has\(oldSelf\.\1\)$/)
  })
}

test('short names and plurals are unique, and there is one storage version', () => {
  const names = kinds.flatMap(({resource, shortNames}) => [resource.plural, ...shortNames])
  assert.equal(new Set(names).size, names.length)
  assert.deepEqual(
    kinds.flatMap(({shortNames}) => shortNames),
    ['ckm', 'ckst', 'ckj', 'cks'],
  )
})
