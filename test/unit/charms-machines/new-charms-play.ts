import type {TestContext} from 'node:test'
import {integratedSeed} from '../../charms/integrated-model.ts'
import {databaseOf, s3EndpointOf} from '../../charms/memory-database.ts'
import type {DatabaseCharmId, Families, KindOf} from '../../charms/memory-database.ts'
import {MemoryStore} from '../../runtime/support/memory-store.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

export interface Played<Id extends DatabaseCharmId> {
  readonly clock: VirtualClock
  readonly story: Story
  /** Where the objects of backups go. */
  readonly store: MemoryStore
  readonly charm: Families[KindOf<Id>]['charm']
  readonly engine: Families[KindOf<Id>]['engine']
  readonly control: ReturnType<Story['juju']['control']['model']>
  /** Name of a unit. */
  readonly unit: (number: number) => string
}

export interface PlayOptions {
  readonly related?: boolean
  /** The integrator has no keys to give. */
  readonly incomplete?: boolean
}

/** A charm in a simulated Juju, as a person uses it. */
export async function played<Id extends DatabaseCharmId>(
  t: TestContext,
  id: Id,
  {related = true, incomplete = false}: PlayOptions = {},
): Promise<Played<Id>> {
  const clock = new VirtualClock()
  const store = new MemoryStore(clock)
  const {charm, engine} = databaseOf(id, {clock, store: () => store} as unknown as Families[KindOf<Id>]['options'])
  const seed = integratedSeed(charm, s3EndpointOf(id), {related, ...(incomplete ? {credentials: null} : {})})
  const story = await Story.begin(t, {profile: '3.6.14', clock, seed})
  const name = seed.applications[0]?.name ?? ''
  return {clock, story, store, charm, engine, control: story.juju.control.model(), unit: number => `${name}/${number}`}
}
