import assert from 'node:assert/strict'
import {test} from 'node:test'
import {quirks4} from '../../juju-simulator/quirks.ts'
import type {Quirks} from '../../juju-simulator/quirks.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {charmhubStory, startCharmhubLab} from './frames-charmhub.ts'
import {replay} from './frames-player.ts'
import {story} from './frames-story.ts'
import type {Chapter} from './frames-story.ts'
import {startLab} from './lab.ts'

/** Switches of 4.x that no frame shows, with where their value comes from. */
const unseen: Readonly<Partial<Record<keyof Quirks, string>>> = {
  setCharmIgnoresSettings: 'read in the code of the recorded server: SetCharm hands no settings on',
  execHasWorkloadContext: 'the schemas of 3.6.14 and 4.0.12 differ so',
}

const flipped: Readonly<Record<keyof Quirks, Partial<Quirks>>> = Object.fromEntries(
  Object.entries(quirks4).map(([name, value]) => [name, {[name]: typeof value === 'boolean' ? !value : ''}]),
) as Record<keyof Quirks, Partial<Quirks>>

for (const [name, quirks] of Object.entries(flipped) as [keyof Quirks, Partial<Quirks>][])
  test(`switch ${name}: ${name in unseen ? 'no frame shows it' : 'the frames show which way it stands'}`, async t => {
    const isSeen =
      (await differs(await startLab(t, quirks), story)) ||
      (await differs(await startCharmhubLab(t, quirks), charmhubStory))
    assert.equal(isSeen, !(name in unseen))
  })

/** Whether a chapter is not answered as recorded; the first one is enough. */
async function differs(juju: SimulatedJuju, chapters: readonly Chapter[]): Promise<boolean> {
  for (const chapter of chapters)
    try {
      await replay(juju, chapter)
    } catch (error) {
      assert.ok(error instanceof assert.AssertionError, String(error))
      return true
    }
  return false
}
