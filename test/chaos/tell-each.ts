import {test} from 'node:test'
import assert from 'node:assert/strict'
import {playWithEach, type Story} from './story.ts'
import type {TroubleKind} from './trouble.ts'

/** All kinds of trouble; with `CHARMKEEPER_EVERY_TROUBLE=1` every story meets all of them. */
export const everything: readonly TroubleKind[] = ['killed before', 'killed after', 'reply lost', 'reply late']

/** A story that met fewer of them did not take place. */
const fewest = 5

/**
 * A test for each kind of trouble, which the story meets at each of its effects in turn.
 *
 * A story costs seconds of processor for each kind. One story of each sort meets them all in an ordinary run, the others the one that
 * they are most likely to tell something about; none, where another story goes the same way through the code.
 *
 * @param ids that these tests prove
 * @param kinds in an ordinary run
 */
export function tellEach(ids: string, story: Story, kinds: readonly TroubleKind[]): void {
  const {name, charm, profile} = story
  for (const kind of process.env['CHARMKEEPER_EVERY_TROUBLE'] === '1' ? everything : kinds)
    test(`${ids} ${name} of ${charm} on Juju ${profile}: ${kind} at every effect in turn, the story ends the same, once`, async () => {
      const points = await playWithEach(story, kind, 'effects')
      assert.ok(points >= fewest, `only ${points} effects were met; the story has more`)
    })
}
