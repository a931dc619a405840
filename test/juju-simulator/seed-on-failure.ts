import type {TestContext} from 'node:test'
import {startSimulatedJuju} from './simulator.ts'
import type {SimulatedJuju, SimulatedJujuOptions} from './simulator.ts'

/** Node has it since 21.7; the types of Node do not know it. */
type EndedTest = TestContext & {readonly passed: boolean}

/** When the test fails, says with which seed the same Juju can be had again. */
export function tellSeedOnFailure(t: TestContext, {seed}: Pick<SimulatedJuju, 'seed'>): void {
  t.after(() => {
    if (!(t as EndedTest).passed)
      t.diagnostic(`the simulated Juju had the seed ${seed}: startSimulatedJuju({seed: ${seed}, ...})`)
  })
}

/** Starts a simulated Juju for a test, which says its seed if it fails; the test stops it. */
export async function startTestedJuju(t: TestContext, options: SimulatedJujuOptions): Promise<SimulatedJuju> {
  const juju = await startSimulatedJuju(options)
  tellSeedOnFailure(t, juju)
  return juju
}
