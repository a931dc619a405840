import {test} from 'node:test'
import fc from 'fast-check'
import {faults} from './faults.ts'
import {anyMoves, play, type Kinds, type Move} from './move.ts'
import {backingUp, restoring} from './people.ts'
import {TroubledWorld, type Person} from './troubled-world.ts'
import {judge, proveThatItIsFree} from './verdict.ts'

/** More of them: `CHARMKEEPER_PROPERTY_RUNS=1000`; one of them again: `CHARMKEEPER_PROPERTY_SEED=<seed>` with what was printed. */
const asked = Number(process.env['CHARMKEEPER_PROPERTY_RUNS'] ?? 0)
const seed = Number(process.env['CHARMKEEPER_PROPERTY_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

type Profile = '3.6.14' | '4.0.12'
const anyPerson = fc.constantFrom<Person>('tells the truth', 'gives up')

async function story(profile: Profile, kinds: Kinds, person: Person, moves: readonly Move[]): Promise<void> {
  const troubled = await TroubledWorld.open(profile, person)
  try {
    for (const move of moves) await play(kinds, troubled, move)
    await troubled.mend()
    await troubled.settle()
    judge(troubled)
    await proveThatItIsFree(troubled)
    judge(troubled)
    troubled.witness.assertClean()
  } finally {
    await troubled.stop()
  }
}

interface Told {
  readonly ids: string
  /** what is asked for, in any case; and all that people do */
  readonly first: string
  readonly kinds: Kinds
  readonly runs: number
}

function whateverHappens(title: string, {ids, first, kinds: people, runs}: Told): void {
  const kinds = {...people, ...faults}
  const numRuns = asked === 0 ? runs : asked
  for (const profile of ['3.6.14', '4.0.12'] as const)
    test(`${ids} ${title} on Juju ${profile}, whatever happens in whatever order: one holder, each attempt once, every job ends, no success without its backup, no lock stays`, async t => {
      t.diagnostic(`seed ${seed}, ${numRuns} runs`)
      const property = fc.asyncProperty(anyPerson, anyMoves(kinds, first), (person, moves) =>
        story(profile, kinds, person, moves),
      )
      await fc.assert(property, {numRuns, seed, endOnFailure: asked === 0})
    })
}

whateverHappens('backups', {ids: 'S1.5 S2.11', first: 'a backup is asked for', kinds: backingUp, runs: 6})
whateverHappens('restores, imports and hooks', {
  ids: 'S1.5 S1.30 S2.11 S2.17',
  first: 'a restore is asked for',
  kinds: restoring,
  runs: 10,
})
