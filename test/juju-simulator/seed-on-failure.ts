import type {TestContext} from 'node:test'
import type {SimulatedJuju} from './simulator.ts'

/** Node has it since 21.7; the types of Node do not know it. */
type EndedTest = TestContext & {readonly passed: boolean}

/** When the test fails, says with which seed the same Juju can be had again. */
export function tellSeedOnFailure(t: TestContext, {seed}: Pick<SimulatedJuju, 'seed'>): void {
  t.after(() => {
    if (!(t as EndedTest).passed)
      t.diagnostic(`the simulated Juju had the seed ${seed}: startSimulatedJuju({seed: ${seed}, ...})`)
  })
}
