import {spawn} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {startEnvironment} from '../test/env/environment.ts'
import {createReferences, installOperatorRights} from '../test/env/provision.ts'
import {makeWorkDirectory} from '../test/env/work-directory.ts'
import {buildOperator, cpuSeconds, OperatorProcess, rssMiB} from './support/operator-process.ts'
import {printFigures} from './support/report.ts'

const root = path.resolve(import.meta.dirname, '..')
/** Long enough for start-up's garbage to be collected and several polls of Juju to fall into the measurement. */
const settleMs = 20_000
const measuredMs = 90_000
const starts = 5

interface Idle {
  readonly readyMs: number
  readonly rssMiB: number
  readonly cpuPercent: number
}

/** The built operator with one model and nothing to do: start to ready, memory, CPU; floor: a Node that only waits. */
export async function benchIdle(): Promise<void> {
  buildOperator()
  const work = await makeWorkDirectory('bench')
  const environment = await startEnvironment({dir: path.join(work.path, 'world'), database: 'memory'})
  try {
    const {controlPlane, juju, s3} = environment
    const kubectl = (args: readonly string[], options?: {input?: string}) => controlPlane.kubectlOrThrow(args, options)
    await installOperatorRights(kubectl)
    await createReferences(kubectl, juju, s3)
    const model = await readFile(path.join(root, 'examples/juju-model.yaml'), 'utf8')
    await kubectl(['apply', '-f', '-'], {input: model.replace('127.0.0.1:17070', juju.endpoint)})
    const kubeconfig = controlPlane.kubeconfigFor('operator')
    const readyMs: number[] = []
    for (let run = 0; run < starts; run++) readyMs.push((await observe(kubeconfig, work.path, 0)).readyMs)
    const idle = await observe(kubeconfig, work.path, measuredMs)
    print({...idle, readyMs: Math.min(...readyMs)}, await bareNode())
  } finally {
    await environment.stop()
    await work.remove()
  }
}

/** One life of the operator. @param forMs how long it is watched once it has settled; 0: only its start */
async function observe(kubeconfig: string, directory: string, forMs: number): Promise<Idle> {
  const operator = await OperatorProcess.start(kubeconfig, directory)
  try {
    const {readyMs} = operator
    if (forMs === 0) return {readyMs, rssMiB: 0, cpuPercent: 0}
    await delay(settleMs)
    const cpuBefore = operator.cpuSeconds
    await delay(forMs)
    return {readyMs, rssMiB: operator.rssMiB, cpuPercent: ((operator.cpuSeconds - cpuBefore) / forMs) * 100_000}
  } finally {
    await operator.stop()
  }
}

async function bareNode(): Promise<Idle> {
  const started = performance.now()
  const child = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise(resolve => child.stdout.once('data', resolve))
  const readyMs = performance.now() - started
  await delay(1000)
  const before = cpuSeconds(child.pid ?? 0)
  await delay(5000)
  const idle = {readyMs, rssMiB: rssMiB(child.pid ?? 0), cpuPercent: (cpuSeconds(child.pid ?? 0) - before) * 20}
  child.kill()
  return idle
}

function print(idle: Idle, floor: Idle): void {
  printFigures('The operator with one model, idle; floor: a Node that only waits', [
    {what: 'start to ready', figure: idle.readyMs, floor: floor.readyMs, unit: 'ms', goal: 'below 1500 ms'},
    {what: 'resident memory', figure: idle.rssMiB, floor: floor.rssMiB, unit: 'MiB', goal: 'at most 120 MiB'},
    {what: 'CPU, of one core', figure: idle.cpuPercent, floor: floor.cpuPercent, unit: '%', goal: 'below 1 %'},
  ])
}
