import type {CharmDescription} from '../../charms/charm.ts'
import type {Charm} from '../../charms/machine.ts'
import {channelParts} from './charm-origin.ts'

/** What is asked of Charmhub. */
export interface StoreQuery {
  readonly name: string
  /** A revision, whatever channel it is in; undefined: the newest in the channel. */
  readonly revision: number | undefined
  /** For example `14/stable`; '' asks for `latest/stable`. */
  readonly channel: string
  readonly architecture: string
  readonly base: {readonly name: string; readonly channel: string}
}

export interface StoreAnswer {
  readonly charm: Charm
  /** The channel that the revision was found in: a more stable one when the asked one is closed. */
  readonly channel: string
}

/** A channel of a charm, with the bases that it has revisions for, for example `ubuntu@22.04`. */
export interface Release {
  readonly channel: string
  readonly bases: readonly string[]
}

/** What Charmhub answers when it has no charm of the name. */
export const notInStore = 'The Charm with the given name was not found in the Store'

/** From the most to the least stable: a channel without a release of its own serves the next more stable one. */
const risks = ['stable', 'candidate', 'beta', 'edge']

/** The simulated Charmhub: revisions of charms, each released in one channel for one base and some architectures. */
export class CharmStore {
  readonly #charms: Charm[]

  /** @param charms a revision that is in two channels is two entries */
  constructor(charms: readonly Charm[]) {
    this.#charms = [...charms]
  }

  /** A new revision appears in its channel. */
  release(charm: Charm): void {
    this.#charms.push(charm)
  }

  /** @returns undefined when nothing matches */
  find(query: StoreQuery): StoreAnswer | undefined {
    const named = this.#charms.filter(({description}) => description.name === query.name)
    if (query.revision !== undefined) {
      const pinned = named.find(({description}) => description.revision === query.revision)
      return pinned === undefined ? undefined : {charm: pinned, channel: query.channel}
    }
    const fitting = named.filter(({description}) => fits(description, query))
    const {track, risk} = channelParts(query.channel === '' ? 'latest/stable' : query.channel)
    for (const each of risks.slice(0, risks.indexOf(risk) + 1).toReversed()) {
      const channel = `${track}/${each}`
      const newest = fitting.filter(({description}) => normal(description.channel) === channel).sort(newestFirst)[0]
      if (newest !== undefined) return {charm: newest, channel}
    }
    return undefined
  }

  /** Whether Charmhub has the charm at all. */
  has(name: string): boolean {
    return this.#charms.some(({description}) => description.name === name)
  }

  /** Every revision of the charm. */
  revisionsOf(name: string): readonly CharmDescription[] {
    return this.#charms.map(({description}) => description).filter(description => description.name === name)
  }

  /** Channels in which the charm has a release for the architecture. */
  releases(name: string, architecture: string): readonly Release[] {
    const found = this.revisionsOf(name).filter(charm => architecturesOf(charm).includes(architecture))
    const channels = [...new Set(found.map(({channel}) => normal(channel)))].sort()
    return channels.map(channel => {
      const released = found.filter(charm => normal(charm.channel) === channel)
      return {channel, bases: [...new Set(released.map(({base}) => `${base.name}@${version(base.channel)}`))]}
    })
  }
}

export function architecturesOf({architectures = ['amd64']}: CharmDescription): readonly string[] {
  return architectures
}

function fits(charm: CharmDescription, {architecture, base}: StoreQuery): boolean {
  if (!architecturesOf(charm).includes(architecture)) return false
  if (base.channel === '') return true
  return charm.base.name === base.name && version(charm.base.channel) === version(base.channel)
}

const version = (channel: string): string => channel.replace(/\/.*$/, '')

function normal(channel: string): string {
  const {track, risk} = channelParts(channel)
  return `${track}/${risk}`
}

function newestFirst(one: Charm, other: Charm): number {
  return other.description.revision - one.description.revision
}
