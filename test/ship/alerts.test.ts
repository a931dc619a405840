import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {before, test} from 'node:test'
import {backupScheduleReasons, skipReasons} from '../../src/api/backup-schedule.ts'
import {Metrics} from '../../src/observability/metrics.ts'
import {alertCases, type AlertCase} from './alert-cases.ts'
import {alertRules, metricsOf, promtool, type Groups} from './alert-rules.ts'

let rules: Groups

before(async () => {
  rules = await alertRules()
})

test('promtool accepts the rules', async t => {
  const {code, stdout, stderr} = await promtool(t, {'rules.yaml': rules}, 'check', 'rules', 'rules.yaml')
  assert.equal(code, 0, stdout + stderr)
})

for (const [index, alertCase] of alertCases.entries()) {
  test(`S2.19 ${alertCase.alert} fires and resolves (case ${index + 1})`, async t => {
    const files = {'rules.yaml': rules, 'test.yaml': unitTest(alertCase)}
    const {code, stdout, stderr} = await promtool(t, files, 'test', 'rules', 'test.yaml')
    assert.equal(code, 0, stdout + stderr)
  })
}

function unitTest({alert, series, stepMinutes = 1, quiet, firing, resolved, labels, severity}: AlertCase): unknown {
  // Over the series ALERTS, as promtool's own alert tests would compare the annotations word for word.
  const matcher = (state: string) => `count(ALERTS{alertname="${alert}",alertstate="${state}"}) or vector(0)`
  const at = (minute: number, count: number) => ({
    expr: matcher('firing'),
    eval_time: `${minute}m`,
    exp_samples: [{labels: '{}', value: count}],
  })
  const selector = Object.entries({alertname: alert, alertstate: 'firing', severity, ...labels})
  return {
    rule_files: ['rules.yaml'],
    evaluation_interval: `${stepMinutes}m`,
    tests: [
      {
        interval: `${stepMinutes}m`,
        input_series: Object.entries(series).map(([name, values]) => ({series: name, values})),
        promql_expr_test: [
          at(quiet, 0),
          at(firing, 1),
          at(resolved, 0),
          {
            expr: `ALERTS{${selector.map(([name, value]) => `${name}="${value}"`).join(',')}}`,
            eval_time: `${firing}m`,
            exp_samples: [
              {labels: `ALERTS{${selector.map(([name, value]) => `${name}="${value}"`).join(',')}}`, value: 1},
            ],
          },
        ],
      },
    ],
  }
}

test('every alert has a case', async () => {
  const alerts = rules.groups.flatMap(({rules}) => rules.map(({alert}) => alert))
  assert.deepEqual(alerts.toSorted(), [...new Set(alertCases.map(({alert}) => alert))].toSorted())
})

test('every alert says in words what happened, and names the section of docs/alerts.md that says what to do', () => {
  for (const {alert, annotations} of rules.groups.flatMap(group => group.rules)) {
    assert.ok(annotations['summary'] && annotations['description'], alert)
    assert.equal(annotations['runbook_url'], `https://wiki.example.com/alerts#${alert.toLowerCase()}`)
  }
})

test('every metric in a rule exists in /metrics', async () => {
  const metrics = new Metrics('test')
  metrics.observe({jobs: {list: () => []}, models: {list: () => []}, storages: {list: () => []}})
  const known = await metrics.names()
  const used = [...metricsOf(rules)]
  assert.ok(used.length > 10)
  assert.deepEqual(
    used.filter(name => !known.has(name)),
    [],
  )
})

test('reasons that rules name are reasons of the API, and the page says of each skipped slot whether it counts', async () => {
  const named = rules.groups
    .flatMap(group => group.rules)
    .flatMap(({expr}) => [...expr.matchAll(/reason[!=]~"([^"]+)"/g)].flatMap(([, words = '']) => words.split('|')))
  const known = new Set([...Object.keys(backupScheduleReasons), ...Object.keys(skipReasons)])
  assert.ok(named.length > 5)
  assert.deepEqual(
    named.filter(reason => !known.has(reason)),
    [],
  )
  const page = await readFile(path.join(import.meta.dirname, '../../docs/alerts.md'), 'utf8')
  const section = page.slice(
    page.indexOf('### CharmkeeperScheduleSlotMissed'),
    page.indexOf('### CharmkeeperScheduleOverdue'),
  )
  assert.deepEqual(
    Object.keys(skipReasons).filter(reason => !section.includes(reason)),
    [],
  )
})
