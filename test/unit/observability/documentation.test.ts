import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {Metrics} from '../../../src/observability/metrics.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

test('docs/operations.md describes every metric of our own, and no other', async () => {
  const metrics = new Metrics('test')
  metrics.observe({jobs: {list: () => []}, models: {list: () => []}, storages: {list: () => []}})
  const known = [...(await metrics.names()).keys()].filter(name => name.startsWith('charmkeeper_'))
  const described = [...read('docs/operations.md').matchAll(/^\| `(charmkeeper_\w+)` \|/gm)].map(
    ([, name = '']) => name,
  )
  assert.deepEqual(described.toSorted(), known.toSorted())
})

test('docs/alerts.md has a section for each alert of the chart, and for no other', () => {
  const templates = globSync('charts/charmkeeper/templates/_alerts-*.tpl', {cwd: root})
  const known = templates.flatMap(file => [...read(file).matchAll(/^- alert: (\w+)/gm)].map(([, name = '']) => name))
  assert(known.length > 15)
  const page = read('docs/alerts.md')
  const sections = [...page.matchAll(/^### (Charmkeeper\w+)$/gm)].map(([, name = '']) => name)
  const rows = [...page.matchAll(/^\| \[(Charmkeeper\w+)\]/gm)].map(([, name = '']) => name)
  assert.deepEqual(sections.toSorted(), known.toSorted())
  assert.deepEqual(rows, sections)
})

test('the pages name only files, folders and anchors that exist', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', {cwd: root})]
  const broken = pages.flatMap(page =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([link, file = '', anchor]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file)
      const exists = globSync(target, {cwd: root}).length === 1
      if (!exists) return [`${page}: ${link}`]
      const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading))
      return anchor === undefined || headings.includes(anchor) ? [] : [`${page}: ${link}`]
    }),
  )
  assert.deepEqual(broken, [])
})

/** As GitHub makes anchors of headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-')
}
