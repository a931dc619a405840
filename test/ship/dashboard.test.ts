import assert from 'node:assert/strict'
import {before, test} from 'node:test'
import {Metrics} from '../../src/observability/metrics.ts'
import {renderChart} from '../support/chart.ts'
import {metricsIn, promtool} from './alert-rules.ts'

interface Panel {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly gridPos: {readonly x: number; readonly y: number; readonly w: number; readonly h: number}
  readonly targets: readonly {readonly refId: string; readonly expr: string}[]
}

let panels: readonly Panel[]
before(async () => {
  const manifests = await renderChart({metrics: {dashboard: {create: true}}})
  const map = manifests.find(({kind, metadata}) => kind === 'ConfigMap' && metadata.name === 'charmkeeper-dashboard')
  assert.equal(map?.metadata.labels?.['grafana_dashboard'], '1')
  const {'charmkeeper.json': text = ''} = map['data'] as Record<string, string>
  panels = (JSON.parse(text) as {panels: Panel[]}).panels
})

const expressions = (): string[] => panels.flatMap(({targets}) => targets.map(({expr}) => expr))

test('there is no dashboard unless somebody asks for it', async () => {
  assert.deepEqual(
    (await renderChart()).filter(({kind}) => kind === 'ConfigMap'),
    [],
  )
})

test('every query of the dashboard is PromQL', async t => {
  assert.ok(expressions().length > 10)
  const rules = expressions().map((expr, index) => ({record: `panel:${index}`, expr}))
  const files = {'rules.yaml': {groups: [{name: 'dashboard', rules}]}}
  const {code, stdout, stderr} = await promtool(t, files, 'check', 'rules', '--lint=none', 'rules.yaml')
  assert.equal(code, 0, stdout + stderr)
})

test('every metric in the dashboard exists in /metrics', async () => {
  const metrics = new Metrics('test')
  metrics.observe({jobs: {list: () => []}, models: {list: () => []}, storages: {list: () => []}})
  const known = await metrics.names()
  assert.deepEqual(
    [...metricsIn(expressions())].filter(name => !known.has(name)),
    [],
  )
})

test('panels have a title, a sentence and a place of their own', () => {
  assert.equal(new Set(panels.map(({id}) => id)).size, panels.length)
  for (const {title, description} of panels) assert.ok(title !== '' && description.endsWith('.'), title)
  const cells = panels.flatMap(({gridPos: {x, y, w, h}}) =>
    Array.from({length: w * h}, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
  )
  assert.equal(new Set(cells).size, cells.length)
  assert.ok(cells.every(cell => Number(cell.split('/')[0]) < 24))
})
