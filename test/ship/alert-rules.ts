import assert from 'node:assert/strict'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type {TestContext} from 'node:test'
import {runCommand} from '../env/process/command.ts'
import {ensureParts} from '../env/toolchain/parts.ts'
import {renderChart} from '../support/chart.ts'

export interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}
export interface Groups {
  readonly groups: readonly {readonly rules: readonly Rule[]}[]
}

/** The groups of the chart's PrometheusRule, those that are off by default included. */
export async function alertRules(): Promise<Groups> {
  const runbookUrl = 'https://wiki.example.com/alerts'
  const prometheusRule = {create: true, backupMaxAgeSeconds: 90_000, runbookUrl}
  const rule = (await renderChart({metrics: {prometheusRule}})).find(({kind}) => kind === 'PrometheusRule')
  assert.ok(rule)
  return rule['spec'] as Groups
}

/** Names of the metrics that the rules read. */
export function metricsOf({groups}: Groups): ReadonlySet<string> {
  return metricsIn(groups.flatMap(({rules}) => rules.map(({expr}) => expr)))
}

/** Names of the metrics in PromQL; of a histogram that of the whole. */
export function metricsIn(expressions: readonly string[]): ReadonlySet<string> {
  const name = /\b(?:charmkeeper|controller_runtime|leader|nodejs|process|workqueue|rest_client)_\w+/g
  return new Set(expressions.flatMap(expr => [...expr.matchAll(name)].map(([found]) => found.replace(/_bucket$/, ''))))
}

/** promtool in a folder of its own with these files, which are removed after the test. */
export async function promtool(t: TestContext, files: Readonly<Record<string, unknown>>, ...args: string[]) {
  const parts = await ensureParts(['promtool'])
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'alerts-'))
  t.after(() => rmSync(cwd, {recursive: true, force: true}))
  // JSON is YAML.
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(cwd, name), JSON.stringify(content))
  return await runCommand(parts.promtool, args, {cwd})
}
