import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {immutabilityRules, schemaOf, type SchemaNode} from '../../src/api/crd.ts'
import {kinds} from '../../src/api/kinds.ts'
import type {KindDefinition} from '../../src/api/kind.ts'
import {backupJob, backupSchedule, backupStorage, jujuModel} from './objects.ts'
import {readYaml, TestApi, type Raw, type Refusal} from './harness.ts'

/** A file in refused/: the header says where the API server must complain, and how. */
interface Example {
  readonly file: string
  readonly kind: KindDefinition
  readonly title: string
  readonly field: string
  readonly message: string
  /** The last document is refused; one before it is created first. */
  readonly objects: readonly Raw[]
}

const files = (await readdir(join(import.meta.dirname, 'refused'))).sort()
const examples = await Promise.all(files.map(readExample))

const api = await TestApi.start()
after(() => api.stop())

async function readExample(file: string): Promise<Example> {
  const {text, objects} = await readYaml('test/apiserver/refused', file)
  const header = (key: string): string => new RegExp(`^# ${key}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
  const kind = kinds.find(({resource}) => resource.kind === objects[0]?.kind)
  assert(kind && header('message') !== '', `${file} needs a kind and the header lines field and message`)
  const title = text.split('\n')[0]?.slice(2) ?? ''
  return {file, kind, title, field: header('field'), message: header('message'), objects}
}

for (const {file, kind, title, field, message, objects} of examples) {
  test(`refused/${file}: ${title}`, async () => {
    const {resource} = kind
    const [first, second] = objects
    assert(first)
    if (second) {
      const created = await api.create(resource, first)
      assert(created.ok, created.ok ? '' : created.refusal.message)
    }
    const answer = second ? await api.replace(resource, second) : await api.create(resource, first, {dryRun: true})
    assert(!answer.ok, 'the API server took it')
    assertRefused(answer.refusal, field, message)
  })
}

function assertRefused(refusal: Refusal, field: string, message: string): void {
  const said = field === '' ? [refusal] : refusal.causes.filter(cause => cause.field === field)
  assert(
    said.some(cause => cause.message.includes(message)),
    `expected "${message}" at ${field}, got: ${refusal.message}`,
  )
}

test('S2.23 every rule and every pattern of the schemas has a refused example', () => {
  const missing = kinds.flatMap(kind => {
    const mine = examples.filter(example => example.kind === kind)
    const rules = [...rulesOf('spec', schemaOf(kind.spec)), ...kind.transitions, ...immutabilityRules(kind)]
    const unseen = rules.filter(({message}) => !mine.some(example => example.message === message))
    const patterns = patternsOf('spec', schemaOf(kind.spec))
    const untried = patterns.filter(path => !mine.some(({field}) => field.replaceAll(/\[\d+\]/g, '[]') === path))
    return [...unseen.map(({message}) => message), ...untried].map(what => `${kind.resource.kind}: ${what}`)
  })
  assert.deepEqual(missing, [])
})

function rulesOf(path: string, node: SchemaNode): {message: string}[] {
  const own = node['x-kubernetes-validations'] ?? []
  return [...own, ...childrenOf(path, node).flatMap(([below, child]) => rulesOf(below, child))]
}

function patternsOf(path: string, node: SchemaNode): string[] {
  const below = childrenOf(path, node).flatMap(([child, childNode]) => patternsOf(child, childNode))
  return node.pattern === undefined ? below : [path, ...below]
}

function childrenOf(path: string, node: SchemaNode): [string, SchemaNode][] {
  const properties = Object.entries(node.properties ?? {}).map(([key, child]): [string, SchemaNode] => [
    `${path}.${key}`,
    child,
  ])
  return node.items ? [...properties, [`${path}[]`, node.items]] : properties
}

const bases: Readonly<Record<string, (name: string) => Raw>> = {
  JujuModel: name => jujuModel(name),
  BackupStorage: name => backupStorage(name),
  BackupJob: name => backupJob(name),
  BackupSchedule: name => backupSchedule(name),
}

for (const kind of kinds) {
  test(`S2.6 S2.7 S2.8 ${kind.resource.kind}: every bound, enum, type and mandatory field of spec is enforced`, async () => {
    const base = bases[kind.resource.kind]
    assert(base)
    const valid = await api.create(kind.resource, base('valid'), {dryRun: true})
    assert(valid.ok, valid.ok ? '' : valid.refusal.message)
    const attempts = violations(['spec'], schemaOf(kind.spec))
    assert(attempts.length > 15)
    for (const {path, value, what} of attempts) {
      const answer = await api.create(kind.resource, withValue(base('broken'), path, value), {dryRun: true})
      assert(!answer.ok, `${path.join('.')} took ${what}`)
      assert(answer.refusal.message.includes(dotted(path)), `${what}: ${answer.refusal.message}`)
    }
  })
}

interface Violation {
  readonly path: Path
  readonly value: unknown
  readonly what: string
}

/** Keys of objects, and indices of lists. */
type Path = readonly (string | number)[]

/** One value for each thing that the schema of a field forbids. Items of lists and maps are reached through a single one. */
function violations(path: Path, node: SchemaNode): Violation[] {
  const found: [string, unknown][] = []
  if (node.maxLength !== undefined)
    found.push([`more than ${node.maxLength} characters`, 'a'.repeat(node.maxLength + 1)])
  if (node.minLength !== undefined) found.push(['an empty text', ''])
  if (node.maximum !== undefined) found.push([`more than ${node.maximum}`, node.maximum + 1])
  if (node.minimum !== undefined) found.push([`less than ${node.minimum}`, node.minimum - 1])
  if (node.minItems !== undefined) found.push(['an empty list', []])
  if (node.maxItems !== undefined) found.push([`${node.maxItems + 1} items`, Array(node.maxItems + 1).fill(null)])
  if (node.maxProperties !== undefined) {
    const entries = Array.from({length: node.maxProperties + 1}, (_, index) => [`key${index}`, 'x'])
    found.push([`${node.maxProperties + 1} entries`, Object.fromEntries(entries)])
  }
  if (node.enum !== undefined) found.push(['another word', 'Anything'])
  found.push(['a value of another type', node.type === 'boolean' ? 'true' : true])
  const own = found.map(([what, value]): Violation => ({path, value, what}))
  const mandatory = (node.required ?? []).map((key): Violation => ({
    path: [...path, key],
    value: undefined,
    what: 'nothing',
  }))
  const children: [string | number, SchemaNode][] = Object.entries(node.properties ?? {})
  if (node.items) children.push([0, node.items])
  if (node.additionalProperties) children.push(['key', node.additionalProperties])
  const below = children.flatMap(([key, child]) => violations([...path, key], child))
  return [...own, ...mandatory, ...below]
}

/** The path as the API server writes it. */
function dotted(path: Path): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index ? '.' : ''}${key}`)).join('')
}

function withValue(object: Raw, path: Path, value: unknown): Raw {
  const copy = structuredClone(object)
  let parent: Record<string | number, unknown> = copy
  for (const [index, key] of path.slice(0, -1).entries()) {
    parent = (parent[key] ??= typeof path[index + 1] === 'number' ? [] : {}) as Record<string | number, unknown>
  }
  const last = path.at(-1) ?? ''
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}
