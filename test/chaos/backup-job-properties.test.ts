import {test} from 'node:test'
import fc from 'fast-check'
import {anyMoves, play, type Move} from './moves.ts'
import {TroubledWorld} from './troubled-world.ts'

/** More of them: `CHARMKEEPER_PROPERTY_RUNS=1000`; one of them again: `CHARMKEEPER_PROPERTY_SEED=<seed>` with what was printed. */
const numRuns = Number(process.env['CHARMKEEPER_PROPERTY_RUNS'] ?? 12)
const seed = Number(process.env['CHARMKEEPER_PROPERTY_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

async function story(profile: '3.6.14' | '4.0.12', moves: readonly Move[]): Promise<void> {
  const troubled = await TroubledWorld.open(profile)
  try {
    for (const move of moves) await play(troubled, move)
    await troubled.mend()
    await troubled.settle()
    await troubled.proveThatItIsFree()
    troubled.assertSuccessesAreTrue()
    troubled.witness.assertClean()
  } finally {
    await troubled.stop()
  }
}

for (const profile of ['3.6.14', '4.0.12'] as const)
  test(`S1.5 S2.11 on Juju ${profile}, whatever happens in whatever order: one holder, each attempt once, every job ends, no success without its backup, no lock stays`, async t => {
    t.diagnostic(`seed ${seed}, ${numRuns} runs`)
    const property = fc.asyncProperty(anyMoves, moves => story(profile, moves))
    await fc.assert(property, {numRuns, seed, endOnFailure: numRuns <= 12})
  })
