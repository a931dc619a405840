import {test} from 'node:test'
import assert from 'node:assert/strict'
import {playWithEach, type Story} from './story.ts'
import type {TroubleKind} from './trouble.ts'

const kills = ['killed before', 'killed after'] as const
const replies = ['reply lost', 'reply late'] as const
const everything: readonly TroubleKind[] = [...kills, ...replies]

/** Which troubles a story meets in an ordinary run; with `CHARMKEEPER_EVERY_TROUBLE=1` every story meets all of them. */
export const troubles = {kills, replies, everything} as const

/** A story that met fewer of them did not take place. */
const fewest = 5

/** A test for each kind of trouble, which the story meets at each of its effects in turn. @param ids that these tests prove */
export function tellEach(ids: string, story: Story, kinds: readonly TroubleKind[]): void {
  const {name, charm, profile} = story
  for (const kind of process.env['CHARMKEEPER_EVERY_TROUBLE'] === '1' ? everything : kinds)
    test(`${ids} ${name} of ${charm} on Juju ${profile}: ${kind} at every effect in turn, the story ends the same, once`, async () => {
      const points = await playWithEach(story, kind, 'effects')
      assert.ok(points >= fewest, `only ${points} effects were met; the story has more`)
    })
}
