/**
 * `npm test`: checks, builds, then runs the layers of the suite in order and prints one table.
 * Arguments select layers (`npm test -- unit runtime`). Anything red, empty or missing ends with a non-zero exit code.
 */
import path from 'node:path'
import {selectLayers, type Layer} from './runner/layers.ts'
import {runLayer} from './runner/run-layer.ts'
import {runScript} from './runner/steps.ts'
import {isGreen, summaryTable, type Outcome} from './runner/summary.ts'

const root = path.resolve(import.meta.dirname, '..')

async function main(names: readonly string[]): Promise<number> {
  const selected = selectLayers(names)
  const outcomes: Outcome[] = []
  const step = async (title: string, work: () => Promise<Outcome>): Promise<Outcome> => {
    console.log(`\n== ${title}`)
    const outcome = await work()
    outcomes.push(outcome)
    return outcome
  }
  if (names.length === 0) await step('check', () => runScript('check', root))
  const built = !needs(selected, 'needsBuild') || isGreen(await step('build', () => runScript('build', root)))
  const ready =
    !needs(selected, 'needsEnvironment') ||
    isGreen(await step('environment', () => runScript('env', root, ['install'])))
  for (const layer of selected) {
    const missing = layer.needsBuild && !built ? 'the build failed' : undefined
    const absent = layer.needsEnvironment && !ready ? 'a part of the test environment is missing' : missing
    await step(layer.name, () =>
      absent === undefined ? runLayer(layer, root, line => console.log(line)) : notRun(layer, absent),
    )
  }
  console.log(`\n${summaryTable(outcomes)}`)
  return outcomes.every(isGreen) ? 0 : 1
}

function needs(selected: readonly Layer[], what: 'needsBuild' | 'needsEnvironment'): boolean {
  return selected.some(layer => layer[what])
}

function notRun(layer: Layer, problem: string): Promise<Outcome> {
  return Promise.resolve({
    name: layer.name,
    tests: 0,
    passed: 0,
    failed: 0,
    skipped: 0,
    seconds: 0,
    problem: `not run: ${problem}`,
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof RangeError ? error.message : error)
  process.exitCode = 2
}
