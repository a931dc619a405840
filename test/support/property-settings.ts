/**
 * How often a property is tried, and from which seed: `CHARMKEEPER_PROPERTY_RUNS=1000` for more, `CHARMKEEPER_PROPERTY_SEED=<seed>` with
 * what a failure printed for the same ones again.
 */
export function propertySettings({numRuns}: {readonly numRuns: number}): {numRuns: number; seed?: number} {
  const {CHARMKEEPER_PROPERTY_RUNS: runs, CHARMKEEPER_PROPERTY_SEED: seed} = process.env
  return {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === undefined ? {} : {seed: Number(seed)}),
  }
}
