import fc from 'fast-check'
import {JujuFault} from '../juju-simulator/juju-fault.ts'
import type {TroubledWorld} from './troubled-world.ts'

/** Something that a person, a stranger, Juju, the API server or the machine does; plain data, so that a counter-example can be read. */
export interface Move {
  readonly does: string
  readonly value: unknown
}

/** One way to make a move. */
export interface Kind {
  readonly value: fc.Arbitrary<unknown>
  readonly play: (world: TroubledWorld, value: never) => Promise<void> | void
  /** how often beside the others; default 1 */
  readonly weight?: number
}

/** By what they do, as a counter-example tells it. */
export type Kinds = Readonly<Record<string, Kind>>

/** Keeps the type of the value between the two functions of a kind. */
export const kind = <Value>(one: {
  readonly value: fc.Arbitrary<Value>
  readonly play: (world: TroubledWorld, value: Value) => Promise<void> | void
  readonly weight?: number
}): Kind => one

export const nothing = fc.constant(null)
/** As ms. */
export const seconds = (min: number, max: number) => fc.integer({min, max}).map(each => each * 1000)

const moveOf = ([does, {value}]: readonly [string, Kind]): fc.Arbitrary<Move> =>
  value.map(each => ({does, value: each}))

/** Any moves of these kinds, in any order. @param first what a story begins with */
export const anyMoves = (kinds: Kinds, first: keyof typeof kinds): fc.Arbitrary<readonly Move[]> => {
  const all = Object.entries(kinds)
  const any = fc.oneof(...all.map(one => ({weight: one[1].weight ?? 1, arbitrary: moveOf(one)})))
  const firsts = fc.oneof(...all.filter(([does]) => does === first).map(moveOf))
  const others = fc.array(any, {minLength: 4, maxLength: 24})
  return fc.tuple(firsts, others).map(([one, rest]) => [one, ...rest])
}

/** Plays one move. What Juju itself refuses a stranger is no matter. */
export async function play(kinds: Kinds, world: TroubledWorld, {does, value}: Move): Promise<void> {
  try {
    await kinds[does]?.play(world, value as never)
  } catch (error) {
    if (!(error instanceof JujuFault)) throw error
  }
}
