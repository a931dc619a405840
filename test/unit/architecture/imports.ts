/**
 * The arrows between the houses of src/, read from the import statements.
 *
 * One table states who may know whom; `npm run check` and a unit test use it, so that nobody has to remember it.
 */
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'

/** One import of one source file, both as paths relative to `src/`. */
export interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** House -> houses that it may import beside itself, `foundations` and `api`. `*` = everything. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  main: ['*'],
  operator: ['*'],
  probes: ['config', 'observability', 'runtime'],
  'cluster-id': ['kube'],
  config: [],
  controllers: ['calendar', 'charms', 'storage', 'juju', 'runtime', 'kube'],
  calendar: [],
  charms: [],
  storage: [],
  juju: [],
  runtime: ['kube'],
  kube: [],
  api: [],
  time: [],
  net: [],
  observability: [],
}

/** The lowest houses: they import nothing of ours, everybody but `api` may import them. */
const foundations: readonly string[] = ['time', 'net']

/** Houses of arithmetic alone: they import nothing of ours, not even the clock; only what writes their page knows how files are written. */
const pure: Readonly<Record<string, readonly string[]>> = {calendar: ['calendar/docs.ts', 'calendar/generate.ts']}

/** The one file of `observability` that every house may import: the interface of a logger, and one that says nothing. */
const loggerContract = 'observability/log.ts'

/** Files that can do harm which cannot be undone, and who may import them: a folder ends with a slash. */
const guarded: Readonly<Record<string, readonly string[]>> = {
  'juju/restore-units.ts': ['controllers/backup-job/restore/', 'juju/writes/destroy-units.ts'],
  'juju/writes/destroy-units.ts': ['controllers/backup-job/restore/'],
  'juju/facades/destroy-unit.ts': ['juju/restore-units.ts', 'juju/facades/index.ts', 'juju/permissions.ts'],
}

/** The house of a path relative to `src/`: its folder, or the name of a file that stands alone. */
export function houseOf(file: string): string {
  const [first = '', ...rest] = file.split('/')
  return rest.length === 0 ? first.replace(/\.ts$/, '') : first
}

/** The rule that an import breaks, as a sentence, or undefined. */
export function violation(edge: Import): string | undefined {
  const [from, to] = [houseOf(edge.from), houseOf(edge.to)]
  if (!(from in arrows)) return `${edge.from}: the house "${from}" has no row in the table of arrows`
  if (!mayUseGuarded(edge)) return `${edge.from} imports ${edge.to}, which only ${guarded[edge.to]?.join(', ')} may`
  if (from in pure && from !== to) {
    const generates = pure[from]?.includes(edge.from) === true && to === 'api'
    return generates ? undefined : `${edge.from} imports ${edge.to}: ${from} imports nothing of ours`
  }
  if (from === to || mayImport(from, to) || mayUseContract(from, edge)) return undefined
  return `${edge.from} imports ${edge.to}: ${from} must not know ${to}`
}

function mayUseGuarded({from, to}: Import): boolean {
  const allowed = guarded[to]
  return allowed === undefined || allowed.some(one => (one.endsWith('/') ? from.startsWith(one) : from === one))
}

function mayImport(from: string, to: string): boolean {
  const allowed = arrows[from] ?? []
  if (allowed.includes('*')) return true
  if (from === 'api' || foundations.includes(from)) return false
  return to === 'api' || foundations.includes(to) || allowed.includes(to)
}

function mayUseContract(from: string, edge: Import): boolean {
  if (from === 'api') return false
  // The metrics implement small interfaces that the other houses define on their side.
  return edge.to === loggerContract || (from === 'observability' && edge.typeOnly && houseOf(edge.to) !== 'main')
}

/** Every import between files of `src/`. @param root folder that holds `src/` */
export function readImports(root: string): readonly Import[] {
  const src = path.join(root, 'src')
  return globSync('**/*.ts', {cwd: src}).flatMap(file => {
    const from = file.split(path.sep).join('/')
    return importsIn(readFileSync(path.join(src, file), 'utf8')).flatMap(({specifier, typeOnly}) => {
      if (!specifier.startsWith('.')) return []
      return [{from, to: path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier)), typeOnly}]
    })
  })
}

/** The module specifiers of a source text: static and dynamic imports, and re-exports. */
export function importsIn(source: string): readonly {specifier: string; typeOnly: boolean}[] {
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  const statement = /^\s*(?:import|export)\b(?<clause>[^'"`;()=]*?)(?:\bfrom\s*)?['"](?<specifier>[^'"]+)['"]/gm
  const dynamic = /\bimport\(\s*['"](?<specifier>[^'"]+)['"]/g
  return [...text.matchAll(statement), ...text.matchAll(dynamic)].map(match => ({
    specifier: match.groups?.['specifier'] ?? '',
    typeOnly: /^\s*type\b/.test(match.groups?.['clause'] ?? ''),
  }))
}

/** One cycle of imports at run time, as the files in order (the first repeated at the end), or undefined. Types are erased. */
export function findCycle(imports: readonly Import[]): readonly string[] | undefined {
  const next = Map.groupBy(
    imports.filter(edge => !edge.typeOnly),
    edge => edge.from,
  )
  const done = new Set<string>()
  const walk = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const {to} of next.get(file) ?? []) {
      const cycle = walk(to, [...trail, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of next.keys()) {
    const cycle = walk(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** All that is wrong with the arrows of a checkout, one sentence each. */
export function brokenArrows(imports: readonly Import[]): readonly string[] {
  const broken = imports.flatMap(edge => violation(edge) ?? [])
  const cycle = findCycle(imports)
  return cycle === undefined ? broken : [...broken, `imports in a circle: ${cycle.join(' -> ')}`]
}
