import type {MysqlEngine, MysqlStep, StepOrder} from './engine.ts'

/** Does the steps in turn. @returns the words for the first that failed */
export async function firstFailure(
  engine: MysqlEngine,
  order: StepOrder,
  steps: readonly (readonly [step: MysqlStep, words: string])[],
): Promise<string | undefined> {
  for (const [step, words] of steps) if (!(await engine.step(step, order))) return words
  return undefined
}
